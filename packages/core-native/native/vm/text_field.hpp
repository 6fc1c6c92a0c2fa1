// Reads of a table's field that neither allocate nor run Lua.
#pragma once

#include <cstddef>

#include "lua_api.hpp"

namespace vm {

// Longer names are long strings, which Lua does not intern.
constexpr size_t kLongestShortName = 40;

// Pushes the field of the table at `index` that a short name or a number names, or nil. False (and nothing
// pushed) when the table has a metatable or the key needs the API. [-0, +1, 1 slot] Never raises.
[[nodiscard]] bool pushTextField(lua_State* L, int index, const char* text, size_t length) noexcept;
[[nodiscard]] bool pushNumberField(lua_State* L, int index, double key) noexcept;

}  // namespace vm
