#include "coroutine_methods.hpp"

#include <new>

#include "arguments.hpp"
#include "from_lua.hpp"
#include "reference_call.hpp"
#include "to_lua.hpp"
#include "vm/thread.hpp"

namespace binding {
namespace {

constexpr int kSlots = 16;

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

}  // namespace

napi_value coroutineResume(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<1> call(env, info, LUA_TTHREAD);
  Elements arguments;
  if (call.binding == nullptr) return nullptr;
  if (!arguments.read(env, call.arguments[0])) return call.refuse("Expected an array of arguments");
  StateBinding& binding = *call.binding;
  Entry entry(binding, true);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  const auto count = static_cast<int>(arguments.count());
  if (arguments.count() > 200000 || !lua_checkstack(L, count + kSlots)) {
    throwMemory(binding);
    return nullptr;
  }
  lua_State* thread = threadOf(call, L);
  if (thread == nullptr) return nullptr;
  for (int i = 0; i < count; i++)
    if (pushJs(binding, L, arguments.values()[i], i) != 1) return nullptr;
  if (!lua_checkstack(thread, count + 1)) {
    throwMemory(binding);
    return nullptr;
  }
  lua_xmove(L, thread, count);
  int results = 0;
  const int status = lua_resume(thread, L, count, &results);
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
  lua_pushinteger(L, status == LUA_YIELD ? 1 : 0);
  napi_value value = nullptr;
  if (!resultsToJs(binding, L, base + 1, ResultMode::all, &value)) return nullptr;
  return entry.finish(value);
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
