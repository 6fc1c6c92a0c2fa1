// NativeState of src/addon.ts: one VM state and what ties it to one Node-API environment. All of it runs on
// the JavaScript thread, but for what a run on a thread of its own (AsyncRun) calls.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>

#include "addon_data.hpp"
#include "handle.hpp"
#include "vm/pack.hpp"
#include "vm/state.hpp"

namespace binding {

class AsyncRun;

enum StateFlag : uint32_t {
  kBinaryStrings = 1,
  kStrictConversion = 2,
  kAllowBytecode = 4,
  kSandbox = 8,
  kTablesAsMaps = 16,
  kTablesAsReferences = 32,
  kNullSentinel = 64
};

enum class ResultMode : int { automatic = 0, first = 1, all = 2 };

// Kinds of AddonHost.createError.
enum class ErrorKind : int {
  syntax = 1,
  runtime,
  memory,
  limit,
  conversion,
  busy,
  disposed,
  bytecode,
  argument,
};

// Places of AddonHost.encode; from 0 on: the index of an argument.
constexpr int kPlaceValue = -1;
constexpr int kPlaceResult = -2;

class StateBinding final : public vm::Host, public vm::HookTarget, public vm::Output {
 public:
  StateBinding(AddonData& data, const vm::State::Config& config, uint32_t flags) noexcept;

  // Counted: the NativeState object, each Handle and each HostRef hold one.
  void retain() noexcept { references_++; }
  void release() noexcept;

  [[nodiscard]] static StateBinding* from(lua_State* L) noexcept;

  // vm::Host, vm::HookTarget, vm::Output
  double nowMs() noexcept override;
  double cpuMs() noexcept override;
  bool alive() noexcept override;
  bool event(lua_State* L, lua_Debug* frame) noexcept override;
  bool write(lua_State* L, const char* text, size_t length) noexcept override;

  // Makes registry tables. Returns a status.
  [[nodiscard]] int prepare() noexcept;
  void close() noexcept;
  // The same where no JavaScript may run; a state in a run is left alone (the process or thread is ending).
  void closeForTeardown() noexcept;

  [[nodiscard]] bool usable() const noexcept { return !state.closed(); }
  [[nodiscard]] bool canCallHost() const noexcept { return !state.closing && !data.tornDown; }

  // What the host keeps for this state (undefined when nothing), for encode, decode and wrapReference.
  void setContext(napi_value context) noexcept;
  [[nodiscard]] napi_value context() const noexcept;

  void setHookFunction(napi_value function, int mask, int count) noexcept;
  void setPrintFunction(napi_value function) noexcept;

  // Queues the slot of a value that JavaScript let go of. Called by finalizers: never touches Lua.
  void queue(Handle* handle) noexcept;
  // Removes a handle's value from the registry. [-0, +0, 8 slots] Never raises.
  void forgetHandle(lua_State* L, const Handle* handle) noexcept;
  // Notes that a handle was released while a thread had the state.
  void defer(Handle* handle) noexcept {
    handle->nextDeferred = deferredHandles;
    deferredHandles = handle;
  }
  void forgetDeferred() noexcept;
  // Frees what finalizers queued. Runs on entry, where the stack is known.
  void drain() noexcept;
  // After a run that met the memory limit: collects, so that the next one finds room. The emergency
  // collections of the run itself call no finalizers, and what those keep stays. The limits of the run still
  // hold.
  void makeRoom(lua_State* L) noexcept;
  void drainHostRefs() noexcept;
  // Releases the values whose JavaScript objects were collected, without waiting for their finalizers, which
  // run only when the event loop turns. Cheap when few handles were made since the last time.
  void sweepHandles() noexcept;
  void reportMemory() noexcept;

  // The JavaScript error that ends the run (Trip::host); kept until the outermost entry leaves.
  void keepFatal(napi_value error) noexcept;
  // Remembers that the Lua error value on top of `L` is what `error` became, so that it comes out as itself
  // again.
  void keepPassing(lua_State* L, napi_value error) noexcept;
  // The remembered error if the value at `index` is the one that it became; else null.
  [[nodiscard]] napi_value passing(lua_State* L, int index) noexcept;
  [[nodiscard]] napi_value fatal() noexcept;
  void forgetErrors() noexcept;

  AddonData& data;
  vm::State state;
  const uint32_t flags;
  bool converting = false;  // whether the host has converters for what comes from Lua
  bool inspecting = false;  // whether it looks at every object on its way to Lua
  vm::Traceback* traceback =
      nullptr;  // of the failure that is on its way out; the entry that meets it frees it

  // Registry slots of the tables that the binding keeps in Lua.
  int idsRef = LUA_NOREF;             // Lua value → id of its Handle
  int hostValuesRef = LUA_NOREF;      // identity number of a JavaScript function or object → its closure or
                                      // userdata (weak values)
  int hostErrorsRef = LUA_NOREF;      // error table → userdata of its HostRef (weak keys)
  int errorMetatableRef = LUA_NOREF;  // metatable of error tables
  int hostRefMetatableRef = LUA_NOREF;

  // By id; id 0 is not used. A free entry holds the next free id in place of a pointer, marked by its lowest
  // bit.
  Handle** handles = nullptr;
  uint32_t handleCapacity = 0;
  uint32_t handleCount = 1;
  uint32_t freeHandle = 0;  // head of the list of free ids
  [[nodiscard]] static bool isFreeHandle(const Handle* entry) noexcept {
    return (reinterpret_cast<uintptr_t>(entry) & 1u) != 0;
  }
  [[nodiscard]] static Handle* freeHandleEntry(uint32_t nextFree) noexcept {
    return reinterpret_cast<Handle*>((uintptr_t{nextFree} << 1) | 1u);
  }

  // Bytes that the conversion under way may still take in JavaScript. One string or table that stands in many
  // places is copied as often, so a small heap can make an endless copy: copies count as memory while they
  // are made.
  size_t room = vm::Allocator::kUnlimited;
  void resetRoom() noexcept { room = state.allocator.room(); }

  // About what the objects that this run made for Lua values take: they are freed when the event loop turns.
  size_t handleBytes = 0;
  bool replaced = false;  // closed to make way for another state; for the message of its refusals

  uint32_t handlesMade = 0;  // since the last sweep
  uint32_t sweepAfter = 1024;
  Handle* releasedHandles = nullptr;
  HostRef* releasedHostRefs = nullptr;

  Handle* deferredHandles = nullptr;

  // The off-thread run that the state is in.
  AsyncRun* run = nullptr;
  // JavaScript thread: such a run is going on, and not in a call of the host. Nobody may touch Lua then.
  bool away = false;
  // Whether the run's thread has the state. Its thread changes it, its owner may read it.
  bool onRunThread = false;

  StateBinding* next = nullptr;
  StateBinding* previous = nullptr;

 private:
  ~StateBinding() = default;

  bool eventHere(lua_State* L, lua_Debug* frame) noexcept;
  bool writeHere(lua_State* L, const char* text, size_t length) noexcept;

  int references_ = 1;
  napi_ref context_ = nullptr;
  napi_ref hookFunction_ = nullptr;
  napi_ref printFunction_ = nullptr;
  napi_ref fatal_ = nullptr;
  napi_ref passing_ = nullptr;
  int passingRef_ = LUA_NOREF;
  int64_t reportedBytes_ = 0;
};

// An entry into Lua from JavaScript. Nested ones continue the run they are in.
class Entry {
 public:
  // `counts`: whether it is a run for lastRun, and not housekeeping of the host's.
  Entry(StateBinding& binding, bool counts, const vm::Limits& limits = {}) noexcept;
  ~Entry();
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  // False: Lua was not entered and an exception is pending.
  [[nodiscard]] bool entered() const noexcept { return entered_; }
  [[nodiscard]] lua_State* L() const noexcept { return L_; }

  // Gives `value`, or throws the error of a run that a limit ended, whatever the script made of it.
  napi_value finish(napi_value value) noexcept;

 private:
  StateBinding& binding_;
  lua_State* L_ = nullptr;
  int top_ = 0;
  const bool counts_;
  bool entered_ = false;
  vm::Traceback* outerTraceback_ = nullptr;
};

}  // namespace binding
