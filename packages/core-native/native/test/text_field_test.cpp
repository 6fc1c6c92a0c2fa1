#include "vm/text_field.hpp"

#include <cmath>

#include "fixture.hpp"

namespace {

// The field as a string, "nil", or "declined".
std::string afterPush(lua_State* L, bool pushed, int top) {
  if (!pushed) {
    CHECK(lua_gettop(L) == top);
    return "declined";
  }
  CHECK(lua_gettop(L) == top + 1);
  const char* text = lua_isboolean(L, -1) ? (lua_toboolean(L, -1) ? "true" : "false") : lua_tostring(L, -1);
  const std::string result = text == nullptr ? luaL_typename(L, -1) : text;
  lua_pop(L, 1);
  return result;
}

std::string field(lua_State* L, const std::string& name) {
  const int top = lua_gettop(L);
  return afterPush(L, vm::pushTextField(L, -1, name.data(), name.size()), top);
}

std::string field(lua_State* L, double key) {
  const int top = lua_gettop(L);
  return afterPush(L, vm::pushNumberField(L, top, key), top);
}

void push(Machine& machine, const std::string& expression) {
  machine.eval("result = " + expression);
  lua_getglobal(machine.L(), "result");
}

}  // namespace

TEST_CASE("text fields") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  push(machine, "{a = 1, no = false, ['x\\0y'] = 'zero', [''] = 'empty', [('k'):rep(40)] = 'longest'}");
  CHECK(field(L, "a") == "1");
  CHECK(field(L, "no") == "false");
  CHECK(field(L, std::string("x\0y", 3)) == "zero");
  CHECK(field(L, "") == "empty");
  CHECK(field(L, std::string(40, 'k')) == "longest");
  CHECK(field(L, "print") == "nil");  // the state has the name, the table has no such field
  CHECK(field(L, "a name that nobody has used") == "nil");  // and here not even that
  CHECK(field(L, std::string(41, 'k')) == "declined");
}

TEST_CASE("number fields") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  push(machine, "{10, 20, nil, 40, [0] = 'zero', [-3] = 'minus', [1 << 40] = 'far', [1.5] = 'half'}");
  CHECK(field(L, 1) == "10");
  CHECK(field(L, 4) == "40");
  CHECK(field(L, 3) == "nil");
  CHECK(field(L, 5) == "nil");
  CHECK(field(L, 0) == "zero");
  CHECK(field(L, -0.0) == "zero");
  CHECK(field(L, -3) == "minus");
  CHECK(field(L, 1099511627776.0) == "far");
  for (const double key : {1.5, 1e300, -1e300, HUGE_VAL, std::nan(""), 9.1e15}) {
    INFO(key);
    CHECK(field(L, key) == "declined");
  }
}

TEST_CASE("tables with a metatable are left to the API") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  push(machine, "setmetatable({a = 1, 10}, {__index = function() return 'computed' end})");
  CHECK(field(L, "a") == "declined");
  CHECK(field(L, "b") == "declined");
  CHECK(field(L, 1) == "declined");
}

TEST_CASE("reading fields allocates nothing") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  push(machine, "{a = 'text', true}");
  machine.state.allocator.refusing = true;
  CHECK(field(L, "a") == "text");
  CHECK(field(L, "a name that nobody has used") == "nil");
  CHECK(field(L, 1) == "true");
  machine.state.allocator.refusing = false;
}

TEST_CASE("names found while the collector is at work stay alive") {
  Machine machine;
  lua_State* L = machine.L();
  machine.state.enter({});
  for (int round = 0; round < 300; round++) {
    const vm::StackGuard guard(L);
    lua_newtable(L);
    const std::string name = "name" + std::to_string(round % 7);
    lua_pushlstring(L, name.data(), name.size());
    lua_pushinteger(L, round);
    lua_rawset(L, -3);
    lua_gc(L, LUA_GCSTEP, 0);
    CHECK(field(L, name) == std::to_string(round));
    CHECK(field(L, "name" + std::to_string((round + 1) % 7)) == "nil");
  }
  machine.state.leave(true);
}
