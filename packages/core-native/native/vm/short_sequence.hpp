// Tells small tables for which a message is not worth its while.
#pragma once

#include "lua_api.hpp"

namespace vm {

// How many elements the table at `index` has when it is a sequence of booleans, numbers and strings, at most
// `most` of them, and nothing else; -1 for all other tables. Takes no longer for large ones. [-0, +0] Never
// raises.
[[nodiscard]] int shortSequence(lua_State* L, int index, unsigned most) noexcept;

}  // namespace vm
