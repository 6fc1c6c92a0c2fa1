#include "pack.hpp"

#include <cstdio>
#include <cstring>

#include "wire.hpp"

namespace vm {
namespace {

constexpr lua_Integer kMaxSafeInteger = 9007199254740991;

bool isAscii(const char* text, size_t length) noexcept {
  size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    uint64_t word;
    std::memcpy(&word, text + i, 8);
    if ((word & 0x8080808080808080u) != 0) return false;
  }
  for (; i < length; i++)
    if ((static_cast<unsigned char>(text[i]) & 0x80u) != 0) return false;
  return true;
}

class Packer {
 public:
  Packer(lua_State* L, const PackOptions& options, HandleSink& handles, ByteBuffer& out,
         PackFailure& failure) noexcept
      : L_(L), options_(options), handles_(handles), out_(out), failure_(failure) {}

  PackStatus value(int index, int depth) noexcept {
    switch (lua_type(L_, index)) {
      case LUA_TNIL:
        return tag(wire::kNil);
      case LUA_TBOOLEAN:
        return tag(lua_toboolean(L_, index) ? wire::kTrue : wire::kFalse);
      case LUA_TNUMBER:
        return number(index);
      case LUA_TSTRING:
        return string(index, options_.binaryStrings);
      case LUA_TTABLE:
        return table(lua_absindex(L_, index), depth);
      default:
        return handle(index);
    }
  }

 private:
  PackStatus tag(uint8_t byte) noexcept {
    return out_.append(&byte, 1) ? PackStatus::ok : PackStatus::memory;
  }

  template <class Payload>
  PackStatus tagged(uint8_t byte, Payload payload) noexcept {
    char bytes[1 + sizeof(Payload)];
    bytes[0] = static_cast<char>(byte);
    std::memcpy(bytes + 1, &payload, sizeof(Payload));
    return out_.append(bytes, sizeof(bytes)) ? PackStatus::ok : PackStatus::memory;
  }

  PackStatus number(int index) noexcept {
    if (!lua_isinteger(L_, index))
      return tagged(wire::kFloat64, static_cast<double>(lua_tonumber(L_, index)));
    const lua_Integer integer = lua_tointeger(L_, index);
    if (integer >= 0 && integer < 128) return tag(static_cast<uint8_t>(integer));
    if (integer >= INT32_MIN && integer <= INT32_MAX)
      return tagged(wire::kInt32, static_cast<int32_t>(integer));
    if (integer >= -kMaxSafeInteger && integer <= kMaxSafeInteger)
      return tagged(wire::kFloat64, static_cast<double>(integer));
    return tagged(wire::kInt64, static_cast<int64_t>(integer));
  }

  PackStatus string(int index, bool asBytes) noexcept {
    size_t length = 0;
    const char* text = lua_tolstring(L_, index, &length);
    if (length > UINT32_MAX) return PackStatus::memory;
    PackStatus status;
    if (asBytes) {
      status = tagged(wire::kBytes, static_cast<uint32_t>(length));
    } else if (!isAscii(text, length)) {
      status = tagged(wire::kUtf8, static_cast<uint32_t>(length));
    } else if (length < 32) {
      status = tag(static_cast<uint8_t>(wire::kShort + length));
    } else {
      status = tagged(wire::kAscii, static_cast<uint32_t>(length));
    }
    if (status != PackStatus::ok) return status;
    return out_.append(text, length) ? PackStatus::ok : PackStatus::memory;
  }

  PackStatus handle(int index) noexcept {
    const int64_t at = handles_.add(L_, index);
    return at < 0 ? PackStatus::refused : tagged(wire::kHandle, static_cast<uint32_t>(at));
  }

  // Whether the keys of the table are exactly 1 to its length.
  bool isSequence(int index, lua_Unsigned length) noexcept {
    lua_Unsigned count = 0;
    lua_pushnil(L_);
    while (lua_next(L_, index) != 0) {
      lua_pop(L_, 1);
      count++;
      if (count > length || !lua_isinteger(L_, -1)) {
        lua_pop(L_, 1);
        return false;
      }
      const lua_Integer key = lua_tointeger(L_, -1);
      if (key < 1 || static_cast<lua_Unsigned>(key) > length) {
        lua_pop(L_, 1);
        return false;
      }
    }
    return count == length;
  }

  PackStatus table(int index, int depth) noexcept {
    if (depth >= wire::kMaxDepth) return PackStatus::tooDeep;
    if (!lua_checkstack(L_, 4)) return PackStatus::memory;
    const void* identity = lua_topointer(L_, index);
    for (int i = 0; i < depth; i++)
      if (ancestors_[i] == identity) return PackStatus::cycle;
    ancestors_[depth] = identity;
    const lua_Unsigned length = lua_rawlen(L_, index);
    return isSequence(index, length) ? sequence(index, length, depth) : map(index, depth);
  }

  PackStatus sequence(int index, lua_Unsigned length, int depth) noexcept {
    if (length > UINT32_MAX) return PackStatus::memory;
    PackStatus status = tagged(wire::kSequence, static_cast<uint32_t>(length));
    for (lua_Unsigned i = 1; status == PackStatus::ok && i <= length; i++) {
      lua_rawgeti(L_, index, static_cast<lua_Integer>(i));
      status = value(-1, depth + 1);
      lua_pop(L_, 1);
      if (status != PackStatus::ok) {
        char step[32];
        // In the words of the JavaScript array that it was to become: from 0.
        std::snprintf(step, sizeof(step), "[%llu]", static_cast<unsigned long long>(i - 1));
        prepend(step);
      }
    }
    return status;
  }

  PackStatus map(int index, int depth) noexcept {
    const size_t at = out_.length + 1;
    PackStatus status = tagged(wire::kMap, uint32_t{0});
    uint32_t count = 0;
    lua_pushnil(L_);
    while (status == PackStatus::ok && lua_next(L_, index) != 0) {
      status = lua_type(L_, -2) == LUA_TSTRING ? string(-2, false) : scalarKey(-2);
      if (status == PackStatus::ok) status = value(-1, depth + 1);
      if (status != PackStatus::ok) {
        describeKey(-2);
        lua_pop(L_, 2);
        return status;
      }
      lua_pop(L_, 1);
      count++;
    }
    if (status == PackStatus::ok) std::memcpy(out_.bytes + at, &count, sizeof(count));
    return status;
  }

  // A key that is no string. Tables, functions and the like have no place in JavaScript: nil stands for them,
  // and the reader drops the entry or refuses it.
  PackStatus scalarKey(int index) noexcept {
    switch (lua_type(L_, index)) {
      case LUA_TBOOLEAN:
        return tag(lua_toboolean(L_, index) ? wire::kTrue : wire::kFalse);
      case LUA_TNUMBER:
        return number(index);
      default:
        return tag(wire::kNil);
    }
  }

  void describeKey(int index) noexcept {
    char step[80];
    if (lua_type(L_, index) == LUA_TSTRING) {
      std::snprintf(step, sizeof(step), ".%.64s", lua_tostring(L_, index));
    } else if (lua_isinteger(L_, index)) {
      std::snprintf(step, sizeof(step), "[%lld]", static_cast<long long>(lua_tointeger(L_, index)));
    } else {
      std::snprintf(step, sizeof(step), "[%s]", luaL_typename(L_, index));
    }
    prepend(step);
  }

  // The path grows from the inside out; what does not fit is cut at its inner end.
  void prepend(const char* step) noexcept {
    const size_t length = std::strlen(step);
    std::memmove(failure_.path + length, failure_.path, PackFailure::kPathSize - length - 1);
    std::memcpy(failure_.path, step, length);
  }

  lua_State* L_;
  const PackOptions& options_;
  HandleSink& handles_;
  ByteBuffer& out_;
  PackFailure& failure_;
  const void* ancestors_[wire::kMaxDepth];
};

}  // namespace

PackStatus pack(lua_State* L, int index, const PackOptions& options, HandleSink& handles, ByteBuffer& out,
                PackFailure& failure) noexcept {
  Packer packer(L, options, handles, out, failure);
  return packer.value(index, 0);
}

}  // namespace vm
