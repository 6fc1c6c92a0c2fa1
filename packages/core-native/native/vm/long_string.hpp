// Strings that are written in place: the text of a large one is copied once.
#pragma once

#include <cstddef>

#include "lua_api.hpp"

namespace vm {

// Pushes a string of `length` bytes and gives the place for them, which its owner fills before anything of
// Lua's runs; a zero may be written behind them. `length` is more than kLongestShortName (shorter strings are
// shared).
// [-0, +1, 1 slot] May raise: run inside protect().
char* pushUnwrittenString(lua_State* L, size_t length);

}  // namespace vm
