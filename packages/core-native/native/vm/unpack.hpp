// Bytes to Lua stack.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "lua_api.hpp"

namespace vm {

// Pushes a JavaScript number: an integer when it is integral, fits 64 bits and is not -0, else a float.
// [-0, +1, 1 slot] Never raises.
inline void pushNumber(lua_State* L, double number) noexcept {
  if (number >= -9223372036854775808.0 && number < 9223372036854775808.0) {
    const auto integer = static_cast<lua_Integer>(number);
    if (static_cast<double>(integer) == number && (integer != 0 || !std::signbit(number))) {
      lua_pushinteger(L, integer);
      return;
    }
  }
  lua_pushnumber(L, number);
}

// Pushes the value that `bytes` describe; a kMulti at the top pushes its values. Handle i is the value at
// stack index `handleBase + i`. Gives the number of values pushed. Malformed bytes raise. [-0, +n] May raise:
// run inside protect() or in a frame that Lua called; checks its own slots.
int unpack(lua_State* L, const uint8_t* bytes, size_t length, int handleBase, int handleCount);

}  // namespace vm
