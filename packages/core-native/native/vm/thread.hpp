// Coroutines seen from outside.
#pragma once

#include "lua_api.hpp"

namespace vm {

// "suspended", "running", "normal" or "dead", as coroutine.status says it when `L` asks. [-0, +0, 0 slots]
// Never raises.
[[nodiscard]] const char* threadStatus(lua_State* L, lua_State* thread) noexcept;

// Whether lua_closethread may be called on `thread`: it is suspended or dead.
[[nodiscard]] bool canClose(lua_State* L, lua_State* thread) noexcept;

}  // namespace vm
