// What belongs to one Node-API environment: the host's callbacks, the shared memory, the live states.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <random>

#include "vm/chunk.hpp"

namespace binding {

class StateBinding;
class RunPool;

// Callbacks of src/addon.ts's AddonHost, in the order in which initialize() reads them.
enum class Callback : int {
  createError,
  encode,
  decode,
  identify,
  annotate,
  heartbeat,
  wrapReference,
  list,
  subscribe,
  count
};

// Slots of the mailbox: numbers that callbacks take or give. A call takes longer for each argument.
enum Mailbox : int {
  kMailOffset = 0,
  kMailLength = 1,
  kMailFlags = 2,
  kMailPlace = 3,
  kMailCount = 4,
  kMailYielded = 5,
  kMailSlots = 6
};

struct AddonData {
  explicit AddonData(napi_env owner) noexcept;

  // The data of `env`, or null before the module is set up.
  [[nodiscard]] static AddonData* of(napi_env env) noexcept;

  // Counted: the environment and each StateBinding hold one; finalizers run in any order when an environment
  // ends.
  void retain() noexcept { references_++; }
  void release() noexcept;

  [[nodiscard]] bool initialized() const noexcept { return mailbox != nullptr; }
  [[nodiscard]] napi_value callback(Callback which) const noexcept;

  // Calls one of the host's callbacks. Null when it threw (the exception is pending) or the env cannot run
  // JavaScript.
  napi_value call(Callback which, size_t count, const napi_value* arguments) const noexcept;

  // Whether JavaScript can still run in this environment.
  [[nodiscard]] bool alive() const noexcept;

  // A buffer for packing, kept between uses unless it is large. Nested uses get one each.
  vm::ByteBuffer takePackBuffer() noexcept;
  void givePackBuffer(vm::ByteBuffer buffer) noexcept;

  // Whether the native stack of this thread has room for another entry into Lua.
  [[nodiscard]] bool stackHasRoom() const noexcept;

  void attach(StateBinding* state) noexcept;
  void detach(StateBinding* state) noexcept;
  // Closes all states; called by the environment's cleanup hook, where no JavaScript may run.
  void tearDown() noexcept;

  napi_env env;
  napi_ref callbacks[static_cast<int>(Callback::count)] = {};
  napi_ref memory[3] = {};  // keeps mailbox, inbox and outbox alive
  uint32_t* mailbox = nullptr;
  uint8_t* inbox = nullptr;
  size_t inboxLength = 0;
  uint8_t* outbox = nullptr;
  size_t outboxLength = 0;
  napi_ref referenceClass = nullptr;
  bool tornDown = false;
  RunPool* pool = nullptr;  // made by the first off-thread run; frees itself when the environment ends
  // Of seeds. Kept: to open it takes longer than to open a state.
  std::random_device random;

 private:
  ~AddonData() = default;

  int references_ = 1;
  StateBinding* states_ = nullptr;
  vm::ByteBuffer packBuffer_;
  uintptr_t stackLimit_ = 0;
};

}  // namespace binding
