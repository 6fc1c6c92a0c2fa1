#include "vm/protect.hpp"

#include "fixture.hpp"

TEST_CASE("protect gives results and arguments through") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  const int before = lua_gettop(L);
  lua_pushinteger(L, 40);
  lua_pushinteger(L, 2);
  int seen = 0;
  const int status = vm::protect(L, 2, 2, [&seen](lua_State* inner) {
    seen = lua_gettop(inner);
    lua_pushinteger(inner, lua_tointeger(inner, 1) + lua_tointeger(inner, 2));
    return 1;
  });
  CHECK(status == LUA_OK);
  CHECK(seen == 2);
  CHECK(lua_gettop(L) == before + 2);
  CHECK(lua_tointeger(L, -2) == 42);
  CHECK(lua_isnil(L, -1));
}

TEST_CASE("protect turns an error into a status with the error value on top") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  const int before = lua_gettop(L);
  lua_pushinteger(L, 1);
  const int status = vm::protect(L, 1, 5, [](lua_State* inner) {
    lua_newtable(inner);
    lua_pushinteger(inner, 7);
    lua_setfield(inner, -2, "code");
    return lua_error(inner);
  });
  CHECK(status == LUA_ERRRUN);
  REQUIRE(lua_gettop(L) == before + 1);
  REQUIRE(lua_istable(L, -1));
  CHECK(lua_getfield(L, -1, "code") == LUA_TNUMBER);
  CHECK(lua_tointeger(L, -1) == 7);
}

TEST_CASE("protect gives all results with LUA_MULTRET, and nests") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  const int before = lua_gettop(L);
  int innerStatus = LUA_OK;
  const int status = vm::protect(L, 0, LUA_MULTRET, [&innerStatus](lua_State* outer) {
    innerStatus = vm::protect(outer, 0, 0, [](lua_State* inner) { return luaL_error(inner, "inside"); });
    lua_pushinteger(outer, 1);
    lua_pushinteger(outer, 2);
    return 3;
  });
  CHECK(status == LUA_OK);
  CHECK(innerStatus == LUA_ERRRUN);
  REQUIRE(lua_gettop(L) == before + 3);
  CHECK(std::string(lua_tostring(L, -3)) == "inside");
}

TEST_CASE("protect reports a refused allocation") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  machine.state.allocator.refuseAfter = 1;
  const int status = vm::protect(L, 0, 1, [](lua_State* inner) {
    lua_newtable(inner);
    return 1;
  });
  machine.state.allocator.refusing = false;
  CHECK(status == LUA_ERRMEM);
  CHECK(std::string(lua_tostring(L, -1)) == "not enough memory");
}

TEST_CASE("StackGuard restores the height, upwards and downwards") {
  Machine machine;
  lua_State* L = machine.L();
  lua_pushinteger(L, 1);
  const int before = lua_gettop(L);
  {
    const vm::StackGuard guard(L);
    lua_pushinteger(L, 2);
    lua_pushinteger(L, 3);
  }
  CHECK(lua_gettop(L) == before);
  {
    const vm::StackGuard guard(L);
    lua_pop(L, 1);
  }
  CHECK(lua_gettop(L) == before);
  lua_pop(L, 1);
}
