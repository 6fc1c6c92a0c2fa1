#include "unpack.hpp"

#include <cstring>

#include "wire.hpp"

namespace vm {
namespace {

// All functions here may raise; none owns anything.
struct Unpacker {
  lua_State* L;
  const uint8_t* at;
  const uint8_t* end;
  int handleBase;
  int handleCount;
  int keyTable = 0;  // stack index of the table of keys
  lua_Integer keys = 0;
  int depth = 0;

  void need(size_t size) {
    if (static_cast<size_t>(end - at) < size) luaL_error(L, "malformed message: it ends too early");
  }

  template <class Payload>
  Payload read() {
    need(sizeof(Payload));
    Payload payload;
    std::memcpy(&payload, at, sizeof(Payload));
    at += sizeof(Payload);
    return payload;
  }

  static bool isString(uint8_t tag) {
    return tag == wire::kAscii || tag == wire::kUtf8 || (tag >= wire::kShort && tag < wire::kShort + 32);
  }

  void string(size_t length) {
    need(length);
    lua_pushlstring(L, reinterpret_cast<const char*>(at), length);
    at += length;
  }

  // A table cannot hold more than the rest of the message describes, so a wrong count cannot ask for much
  // memory.
  int sizeHint(uint32_t count) const {
    const auto left = static_cast<size_t>(end - at);
    return static_cast<int>(count < left ? count : left);
  }

  // The C stack bounds the depth, not only the Lua stack.
  void enter() {
    if (++depth > wire::kMaxDepth) luaL_error(L, "malformed message: nested too deeply");
  }

  void sequence() {
    enter();
    const auto count = read<uint32_t>();
    lua_createtable(L, sizeHint(count), 0);
    for (uint32_t i = 1; i <= count; i++) {
      value();
      lua_rawseti(L, -2, static_cast<lua_Integer>(i));
    }
    depth--;
  }

  void floats() {
    const auto count = read<uint32_t>();
    need(size_t{count} * 8);
    lua_createtable(L, static_cast<int>(count), 0);
    for (uint32_t i = 1; i <= count; i++) {
      pushNumber(L, read<double>());
      lua_rawseti(L, -2, static_cast<lua_Integer>(i));
    }
  }

  void map() {
    enter();
    const auto count = read<uint32_t>();
    lua_createtable(L, 0, sizeHint(count));
    for (uint32_t i = 0; i < count; i++) {
      value();
      value();
      lua_rawset(L, -3);
    }
    depth--;
  }

  void keyDefinition() {
    need(1);
    if (!isString(*at)) luaL_error(L, "malformed message: a key that is no string");
    value();
    lua_pushvalue(L, -1);
    lua_rawseti(L, keyTable, ++keys);
  }

  void value() {
    luaL_checkstack(L, 6, "value nested too deeply");
    const auto tag = read<uint8_t>();
    if (tag < 0x80) {
      lua_pushinteger(L, tag);
    } else if (tag >= wire::kShort && tag < wire::kShort + 32) {
      string(static_cast<size_t>(tag - wire::kShort));
    } else {
      tagged(tag);
    }
  }

  void tagged(uint8_t tag) {
    switch (tag) {
      case wire::kNil:
        lua_pushnil(L);
        break;
      case wire::kFalse:
        lua_pushboolean(L, 0);
        break;
      case wire::kTrue:
        lua_pushboolean(L, 1);
        break;
      case wire::kInt32:
        lua_pushinteger(L, read<int32_t>());
        break;
      case wire::kFloat64:
        pushNumber(L, read<double>());
        break;
      case wire::kFloat:
        lua_pushnumber(L, read<double>());
        break;
      case wire::kInt64:
        lua_pushinteger(L, read<int64_t>());
        break;
      case wire::kAscii:
      case wire::kUtf8:
      case wire::kBytes:
        string(read<uint32_t>());
        break;
      case wire::kSequence:
        sequence();
        break;
      case wire::kMap:
        map();
        break;
      case wire::kFloats:
        floats();
        break;
      case wire::kNull:
        lua_pushlightuserdata(L, nullptr);
        break;
      case wire::kObject:
      case wire::kHandle: {
        const auto index = read<uint32_t>();
        if (index >= static_cast<uint32_t>(handleCount)) luaL_error(L, "malformed message: unknown handle");
        lua_pushvalue(L, handleBase + static_cast<int>(index));
        break;
      }
      case wire::kKeyDef:
        keyDefinition();
        break;
      case wire::kKeyRef: {
        const auto id = read<uint32_t>();
        if (lua_Integer{id} >= keys) luaL_error(L, "malformed message: unknown key");
        lua_rawgeti(L, keyTable, lua_Integer{id} + 1);
        break;
      }
      default:
        luaL_error(L, "malformed message: unknown tag %d", static_cast<int>(tag));
    }
  }
};

}  // namespace

int unpack(lua_State* L, const uint8_t* bytes, size_t length, int handleBase, int handleCount) {
  Unpacker unpacker{L, bytes, bytes + length, handleBase, handleCount};
  luaL_checkstack(L, 6, "too many values");
  lua_createtable(L, 0, 0);
  const int base = unpacker.keyTable = lua_gettop(L);
  int count = 1;
  if (length > 0 && bytes[0] == wire::kMulti) {
    unpacker.at++;
    const auto values = unpacker.read<uint32_t>();
    if (values > static_cast<size_t>(unpacker.end - unpacker.at))
      luaL_error(L, "malformed message: it ends too early");
    count = static_cast<int>(values);
    luaL_checkstack(L, count, "too many values");
    for (int i = 0; i < count; i++) unpacker.value();
  } else {
    unpacker.value();
  }
  if (unpacker.at != unpacker.end) luaL_error(L, "malformed message: it goes on after its end");
  lua_remove(L, base);
  return count;
}

}  // namespace vm
