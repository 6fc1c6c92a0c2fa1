#include "chunk.hpp"

#include <cstdlib>
#include <cstring>

#include "protect.hpp"
#include "state.hpp"

namespace vm {

bool ByteBuffer::grow(size_t more) noexcept {
  size_t wanted = capacity < 256 ? 256 : capacity * 2;
  if (wanted - length < more) wanted = length + more;
  char* grown = static_cast<char*>(std::realloc(bytes, wanted));
  if (grown == nullptr) return false;
  bytes = grown;
  capacity = wanted;
  return true;
}

void ByteBuffer::release() noexcept {
  std::free(bytes);
  *this = ByteBuffer{};
}

int loadChunk(lua_State* L, const char* bytes, size_t length, const char* name, ChunkMode mode) noexcept {
  RunMeter& meter = State::from(L)->meter;
  const int before = meter.textonly;
  if (mode == ChunkMode::binary) meter.textonly = 0;
  const int status = luaL_loadbufferx(L, bytes, length, name, mode == ChunkMode::binary ? "b" : "t");
  meter.textonly = before;
  return status;
}

bool dumpChunk(lua_State* L, bool strip, ByteBuffer& out) noexcept {
  const auto write = [](lua_State*, const void* data, size_t size, void* context) -> int {
    return static_cast<ByteBuffer*>(context)->append(data, size) ? 0 : 1;
  };
  if (!lua_checkstack(L, 4)) return false;
  lua_pushvalue(L, -1);
  bool dumped = false;
  // Lua 5.5 keeps a table of the strings that it has dumped.
  const int status = protect(L, 1, 0, [write, strip, &out, &dumped](lua_State* inner) {
    dumped = lua_dump(inner, write, &out, strip ? 1 : 0) == 0;
    return 0;
  });
  if (status != LUA_OK) lua_pop(L, 1);
  return status == LUA_OK && dumped;
}

bool isIncomplete(const char* message, size_t length) noexcept {
  constexpr char kMark[] = "<eof>";
  constexpr size_t kMarkLength = sizeof(kMark) - 1;
  return length >= kMarkLength && std::memcmp(message + length - kMarkLength, kMark, kMarkLength) == 0;
}

}  // namespace vm
