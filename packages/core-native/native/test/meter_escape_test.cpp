// Whatever catches errors in Lua: once the meter has tripped, nothing of the script runs any more.
#include "fixture.hpp"
#include "vm/meter.hpp"

using vm::Trip;

namespace {

constexpr const char* kEscapes[] = {
    "pcall(loop) flag = true",
    "pcall(pcall, loop) flag = true",
    "pcall(pcall, pcall, loop) flag = true",
    "xpcall(loop, function() flag = true end)",
    "xpcall(loop, print) flag = true",
    "xpcall(loop, loop) flag = true",
    "pcall(xpcall, loop, function() flag = true end) flag = true",
    "do local x <close> = setmetatable({}, {__close = function() flag = true end}) loop() end",
    "do local x <close> = setmetatable({}, {__close = loop}) end flag = true",
    "pcall(function() local x <close> = setmetatable({}, {__close = function() flag = true end}) loop() end) "
    "flag = true",
    "for _ in next, {1}, nil, setmetatable({}, {__close = function() flag = true end}) do loop() end",
    "setmetatable({}, {__gc = loop}) collectgarbage() flag = true",
    "setmetatable({}, {__gc = loop}) pcall(collectgarbage) flag = true",
    "setmetatable({}, {__gc = loop}) pcall(pcall, collectgarbage) flag = true",
    "setmetatable({}, {__gc = loop}) xpcall(collectgarbage, print) flag = true",
    "setmetatable({}, {__gc = loop}) for i = 1, 2 do repeat until collectgarbage('step') end flag = true",
    "setmetatable({}, {__gc = function() loop() flag = true end}) collectgarbage()",
    "setmetatable({}, {__gc = function() pcall(loop) flag = true end}) collectgarbage()",
    "for i = 1, 3 do setmetatable({}, {__gc = function() loop() end}) end setmetatable({}, {__gc = loop}) "
    "collectgarbage() flag = true",
    "setmetatable({}, {__gc = function() tripped = true loop() end}) while not tripped do local t = {} if "
    "tripped "
    "then flag = true end end",
    "setmetatable({}, {__gc = function() tripped = true loop() end}) local s repeat s = 'x' .. #{} if "
    "tripped then "
    "flag = true end until tripped flag = true",
    "coroutine.resume(coroutine.create(loop)) flag = true",
    "pcall(coroutine.wrap(loop)) flag = true",
    "coroutine.wrap(function() pcall(loop) flag = true end)()",
    "coroutine.resume(coroutine.create(function() pcall(loop) flag = true end)) flag = true",
    "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = loop}) "
    "coroutine.yield() "
    "end) coroutine.resume(co) coroutine.close(co) flag = true",
    "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() flag = "
    "true "
    "end}) coroutine.yield() loop() end) coroutine.resume(co) coroutine.resume(co) flag = true",
    "local co = coroutine.create(function() pcall(function() coroutine.yield() loop() end) flag = true end) "
    "coroutine.resume(co) coroutine.resume(co) flag = true",
    "local co = coroutine.wrap(function() pcall(pcall, function() coroutine.yield() loop() end) flag = true "
    "end) co() "
    "co() flag = true",
    "local co = coroutine.wrap(function() xpcall(function() coroutine.yield() loop() end, function() flag = "
    "true end) "
    "flag = true end) co() pcall(co) flag = true",
    "for _ in coroutine.wrap(function() coroutine.yield(1) loop() end) do end flag = true",
    "load(function() loop() end) flag = true",
    "load(function() pcall(loop) flag = true end) flag = true",
    "pcall(load, function() loop() end) flag = true",
    "pcall(table.sort, {3, 2, 1}, loop) flag = true",
    "pcall(string.gsub, 'abc', '.', loop) flag = true",
    "pcall(string.find, string.rep('a', 1000), '.-.-.-.-.-b') flag = true",
    "pcall(tostring, setmetatable({}, {__tostring = loop})) flag = true",
    "pcall(next, setmetatable({}, {__index = loop})) for _ in pairs(setmetatable({}, {__pairs = loop})) do "
    "end flag = "
    "true",
    "pcall(function() return setmetatable({}, {__index = loop}).x end) flag = true",
    "pcall(function() return #setmetatable({}, {__len = loop}) end) flag = true",
    "pcall(function() return setmetatable({}, {__eq = loop}) == setmetatable({}, {}) end) flag = true",
    "pcall(require, 'x', package and table.insert(package.searchers, 1, loop)) flag = true",
    "error(setmetatable({}, {__tostring = loop})) ; flag = true",
    "debug.sethook(loop, '', 1) local x = 1 flag = true",
    "debug.sethook(function() pcall(loop) flag = true end, '', 1) local x = 1",
    "select('#', pcall(loop), pcall(function() flag = true end))",
    "local ok = pcall(loop) while not ok do flag = true ok = true end",
};

void refuse(Machine& machine, const char* script, const vm::Limits& limits, Trip expected) {
  INFO(std::string(script));
  const Outcome prepared =
      machine.run("flag, tripped = nil, nil function loop() while true do end end debug.sethook()");
  REQUIRE(prepared.status == LUA_OK);
  const Outcome outcome = machine.run(script, limits);
  const bool errorObject = std::strncmp(script, "error(", 6) == 0;  // nothing converts it inside this run
  CHECK(outcome.trip == (errorObject ? Trip::none : expected));
  lua_State* L = machine.L();
  machine.state.enter({});
  lua_sethook(L, nullptr, 0, 0);
  CHECK(lua_getglobal(L, "flag") == LUA_TNIL);
  lua_pop(L, 1);
  machine.state.leave(true);
  CHECK(machine.eval("return 1 + 1") == "2");
  CHECK(machine.eval("return select(2, pcall(error, 'caught'))") == "caught");
}

}  // namespace

TEST_CASE("nothing of the script runs after the instruction limit") {
  for (const char* script : kEscapes) {
    Machine machine;
    refuse(machine, script, {200000, 0}, Trip::instructions);
  }
}

TEST_CASE("nothing of the script runs after the time limit, many times in one state") {
  Machine machine;
  for (const char* script : kEscapes) {
    machine.host.step = 0.15;
    refuse(machine, script, {0, 8}, Trip::timeout);
  }
}

TEST_CASE("nothing of the script runs after a cancellation") {
  for (const char* script : kEscapes) {
    Machine machine;
    int reads = 0;
    machine.host.onNow = [&] {
      // Not before the loop of the script: finalizers of its own come late.
      if (++reads > 20) machine.state.meter.cancel();
    };
    refuse(machine, script, {}, Trip::cancelled);
    machine.host.onNow = nullptr;
  }
}

TEST_CASE("an error that a script makes itself stays an error") {
  Machine machine;
  CHECK(machine.eval("return select(2, pcall(error, 'x'))") == "x");
  CHECK(machine.eval("return select(2, coroutine.resume(coroutine.create(function() error('y', 0) end)))") ==
        "y");
  CHECK(machine.eval("return select(2, xpcall(error, function(m) return m .. '!' end, 'z'))") == "z!");
}
