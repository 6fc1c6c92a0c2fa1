// What the tests of pack and unpack share: a sink that counts handles, and messages written by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fixture.hpp"
#include "vm/pack.hpp"
#include "vm/protect.hpp"
#include "vm/unpack.hpp"
#include "vm/wire.hpp"

// Numbers the handles and keeps none.
class CountingSink final : public vm::HandleSink {
 public:
  int64_t add(lua_State*, int) noexcept override { return refusing ? -1 : count++; }

  int64_t count = 0;
  bool refusing = false;
};

// Writes messages.
class Message {
 public:
  Message& byte(int value) {
    bytes.push_back(static_cast<char>(value));
    return *this;
  }
  template <class Payload>
  Message& raw(Payload payload) {
    bytes.append(reinterpret_cast<const char*>(&payload), sizeof(payload));
    return *this;
  }
  Message& text(const std::string& value) {
    bytes += value;
    return *this;
  }
  Message& sized(int tag, uint32_t size) { return byte(tag).raw(size); }

  std::string bytes;
};

struct Packed {
  vm::PackStatus status = vm::PackStatus::ok;
  std::string bytes;
  std::string path;
  int64_t handles = 0;
};

// Packs the value at `index`. `refusing`: the sink takes no handle.
inline Packed packAt(lua_State* L, int index, const vm::PackOptions& options = {}, bool refusing = false) {
  CountingSink sink;
  sink.refusing = refusing;
  vm::ByteBuffer buffer;
  vm::PackFailure failure;
  const int top = lua_gettop(L);
  Packed packed;
  packed.status = vm::pack(L, index, options, sink, buffer, failure);
  CHECK(lua_gettop(L) == top);
  packed.bytes.assign(buffer.bytes == nullptr ? "" : buffer.bytes, buffer.length);
  packed.path = failure.path;
  packed.handles = sink.count;
  buffer.release();
  return packed;
}

// Packs the result of a script.
inline Packed packResult(Machine& machine, const std::string& source, const vm::PackOptions& options = {},
                         bool refusing = false) {
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  machine.state.enter({});
  REQUIRE(luaL_loadstring(L, source.c_str()) == LUA_OK);
  REQUIRE(lua_pcall(L, 0, 1, 0) == LUA_OK);
  const Packed packed = packAt(L, -1, options, refusing);
  machine.state.leave(true);
  return packed;
}

// Unpacks onto the stack, with the given number of handles (the integers 1000, 1001 and so on). Gives the
// status; the values or the error value are on top.
inline int unpackOnto(lua_State* L, const std::string& bytes, int handles = 0) {
  // A copy of its own, so that a sanitizer sees a read past its end.
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  const uint8_t* data = copy.data();
  const size_t length = copy.size();
  if (!lua_checkstack(L, handles + 4)) return LUA_ERRMEM;
  for (int i = 0; i < handles; i++) lua_pushinteger(L, 1000 + i);
  return vm::protect(L, handles, LUA_MULTRET, [data, length, handles](lua_State* inner) {
    const int before = lua_gettop(inner);
    const int count = vm::unpack(inner, data, length, 1, handles);
    if (count != lua_gettop(inner) - before) return luaL_error(inner, "wrong count of values");
    return count;
  });
}

// Whether the script, called with what the bytes unpack to, says so.
inline bool holds(Machine& machine, const std::string& bytes, const std::string& expression,
                  int handles = 0) {
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  machine.state.enter({});
  const std::string source = "local a, b, c = ... return " + expression;
  REQUIRE(luaL_loadstring(L, source.c_str()) == LUA_OK);
  const int base = lua_gettop(L);
  REQUIRE(unpackOnto(L, bytes, handles) == LUA_OK);
  REQUIRE(lua_pcall(L, lua_gettop(L) - base, 1, 0) == LUA_OK);
  const bool answer = lua_toboolean(L, -1) != 0;
  machine.state.leave(true);
  return answer;
}

// The message with which the bytes are refused; empty when they are not.
inline std::string refusal(Machine& machine, const std::string& bytes, int handles = 0) {
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  const int status = unpackOnto(L, bytes, handles);
  if (status == LUA_OK) return "";
  CHECK(lua_type(L, -1) == LUA_TSTRING);
  return lua_tostring(L, -1);
}
