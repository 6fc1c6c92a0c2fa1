// Bytes to Lua stack.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "lua_api.hpp"

namespace vm {

// Whether a JavaScript number is an integer in Lua: when it is integral, fits 64 bits and is not -0.
inline bool toInteger(double number, lua_Integer* out) noexcept {
  if (!(number >= -9223372036854775808.0 && number < 9223372036854775808.0)) return false;
  *out = static_cast<lua_Integer>(number);
  return static_cast<double>(*out) == number && (*out != 0 || !std::signbit(number));
}

// Pushes a JavaScript number as an integer or a float. [-0, +1, 1 slot] Never raises.
inline void pushNumber(lua_State* L, double number) noexcept {
  lua_Integer integer;
  if (toInteger(number, &integer)) {
    lua_pushinteger(L, integer);
  } else {
    lua_pushnumber(L, number);
  }
}

// Pushes the value that `bytes` describe; a kMulti at the top pushes its values. Handle i is the value at
// stack index `handleBase + i`. Gives the number of values pushed. Malformed bytes raise. The caller
// holds finalizers back: they could reach tables that are being filled. [-0, +n] May raise: run inside
// protect() or in a frame that Lua called; checks its own slots.
int unpack(lua_State* L, const uint8_t* bytes, size_t length, int handleBase, int handleCount);

}  // namespace vm
