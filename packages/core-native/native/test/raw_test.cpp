#include "vm/raw.hpp"

#include "fixture.hpp"
#include "vm/ascii.hpp"
#include "vm/long_string.hpp"
#include "vm/protect.hpp"
#include "vm/short_sequence.hpp"

namespace raw = vm::raw;

namespace {

// Leaves the result of the expression on the stack.
void push(Machine& machine, const std::string& expression) {
  machine.eval("result = " + expression);
  lua_getglobal(machine.L(), "result");
}

std::string text(lua_State* L) {
  size_t length = 0;
  const char* bytes = raw::text(tsvalue(raw::at(L, -1)), &length);
  return {bytes, length};
}

}  // namespace

TEST_CASE("raw: stack slots by their indices") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  lua_pushinteger(L, 11);
  lua_pushnumber(L, 1.5);
  const int top = lua_gettop(L);
  CHECK(ivalue(raw::at(L, top - 1)) == 11);
  CHECK(fltvalue(raw::at(L, top)) == 1.5);
  CHECK(raw::at(L, -1) == raw::at(L, top));
  CHECK(raw::at(L, -2) == raw::at(L, top - 1));
}

TEST_CASE("raw: push copies a value of every type") {
  Machine machine;
  lua_State* L = machine.L();
  for (const char* value : {"nil", "true", "7", "1.5", "'short'", "('x'):rep(100)", "{}", "print",
                            "function() end", "coroutine.create(print)", "io.stdout"}) {
    INFO(std::string(value));
    const vm::StackGuard guard(L);
    push(machine, value);
    raw::push(L, raw::at(L, -1));
    CHECK(lua_rawequal(L, -1, -2));
    CHECK(lua_type(L, -1) == lua_type(L, -2));
  }
}

TEST_CASE("raw: the bytes of short and long strings, zeros included") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  push(machine, "'a\\0b'");
  CHECK(text(L) == std::string("a\0b", 3));
  push(machine, "''");
  CHECK(text(L).empty());
  for (const int length : {40, 41, 10000}) {
    push(machine, "('\\0'):rep(" + std::to_string(length) + ")");
    CHECK(text(L) == std::string(static_cast<size_t>(length), '\0'));
  }
}

#if LUA_VERSION_NUM >= 505
TEST_CASE("raw: the bytes of strings that lie outside of Lua") {
  static const std::string outside(100, 'o');
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  lua_pushexternalstring(L, outside.c_str(), outside.size(), nullptr, nullptr);
  CHECK(text(L) == outside);
}
#endif

TEST_CASE("raw: the array part, with its holes") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  push(machine, "{10, 20.5, 'x'}");
  lua_pushnil(L);
  lua_rawseti(L, -2, 2);
  Table* table = hvalue(raw::at(L, -1));
  REQUIRE(raw::arraySize(table) == 3);
  TValue value;
  REQUIRE(raw::arraySlot(L, table, 0, &value));
  CHECK(ivalue(&value) == 10);
  CHECK_FALSE(raw::arraySlot(L, table, 1, &value));
  REQUIRE(raw::arraySlot(L, table, 2, &value));
  CHECK(ttisstring(&value));
}

TEST_CASE("raw: the sizes of both parts") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  push(machine, "{}");
  CHECK(raw::arraySize(hvalue(raw::at(L, -1))) == 0);
  push(machine, "{1, 2, a = 1, b = 2, c = 3}");
  CHECK(raw::arraySize(hvalue(raw::at(L, -1))) == 2);
  CHECK(raw::nodeCount(hvalue(raw::at(L, -1))) == 4);
  // Grown one by one, the array part has more slots than elements.
  push(machine, "(function() local t = {} for i = 1, 5 do t[i] = i end return t end)()");
  Table* grown = hvalue(raw::at(L, -1));
  TValue value;
  unsigned used = 0;
  for (unsigned i = 0; i < raw::arraySize(grown); i++) used += raw::arraySlot(L, grown, i, &value) ? 1 : 0;
  CHECK(used == 5);
}

TEST_CASE("short sequences are told from all other tables") {
  Machine machine;
  lua_State* L = machine.L();
  const auto count = [&machine, L](const char* table) {
    const vm::StackGuard guard(L);
    push(machine, table);
    return vm::shortSequence(L, -1, 4);
  };
  CHECK(count("{}") == 0);
  CHECK(count("{1}") == 1);
  CHECK(count("{1, 'b', true, 1.5}") == 4);
  CHECK(count("{1, 2, nil, nil}") == 2);
  CHECK(count("{nil, 2}") == -1);
  CHECK(count("{1, nil, 3}") == -1);
  CHECK(count("{1, 2, 3, 4, 5}") == -1);
  CHECK(count("{1, {}}") == -1);
  CHECK(count("{print}") == -1);
  CHECK(count("{x = 1}") == -1);
  CHECK(count("{1, x = 1}") == -1);
  CHECK(count("{('x'):rep(1000)}") == 1);
  CHECK(count("(function() local t = {x = 1} t.x = nil return t end)()") == 0);
  CHECK(count("(function() local t = {} for i = 1, 100 do t['k' .. i] = 1 end for i = 1, 100 do t['k' .. i] "
              "= nil "
              "end return t end)()") == -1);
}

TEST_CASE("ASCII is told from other bytes, wherever they are") {
  for (size_t length = 0; length < 200; length++) {
    std::string text(length, 'a');
    CHECK(vm::isAscii(text.data(), length));
    for (size_t at = 0; at < length; at++) {
      text[at] = '\x80';
      CHECK(!vm::isAscii(text.data(), length));
      text[at] = '\x7f';
      CHECK(vm::isAscii(text.data(), length));
    }
  }
}

TEST_CASE("a string written in place is like any other") {
  Machine machine;
  lua_State* L = machine.L();
  char* place = nullptr;
  REQUIRE(vm::protect(L, 0, 1, [&place](lua_State* inner) {
            place = vm::pushUnwrittenString(inner, 5000);
            return 1;
          }) == LUA_OK);
  std::memset(place, 'z', 5000);
  place[5000] = '\0';
  lua_setglobal(L, "written");
  CHECK(machine.eval("local t = {[written] = 1} return #written == 5000 and written == ('z'):rep(5000) and "
                     "t[('z'):rep(5000)]") == "1");
}
