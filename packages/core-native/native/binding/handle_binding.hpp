// Lua functions, tables, coroutines and userdata that JavaScript holds.
#pragma once

#include "state_binding.hpp"

namespace binding {

// What making the object for a Lua value costs: bytes in JavaScript, and units of the meter (about one VM
// instruction each). Measured: 0.5 to 0.8 KB and 6 µs for a function, 1 KB and 12 µs for a reference.
struct HandleCost {
  size_t bytes;
  ptrdiff_t units;
};
[[nodiscard]] constexpr HandleCost handleCost(int type) noexcept {
  return type == LUA_TFUNCTION ? HandleCost{800, 1200} : HandleCost{1200, 2500};
}

// The JavaScript value for the function, table, coroutine or userdata at `index`: the same one while it
// lives. A userdata that is a JavaScript object gives that object. False: an exception is pending. [-0, +0]
// Never raises.
[[nodiscard]] bool handleToJs(StateBinding& binding, lua_State* L, int index, napi_value* out) noexcept;

// "table", "thread" or "userdata".
[[nodiscard]] const char* referenceTypeName(const Handle& handle) noexcept;

// The handle behind a function that stands for a Lua function; null for all others.
[[nodiscard]] Handle* handleOf(const AddonData& data, napi_value value) noexcept;
// The handle behind a NativeReference; null for all others.
[[nodiscard]] Handle* referenceOf(const AddonData& data, napi_value value) noexcept;

// The live Lua function behind `value`; null: an exception is pending.
[[nodiscard]] const Handle* readLuaFunction(const StateBinding& binding, napi_value value) noexcept;

// Frees the registry slot of a handle before its object is collected. The object is refused from then on.
void releaseNow(StateBinding& binding, Handle* handle) noexcept;

// napi_callback of functions that stand for Lua functions; its data is a Handle.
napi_value callLuaFunction(napi_env env, napi_callback_info info) noexcept;

}  // namespace binding
