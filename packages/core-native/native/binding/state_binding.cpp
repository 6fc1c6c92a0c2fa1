#include "state_binding.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "async_run.hpp"
#include "failure_binding.hpp"
#include "from_lua.hpp"
#include "handle_binding.hpp"
#include "host_binding.hpp"
#include "to_lua.hpp"
#include "vm/native_depth.hpp"
#include "vm/protect.hpp"

#if defined(_WIN32)
#include <windows.h>
#endif

namespace binding {
namespace {

// How far the engine's idea of our memory may be off.
constexpr int64_t kReportStep = 256 * 1024;

void deleteReference(const AddonData& data, napi_ref& reference) noexcept {
  if (reference != nullptr && !data.tornDown) napi_delete_reference(data.env, reference);
  reference = nullptr;
}

void replaceReference(const AddonData& data, napi_ref& reference, napi_value value) noexcept {
  deleteReference(data, reference);
  if (value != nullptr) napi_create_reference(data.env, value, 1, &reference);
}

napi_value referenced(const AddonData& data, napi_ref reference) noexcept {
  napi_value value = nullptr;
  if (reference != nullptr) napi_get_reference_value(data.env, reference, &value);
  return value;
}

// "…" .. error and error .. "…", as with the text that other errors are.
int concatenateHostError(lua_State* L) {
  luaL_tolstring(L, 1, nullptr);
  luaL_tolstring(L, 2, nullptr);
  lua_concat(L, 2);
  return 1;
}

int describeSentinel(lua_State* L) {
  lua_pushstring(L, "null");
  return 1;
}

void newWeakTable(lua_State* L, const char* mode) {
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushstring(L, mode);
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
}

// A metatable that scripts can neither see nor change.
void newMetatable(lua_State* L, const char* name) {
  lua_createtable(L, 0, 4);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
}

const char* eventName(int event) noexcept {
  switch (event) {
    case LUA_HOOKCALL:
      return "call";
    case LUA_HOOKTAILCALL:
      return "tail call";
    case LUA_HOOKRET:
      return "return";
    case LUA_HOOKLINE:
      return "line";
    default:
      return "count";
  }
}

}  // namespace

StateBinding::StateBinding(AddonData& owner, const vm::State::Config& config, uint32_t stateFlags) noexcept
    : data(owner), state(*this, config), flags(stateFlags) {
  data.retain();
  data.attach(this);
}

StateBinding* StateBinding::from(lua_State* L) noexcept {
  // vm::State is a member by value; its host is the binding that holds it.
  return static_cast<StateBinding*>(vm::State::from(L)->owner);
}

void StateBinding::release() noexcept {
  if (--references_ > 0) return;
  close();
  data.detach(this);  // close() leaves a state alone that never opened
  AddonData& owner = data;
  delete this;
  owner.release();
}

double StateBinding::nowMs() noexcept {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double StateBinding::cpuMs() noexcept {
#if defined(_WIN32)
  FILETIME created, exited, kernel, user;
  if (!GetThreadTimes(GetCurrentThread(), &created, &exited, &kernel, &user)) return 0;
  const auto ticks = [](const FILETIME& time) {
    return (uint64_t{time.dwHighDateTime} << 32) | time.dwLowDateTime;
  };
  return static_cast<double>(ticks(kernel) + ticks(user)) / 1e4;
#else
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
#endif
}

bool StateBinding::alive() noexcept {
  if (onRunThread) return run->giveWay();
  // While closing, finalizers run without JavaScript, and only the limits end them.
  return !canCallHost() || data.alive();
}

bool StateBinding::event(lua_State* L, lua_Debug* frame) noexcept {
  if (!onRunThread) return eventHere(L, frame);
  struct Event {
    lua_State* L;
    lua_Debug* frame;
    bool goOn;
  } event{L, frame, false};
  const auto body = [](AsyncRun& here, void* what) {
    auto* asked = static_cast<Event*>(what);
    asked->goOn = here.binding.eventHere(asked->L, asked->frame);
  };
  return run->visit(body, &event) && event.goOn;
}

bool StateBinding::eventHere(lua_State* L, lua_Debug* frame) noexcept {
  napi_env env = data.env;
  napi_handle_scope scope;
  if (!canCallHost() || napi_open_handle_scope(env, &scope) != napi_ok) return false;
  napi_value receiver = nullptr;
  napi_value arguments[6] = {};
  napi_value result;
  const int line = frame->event == LUA_HOOKLINE ? frame->currentline : -1;
  lua_getinfo(L, "nSl", frame);
  napi_get_undefined(env, &receiver);
  napi_create_string_latin1(env, eventName(frame->event), NAPI_AUTO_LENGTH, &arguments[0]);
  napi_create_int32(env, line > 0 ? line : frame->currentline, &arguments[1]);
  napi_create_string_utf8(env, frame->name == nullptr ? "" : frame->name, NAPI_AUTO_LENGTH, &arguments[2]);
  napi_create_string_utf8(env, frame->source, frame->srclen, &arguments[3]);
  napi_create_string_latin1(env, frame->what, NAPI_AUTO_LENGTH, &arguments[4]);
  napi_create_int32(env, frame->currentline, &arguments[5]);
  lua_State* outer = state.current();
  state.setCurrent(L);
  const napi_value function = referenced(data, hookFunction_);
  bool goOn = true;
  if (function != nullptr && napi_call_function(env, receiver, function, 6, arguments, &result) != napi_ok) {
    goOn = false;
    napi_value error = nullptr;
    bool pending = false;
    if (napi_is_exception_pending(env, &pending) == napi_ok && pending &&
        napi_get_and_clear_last_exception(env, &error) == napi_ok)
      keepFatal(error);
  }
  state.setCurrent(outer);
  napi_close_handle_scope(env, scope);
  return goOn;
}

bool StateBinding::write(lua_State* L, const char* text, size_t length) noexcept {
  if (!onRunThread) return writeHere(L, text, length);
  struct Writing {
    lua_State* L;
    const char* text;
    size_t length;
    bool written;
  } writing{L, text, length, false};
  const auto body = [](AsyncRun& here, void* what) {
    auto* asked = static_cast<Writing*>(what);
    asked->written = here.binding.writeHere(asked->L, asked->text, asked->length);
  };
  if (run->visit(body, &writing)) return writing.written;
  state.meter.trip(L, vm::Trip::host);
  return false;
}

bool StateBinding::writeHere(lua_State* L, const char* text, size_t length) noexcept {
  napi_env env = data.env;
  napi_handle_scope scope;
  if (!canCallHost() || napi_open_handle_scope(env, &scope) != napi_ok) return true;
  napi_value receiver = nullptr;
  napi_value argument = nullptr;
  napi_value result;
  lua_State* outer = state.current();
  state.setCurrent(L);
  state.meter.beforeHost();
  napi_get_undefined(env, &receiver);
  bool written = napi_create_string_utf8(env, text, length, &argument) == napi_ok;
  if (!written) throwError(data, ErrorKind::memory, "not enough memory");
  if (written)
    written =
        napi_call_function(env, receiver, referenced(data, printFunction_), 1, &argument, &result) == napi_ok;
  if (!written && !exceptionToLua(*this, L)) state.meter.trip(L, vm::Trip::host);
  if (!state.meter.afterHost(L)) written = false;
  state.setCurrent(outer);
  napi_close_handle_scope(env, scope);
  return written;
}

int StateBinding::prepare() noexcept {
  lua_State* L = state.main();
  const int status = vm::protect(L, 0, 0, [this](lua_State* inner) {
    lua_createtable(inner, 0, 0);
    idsRef = luaL_ref(inner, LUA_REGISTRYINDEX);
    newWeakTable(inner, "v");
    hostValuesRef = luaL_ref(inner, LUA_REGISTRYINDEX);
    newWeakTable(inner, "k");
    hostErrorsRef = luaL_ref(inner, LUA_REGISTRYINDEX);
    newMetatable(inner, "JavaScript error");
    lua_pushcfunction(inner, describeHostError);
    lua_setfield(inner, -2, "__tostring");
    lua_pushcfunction(inner, concatenateHostError);
    lua_setfield(inner, -2, "__concat");
    errorMetatableRef = luaL_ref(inner, LUA_REGISTRYINDEX);
    newMetatable(inner, "JavaScript value");
    lua_pushcfunction(inner, collectHostRef);
    lua_setfield(inner, -2, "__gc");
    hostRefMetatableRef = luaL_ref(inner, LUA_REGISTRYINDEX);
    lua_pushlightuserdata(inner,
                          nullptr);  // all light userdata share a metatable; scripts meet the sentinel only
    newMetatable(inner, "null");
    lua_pushcfunction(inner, describeSentinel);
    lua_setfield(inner, -2, "__tostring");
    lua_setmetatable(inner, -2);
    lua_pop(inner, 1);
    return 0;
  });
  if (status != LUA_OK) lua_pop(L, 1);
  return status;
}

void StateBinding::close() noexcept {
  if (!usable()) return;
  forgetErrors();
  state.close();
  data.detach(this);
  deferredHandles = nullptr;
  for (uint32_t id = 1; id < handleCount; id++)
    if (!isFreeHandle(handles[id])) handles[id]->ref = LUA_NOREF;
  while (releasedHandles != nullptr) {
    Handle* handle = releasedHandles;
    releasedHandles = handle->nextReleased;
    std::free(handle);
  }
  while (releasedHostRefs != nullptr) {
    HostRef* ref = releasedHostRefs;
    releasedHostRefs = ref->nextReleased;
    freeHostRef(ref);
  }
  std::free(handles);
  handles = nullptr;
  handleCapacity = 0;
  handleCount = 1;
  freeHandle = 0;
  deleteReference(data, context_);
  deleteReference(data, hookFunction_);
  deleteReference(data, printFunction_);
  reportMemory();
}

void StateBinding::closeForTeardown() noexcept {
  // In a run (process.exit() inside a host function) frames of Lua are still on this stack.
  if (state.depth() == 0) close();
}

void StateBinding::setHookFunction(napi_value function, int mask, int count) noexcept {
  replaceReference(data, hookFunction_, function);
  vm::setHook(state, function == nullptr ? nullptr : this, function == nullptr ? 0 : mask, count);
}

void StateBinding::setPrintFunction(napi_value function) noexcept {
  replaceReference(data, printFunction_, function);
  state.output = function == nullptr ? nullptr : this;
}

void StateBinding::queue(Handle* handle) noexcept {
  if (!usable()) {
    std::free(handle);
    return;
  }
  handle->nextReleased = releasedHandles;
  releasedHandles = handle;
}

void StateBinding::forgetHandle(lua_State* L, const Handle* handle) noexcept {
  const int status = vm::protect(L, 0, 0, [handle, this](lua_State* inner) {
    if (handle->id != 0 && handle->ref != LUA_NOREF) {
      lua_rawgeti(inner, LUA_REGISTRYINDEX, idsRef);
      lua_rawgeti(inner, LUA_REGISTRYINDEX, handle->ref);
      if (lua_istable(inner, -2) && !lua_isnil(inner, -1)) {
        lua_pushvalue(inner, -1);
        lua_rawget(inner, -3);
        // A newer object may stand for the same value by now.
        if (lua_tointeger(inner, -1) == lua_Integer{handle->id}) {
          lua_pop(inner, 1);
          lua_pushnil(inner);
          lua_rawset(inner, -3);
        }
      }
    }
    luaL_unref(inner, LUA_REGISTRYINDEX, handle->ref);
    return 0;
  });
  if (status != LUA_OK) lua_pop(L, 1);
}

void StateBinding::forgetDeferred() noexcept {
  lua_State* L = state.current();
  if (!lua_checkstack(L, 8)) return;
  while (deferredHandles != nullptr) {
    Handle* handle = deferredHandles;
    deferredHandles = handle->nextDeferred;
    forgetHandle(L, handle);
    handle->ref = LUA_NOREF;
  }
}

void StateBinding::setContext(napi_value context) noexcept {
  replaceReference(data, context_, context);
}

napi_value StateBinding::context() const noexcept {
  napi_value value = referenced(data, context_);
  if (value == nullptr) napi_get_undefined(data.env, &value);
  return value;
}

void StateBinding::drainHostRefs() noexcept {
  while (releasedHostRefs != nullptr) {
    HostRef* ref = releasedHostRefs;
    releasedHostRefs = ref->nextReleased;
    freeHostRef(ref);
  }
}

void StateBinding::sweepHandles() noexcept {
  handlesMade = 0;
  lua_State* L = state.current();
  if (!lua_checkstack(L, 8)) return;
  uint32_t live = 0;
  for (uint32_t id = 1; id < handleCount; id++) {
    Handle* handle = handles[id];
    if (isFreeHandle(handle) || handle->ref == LUA_NOREF || handle->weak == nullptr) continue;
    napi_handle_scope scope;
    napi_value object = nullptr;
    if (napi_open_handle_scope(data.env, &scope) != napi_ok) return;
    const bool collected =
        napi_get_reference_value(data.env, handle->weak, &object) == napi_ok && object == nullptr;
    napi_close_handle_scope(data.env, scope);
    if (collected) {
      forgetHandle(L, handle);
      handle->ref = LUA_NOREF;  // its finalizer frees the rest
    } else {
      live++;
    }
  }
  sweepAfter = live < 512 ? 1024 : live * 2;
}

void StateBinding::drain() noexcept {
  drainHostRefs();
  lua_State* L = state.current();
  if (releasedHandles == nullptr || !lua_checkstack(L, 8)) return;
  while (releasedHandles != nullptr) {
    Handle* handle = releasedHandles;
    releasedHandles = handle->nextReleased;
    forgetHandle(L, handle);
    if (handle->id != 0) {
      handles[handle->id] = freeHandleEntry(freeHandle);
      freeHandle = handle->id;
    }
    std::free(handle);
  }
}

void StateBinding::reportMemory() noexcept {
  if (data.tornDown) return;
  const auto used = static_cast<int64_t>(state.allocator.used);
  const int64_t change = used - reportedBytes_;
  if (usable() && reportedBytes_ != 0 && change < kReportStep && change > -kReportStep) return;
  int64_t total = 0;
  if (napi_adjust_external_memory(data.env, change, &total) == napi_ok) reportedBytes_ = used;
}

void StateBinding::makeRoom(lua_State* L) noexcept {
  const vm::Allocator& allocator = state.allocator;
  if (state.meter.noMemoryTraceback() == nullptr || allocator.used <= allocator.limit / 2) return;
  lua_gc(L, LUA_GCCOLLECT);
}

void StateBinding::keepFatal(napi_value error) noexcept {
  if (fatal_ != nullptr || error == nullptr) return;
  napi_value box;
  if (napi_create_array_with_length(data.env, 1, &box) != napi_ok ||
      napi_set_element(data.env, box, 0, error) != napi_ok)
    return;
  napi_create_reference(data.env, box, 1, &fatal_);
}

napi_value StateBinding::fatal() noexcept {
  napi_value box = referenced(data, fatal_);
  napi_value error = nullptr;
  if (box == nullptr || napi_get_element(data.env, box, 0, &error) != napi_ok) return nullptr;
  return error;
}

void StateBinding::keepPassing(lua_State* L, napi_value error) noexcept {
  deleteReference(data, passing_);
  lua_pushvalue(L, -1);
  const int status = vm::protect(L, 1, 0, [this](lua_State* inner) {
    luaL_unref(inner, LUA_REGISTRYINDEX, passingRef_);
    passingRef_ = LUA_NOREF;
    passingRef_ = luaL_ref(inner, LUA_REGISTRYINDEX);
    return 0;
  });
  if (status != LUA_OK) {
    lua_pop(L, 1);  // the value goes on alone, in a new error
    return;
  }
  replaceReference(data, passing_, error);
}

napi_value StateBinding::passing(lua_State* L, int index) noexcept {
  if (passing_ == nullptr || passingRef_ == LUA_NOREF || !lua_checkstack(L, 2)) return nullptr;
  const int absolute = lua_absindex(L, index);
  lua_rawgeti(L, LUA_REGISTRYINDEX, passingRef_);
  const bool same = lua_rawequal(L, absolute, -1) != 0;
  lua_pop(L, 1);
  return same ? referenced(data, passing_) : nullptr;
}

void StateBinding::forgetErrors() noexcept {
  deleteReference(data, fatal_);
  deleteReference(data, passing_);
  if (passingRef_ == LUA_NOREF || !usable()) return;
  lua_State* L = state.main();
  if (!lua_checkstack(L, 4)) return;
  if (vm::protect(L, 0, 0, [this](lua_State* inner) {
        luaL_unref(inner, LUA_REGISTRYINDEX, passingRef_);
        return 0;
      }) != LUA_OK)
    lua_pop(L, 1);
  passingRef_ = LUA_NOREF;
}

// --- Entry
// ----------------------------------------------------------------------------------------------------------

Entry::Entry(StateBinding& binding, bool counts, const vm::Limits& limits) noexcept
    : binding_(binding), counts_(counts) {
  if (!binding.usable() || !binding.canCallHost()) {
    throwDisposed(binding);
    return;
  }
  if (binding.away && refuseUse(binding)) return;
  if (!binding.data.stackHasRoom() || !vm::canNest(binding.state.current())) {
    throwError(binding.data, ErrorKind::runtime, "C stack overflow");
    return;
  }
  entered_ = true;
  binding.retain();
  binding.state.enter(limits);
  binding.state.meter.countCrossing();
  if (binding.state.depth() == 1) {
    binding.handleBytes = 0;
    if (binding.releasedHandles != nullptr || binding.releasedHostRefs != nullptr) binding.drain();
  }
  L_ = binding.state.current();
  top_ = lua_gettop(L_);
  binding.resetRoom();
  outerTraceback_ = binding.traceback;
  binding.traceback = nullptr;
}

Entry::~Entry() {
  if (!entered_) return;
  lua_settop(L_, top_);
  delete binding_.traceback;
  binding_.traceback = outerTraceback_;
  if (binding_.state.depth() == 1) {
    binding_.forgetErrors();
    binding_.makeRoom(L_);
    binding_.state.leave(counts_);
    binding_.reportMemory();
  } else {
    binding_.state.leave(counts_);
  }
  binding_.release();
}

napi_value Entry::finish(napi_value value) noexcept {
  vm::RunMeter& meter = binding_.state.meter;
  if (binding_.state.depth() == 1 ? meter.inTime(L_) : meter.tripped == 0) return value;
  throwTrip(binding_);
  return nullptr;
}

}  // namespace binding
