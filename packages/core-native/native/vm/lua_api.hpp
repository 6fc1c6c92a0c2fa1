// The one place that includes Lua and hides what differs between its versions.
#pragma once

extern "C" {
#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"
}

namespace vm {

// Lua 5.5 takes the seed as an argument; 5.4 asks meter_seed for it.
inline lua_State* newState(lua_Alloc allocate, void* context, unsigned seed) noexcept {
#if LUA_VERSION_NUM >= 505
  return lua_newstate(allocate, context, seed);
#else
  (void)seed;
  return lua_newstate(allocate, context);
#endif
}

}  // namespace vm
