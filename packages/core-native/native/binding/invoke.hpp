// A call of a Lua function from JavaScript, from arguments to results.
#pragma once

#include "failure_binding.hpp"
#include "from_lua.hpp"
#include "state_binding.hpp"
#include "to_lua.hpp"

namespace binding {

// The Lua stack holds them all, and what the function does with them.
constexpr size_t kMaxArguments = 200000;

// Enters Lua, lets `pushFunction(L)` push the function (it gives a status; on failure the error value is on
// top), calls it with `count` arguments and gives its results. Null: an exception is pending.
template <class PushFunction>
napi_value invoke(StateBinding& binding, const vm::Limits& limits, ResultMode mode, size_t count,
                  const napi_value* arguments, PushFunction pushFunction) noexcept {
  Entry entry(binding, true, limits);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (count > kMaxArguments) {
    throwError(binding.data, ErrorKind::argument, "Expected at most 200000 arguments, received more");
    return nullptr;
  }
  if (!lua_checkstack(L, static_cast<int>(count) + 16)) {
    throwMemory(binding);
    return nullptr;
  }
  lua_pushcfunction(L, noteTraceback);
  const int handler = lua_gettop(L);
  int status = pushFunction(L);
  if (status != LUA_OK) {
    throwFailure(binding, L, status);
    return nullptr;
  }
  for (size_t i = 0; i < count; i++)
    if (pushJs(binding, L, arguments[i], static_cast<int>(i)) < 0) return nullptr;
  status = lua_pcall(L, static_cast<int>(count), LUA_MULTRET, handler);
  if (status != LUA_OK) {
    throwFailure(binding, L, status);
    return nullptr;
  }
  napi_value result = nullptr;
  if (!resultsToJs(binding, L, handler + 1, mode, &result)) {
    throwMemory(binding);  // no effect when the conversion threw
    return nullptr;
  }
  return entry.finish(result);
}

}  // namespace binding
