// How deep calls through C may still nest.
#pragma once

#include "lua_api.hpp"

namespace vm {

// Levels that an entry leaves free: at the last one Lua could not even make the error that says so.
constexpr unsigned kReservedCalls = 30;

// Whether another entry into Lua fits below LUAI_MAXCCALLS. [-0, +0, 0 slots] Never raises.
[[nodiscard]] bool canNest(lua_State* L) noexcept;

}  // namespace vm
