// Chunks: source or bytecode in, bytecode out.
#pragma once

#include <cstddef>
#include <cstring>

#include "lua_api.hpp"

namespace vm {

enum class ChunkMode : int { text = 0, binary = 1 };

// Loads a chunk. `name` as in lua_load. Gives a status; the function or the error value is on top.
// [-0, +1, 1 slot] Never raises.
[[nodiscard]] int loadChunk(lua_State* L, const char* bytes, size_t length, const char* name,
                            ChunkMode mode) noexcept;

// Bytes that grow, for lua_dump. Not owned by a destructor: dumping may be left by a raise.
struct ByteBuffer {
  char* bytes = nullptr;
  size_t length = 0;
  size_t capacity = 0;

  // Returns false when the system has no memory.
  [[nodiscard]] bool append(const void* data, size_t size) noexcept {
    if (size == 0) return true;
    if (!reserve(size)) return false;
    std::memcpy(bytes + length, data, size);
    length += size;
    return true;
  }
  [[nodiscard]] bool reserve(size_t more) noexcept { return more <= capacity - length || grow(more); }
  void release() noexcept;

 private:
  [[nodiscard]] bool grow(size_t more) noexcept;
};

// Dumps the Lua function on top into `out`. False when memory ran out. [-0, +0] Never raises; checks its own
// slots.
[[nodiscard]] bool dumpChunk(lua_State* L, bool strip, ByteBuffer& out) noexcept;

// Whether a syntax error's message says that the chunk ended too early: more input could complete it.
[[nodiscard]] bool isIncomplete(const char* message, size_t length) noexcept;

}  // namespace vm
