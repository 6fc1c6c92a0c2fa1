// JavaScript values to Lua values.
#pragma once

#include "state_binding.hpp"

namespace binding {

// Pushes the Lua value for `value`; `place` is kPlaceValue, kPlaceResult or the index of an argument. Gives
// the number of values pushed (several only for multi() at kPlaceResult), or -1: an exception is pending and
// nothing was pushed. Getters and Proxy traps of `value` may run JavaScript, which may call Lua. Never
// raises; checks its slots.
[[nodiscard]] int pushJs(StateBinding& binding, lua_State* L, napi_value value, int place) noexcept;

// Frees a HostRef whose userdata is gone. JavaScript thread only.
void freeHostRef(HostRef* ref) noexcept;

// Makes a HostRef to any value; null when memory ran out or the value cannot be referenced.
[[nodiscard]] HostRef* newHostRef(StateBinding& binding, napi_value value) noexcept;

// Pushes a userdata that owns `ref`, with the metatable at an index. [-0, +1, 3 slots] May raise; `ref` is
// then left to the caller.
void pushHostRef(lua_State* L, HostRef* ref, int metatable);

// The HostRef of the userdata at `index`; null for anything else, also for what a script with the debug
// library made.
[[nodiscard]] HostRef* hostRefAt(lua_State* L, int index) noexcept;

// lua_CFunction: __gc of those userdata.
int collectHostRef(lua_State* L);

}  // namespace binding
