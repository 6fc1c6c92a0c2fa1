// The name that a chunk gets.
#pragma once

#include <cstring>

#include "arguments.hpp"
#include "vm/chunk.hpp"

namespace binding {

// Lua names a chunk by its source. All of a long one would be kept as long as its functions; the part shown
// in messages is far shorter than this.
inline constexpr size_t kLongestImpliedName = 256;

struct ChunkName {
  char implied[kLongestImpliedName + 1];
  const char* text;

  ChunkName(const Text& given, const Text& source, vm::ChunkMode mode) noexcept : text(given.bytes()) {
    if (given.length() > 0) return;
    if (mode == vm::ChunkMode::binary) {
      text = "=?";  // only for errors: the chunk carries its own name
    } else if (source.length() <= kLongestImpliedName) {
      text = source.bytes();
    } else {
      std::memcpy(implied, source.bytes(), kLongestImpliedName);
      implied[kLongestImpliedName] = '\0';
      text = implied;
    }
  }
};

}  // namespace binding
