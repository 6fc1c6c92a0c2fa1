// Where an error happened, written without allocating: it must work out of memory and while a run is being
// ended.
#pragma once

#include <cstddef>

#include "lua_api.hpp"

namespace vm {

struct Traceback {
  static constexpr size_t kTextSize = 4096;
  static constexpr int kHead = 12;  // frames shown at each end of a deep stack
  static constexpr int kTail = 10;

  char chunk[LUA_IDSIZE] = {};  // short source of the innermost Lua function; empty when there is none
  int line = -1;
  char text[kTextSize] = {};

  // Describes the stack of `L` from `level` (0: the running function) outwards. [-0, +0, 0 slots] Never
  // raises.
  void capture(lua_State* L, int level) noexcept;
};

}  // namespace vm
