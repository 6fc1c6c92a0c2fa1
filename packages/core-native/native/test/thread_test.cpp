#include "vm/thread.hpp"

#include "fixture.hpp"
#include "vm/native_depth.hpp"

namespace {

int status(lua_State* L) {
  lua_pushstring(L, vm::threadStatus(L, lua_tothread(L, 1)));
  lua_pushboolean(L, vm::canClose(L, lua_tothread(L, 1)));
  return 2;
}

int deepest = 0;

// Calls itself through C until canNest says no; then an error must still be possible.
int nest(lua_State* L) {
  if (vm::canNest(L)) {
    deepest++;
    lua_pushcfunction(L, nest);
    lua_call(L, 0, 1);
    return 1;
  }
  const int result = vm::protect(L, 0, 0, [](lua_State* inner) { return luaL_error(inner, "at the end"); });
  lua_pushinteger(L, result);
  return 1;
}

}  // namespace

TEST_CASE("the status of a coroutine, as coroutine.status says it") {
  Machine machine;
  lua_register(machine.L(), "status", status);
  machine.eval(
      "function check(co, expected) local s, closes = status(co) assert(s == expected, s) "
      "assert(s == coroutine.status(co)) assert(closes == (s == 'suspended' or s == 'dead')) end");
  machine.eval("check(coroutine.running(), 'running')");
  machine.eval("check(coroutine.create(function() end), 'suspended')");
  machine.eval(
      "local co co = coroutine.create(function() check(co, 'running') coroutine.yield() end) "
      "coroutine.resume(co) check(co, 'suspended') coroutine.resume(co) check(co, 'dead')");
  machine.eval("local co = coroutine.create(error) coroutine.resume(co, 'x') check(co, 'dead')");
  machine.eval("local co = coroutine.create(print) coroutine.close(co) check(co, 'dead')");
  machine.eval(
      "local main = coroutine.running() local outer outer = coroutine.wrap(function() "
      "local here = coroutine.running() check(main, 'normal') "
      "coroutine.wrap(function() check(here, 'normal') check(main, 'normal') end)() end) outer()");
  machine.eval(
      "local co = coroutine.create(function() pcall(pcall, coroutine.yield) end) coroutine.resume(co) "
      "check(co, 'suspended')");
}

TEST_CASE("a thread seen from outside of every run") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  CHECK(std::string(vm::threadStatus(L, L)) == "running");
  CHECK_FALSE(vm::canClose(L, L));
  lua_State* thread = lua_newthread(L);
  CHECK(std::string(vm::threadStatus(L, thread)) == "dead");  // it has nothing to run
  lua_pushcfunction(thread, status);
  CHECK(std::string(vm::threadStatus(L, thread)) == "suspended");
  CHECK(vm::canClose(L, thread));
}

TEST_CASE("canNest leaves room for the error that says the stack is at its end") {
  Machine machine;
  lua_register(machine.L(), "nest", nest);
  CHECK(vm::canNest(machine.L()));
  deepest = 0;
  CHECK(machine.eval("return nest()") == std::to_string(LUA_ERRRUN));
  CHECK(deepest > 100);
  CHECK(deepest < LUAI_MAXCCALLS);
  // A coroutine goes on from the depth of the one that resumes it.
  const int fromMain = deepest;
  deepest = 0;
  CHECK(machine.eval("return coroutine.wrap(function() return nest() end)()") == std::to_string(LUA_ERRRUN));
  CHECK(deepest < fromMain);
  CHECK(vm::canNest(machine.L()));
}
