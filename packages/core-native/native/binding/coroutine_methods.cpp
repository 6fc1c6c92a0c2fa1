#include "coroutine_methods.hpp"

#include <cstdlib>
#include <new>

#include "from_lua.hpp"
#include "reference_call.hpp"
#include "to_lua.hpp"
#include "vm/thread.hpp"

namespace binding {
namespace {

constexpr int kSlots = 16;
constexpr size_t kFixedArguments = 8;
constexpr size_t kMaxArguments = 200000;

// The lua_State of a coroutine; null when a script with the debug library put something else in its slot.
template <size_t N>
lua_State* threadOf(const ReferenceCall<N>& call, lua_State* L) noexcept {
  call.push(L);
  lua_State* thread = lua_tothread(L, -1);
  if (thread == nullptr) call.refuse("Expected a coroutine, its slot holds something else");
  return thread;  // stays on the stack of L, and so alive
}

void noteTracebackOf(StateBinding& binding, lua_State* thread) noexcept {
  if (binding.traceback == nullptr) binding.traceback = new (std::nothrow) vm::Traceback;
  if (binding.traceback != nullptr) binding.traceback->capture(thread, 0);
}

// Puts the arguments onto the stack of `thread`, by way of that of `L`. False: an exception is pending.
bool passArguments(StateBinding& binding, lua_State* L, lua_State* thread, size_t count,
                   const napi_value* arguments) noexcept {
  const auto slots = static_cast<int>(count);
  if (!lua_checkstack(L, slots + kSlots)) {
    throwMemory(binding);
    return false;
  }
  for (int i = 0; i < slots; i++)
    if (pushJs(binding, L, arguments[i], i) != 1) return false;
  // Not before: code of the host's may have run.
  if (!lua_checkstack(thread, slots + 1)) {
    throwMemory(binding);
    return false;
  }
  lua_xmove(L, thread, slots);
  return true;
}

napi_value resume(const ReferenceCall<kFixedArguments>& call, size_t count,
                  const napi_value* arguments) noexcept {
  StateBinding& binding = *call.binding;
  Entry entry(binding, true);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (count > kMaxArguments || !lua_checkstack(L, kSlots)) {
    throwMemory(binding);
    return nullptr;
  }
  lua_State* thread = threadOf(call, L);
  if (thread == nullptr || !passArguments(binding, L, thread, count, arguments)) return nullptr;
  int results = 0;
  const int status = lua_resume(thread, L, static_cast<int>(count), &results);
  if (status != LUA_OK && status != LUA_YIELD) {
    if (binding.state.meter.tripped == 0) noteTracebackOf(binding, thread);
    lua_xmove(thread, L, 1);
    throwFailure(binding, L, status);
    return nullptr;
  }
  if (!lua_checkstack(L, results + kSlots)) {
    lua_pop(thread, results);
    throwMemory(binding);
    return nullptr;
  }
  const int base = lua_gettop(L);
  lua_xmove(thread, L, results);
  napi_value value = nullptr;
  if (!resultsToJs(binding, L, base + 1, ResultMode::automatic, &value)) {
    throwMemory(binding);  // no effect when the conversion threw
    return nullptr;
  }
  // Last, since conversions use the mailbox too.
  binding.data.mailbox[kMailCount] = static_cast<uint32_t>(results);
  binding.data.mailbox[kMailYielded] = status == LUA_YIELD ? 1 : 0;
  return entry.finish(value);
}

}  // namespace

napi_value coroutineResume(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<kFixedArguments> call(env, info, LUA_TTHREAD);
  if (call.binding == nullptr) return nullptr;
  if (call.count <= kFixedArguments) return resume(call, call.count, call.arguments);
  auto* arguments = static_cast<napi_value*>(std::malloc(call.count * sizeof(napi_value)));
  size_t count = call.count;
  napi_value result = nullptr;
  if (arguments != nullptr && napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) == napi_ok) {
    result = resume(call, call.count, arguments);
  } else {
    throwMemory(*call.binding);
  }
  std::free(arguments);
  return result;
}

napi_value coroutineStatus(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<0> call(env, info, LUA_TTHREAD);
  if (call.binding == nullptr) return nullptr;
  lua_State* L = call.binding->state.current();
  if (!lua_checkstack(L, 2)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  lua_State* thread = threadOf(call, L);
  lua_pop(L, 1);
  if (thread == nullptr) return nullptr;
  napi_value value = nullptr;
  napi_create_string_latin1(env, vm::threadStatus(L, thread), NAPI_AUTO_LENGTH, &value);
  return value;
}

napi_value coroutineClose(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<0> call(env, info, LUA_TTHREAD);
  if (call.binding == nullptr) return nullptr;
  StateBinding& binding = *call.binding;
  Entry entry(binding, true);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (!lua_checkstack(L, kSlots)) {
    throwMemory(binding);
    return nullptr;
  }
  lua_State* thread = threadOf(call, L);
  if (thread == nullptr) return nullptr;
  if (!vm::canClose(L, thread))
    return call.refuse("Expected a suspended or dead coroutine, received one that is running");
  const bool failedBefore = lua_status(thread) > LUA_YIELD;  // its error was reported when it was raised
  const int status = lua_closethread(thread, L);
  if (status != LUA_OK && (!failedBefore || binding.state.meter.tripped != 0)) {
    lua_xmove(thread, L, 1);
    throwFailure(binding, L, status);
    return nullptr;
  }
  return entry.finish(undefinedValue(env));
}

}  // namespace binding
