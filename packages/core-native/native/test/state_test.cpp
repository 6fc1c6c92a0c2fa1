#include "vm/state.hpp"

#include <string>

#include "fixture.hpp"

using vm::Trip;

TEST_CASE("a state opens, runs and closes, twice without harm") {
  FakeHost host;
  vm::State state(host, withLibraries());
  CHECK(state.closed());
  REQUIRE(state.open() == LUA_OK);
  CHECK_FALSE(state.closed());
  CHECK(vm::State::from(state.main()) == &state);
  CHECK(state.current() == state.main());
  CHECK(state.allocator.used > 10000);
  state.close();
  CHECK(state.closed());
  CHECK(state.main() == nullptr);
  CHECK(state.allocator.used == 0);
  state.close();
}

TEST_CASE("coroutines lead to their state too") {
  Machine machine;
  static vm::State* found = nullptr;
  lua_register(machine.L(), "find", [](lua_State* L) {
    found = vm::State::from(L);
    return 0;
  });
  machine.eval("coroutine.wrap(function() coroutine.wrap(find)() end)()");
  CHECK(found == &machine.state);
}

TEST_CASE("a state that was never opened closes") {
  FakeHost host;
  vm::State state(host, withLibraries());
  state.close();
  CHECK(state.closed());
}

TEST_CASE("a memory limit too small for the libraries is a status, at every size") {
  FakeHost host;
  int failures = 0;
  for (size_t limit = 1; limit < 64 * 1024; limit += 97) {
    vm::State::Config config = withLibraries();
    config.memoryLimit = limit;
    vm::State state(host, config);
    const int status = state.open();
    CHECK((status == LUA_OK || status == LUA_ERRMEM));
    CHECK(state.closed() == (status != LUA_OK));
    CHECK(state.allocator.peak <= limit);
    if (status != LUA_OK) {
      CHECK(state.allocator.used == 0);
      failures++;
    }
  }
  CHECK(failures > 50);
}

TEST_CASE("opening goes on under an instruction limit that it hardly uses up") {
  FakeHost host;
  vm::State::Config config = withLibraries();
  config.limits = {1, 0};
  vm::State state(host, config);
  const int status = state.open();
  if (status != LUA_OK) CHECK(std::string(state.problem) == "a limit was reached");
  CHECK(state.closed() == (status != LUA_OK));
  state.close();
  CHECK(state.allocator.used == 0);
}

TEST_CASE("closing runs the finalizers, with the host told not to be called") {
  static bool closing = false;
  static int finalized = 0;
  closing = false;
  finalized = 0;
  {
    Machine machine;
    lua_register(machine.L(), "note", [](lua_State* L) {
      closing = vm::State::from(L)->closing;
      finalized++;
      return 0;
    });
    machine.eval("keep = {} for i = 1, 10 do keep[i] = setmetatable({}, {__gc = note}) end");
  }
  CHECK(finalized == 10);
  CHECK(closing);
}

TEST_CASE("closing with endless finalizers is bounded by time, by the state's limits and by both") {
  const char* const endless[] = {
      "keep = setmetatable({}, {__gc = function() while true do end end})",
      "keep = {} for i = 1, 1000 do keep[i] = setmetatable({}, {__gc = function() while true do end end}) "
      "end",
      "keep = setmetatable({}, {__gc = function() while true do pcall(function() while true do end end) end "
      "end})",
      "local function again(t) setmetatable({}, {__gc = again}) end keep = setmetatable({}, {__gc = "
      "function(t) "
      "setmetatable(t, getmetatable(t)) while true do end end})",
      "local m = {} m.__gc = function(t) setmetatable({}, m) for i = 1, 1e9 do end end keep = "
      "setmetatable({}, m)",
      "keep = setmetatable({}, {__gc = function() string.find(string.rep('a', 1000), '.-.-.-.-.-b') end})",
      "co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() while true "
      "do end "
      "end}) coroutine.yield() end) coroutine.resume(co)",
  };
  const vm::Limits limits[] = {{0, 0}, {100000, 0}, {0, 50}, {100000, 50}};
  for (const char* script : endless) {
    for (const vm::Limits& limit : limits) {
      INFO(std::string(script) << " " << limit.maxInstructions << " " << limit.timeoutMs);
      vm::State::Config config = withLibraries();
      config.limits = limit;
      Machine machine(config);
      machine.eval(script);
      machine.host.step = limit.maxInstructions > 0 ? 0.01 : 1;
      const double before = machine.host.now;
      machine.state.close();
      CHECK(machine.state.allocator.used == 0);
      CHECK(machine.host.now - before < (limit.timeoutMs > 0 ? 55 : limit.maxInstructions > 0 ? 5 : 1005));
    }
  }
}

TEST_CASE("states on one thread do not disturb each other, also when one runs inside the other") {
  static Machine* inner = nullptr;
  static Trip innerTrip = Trip::none;
  Machine outer;
  Machine other;
  inner = &other;
  lua_register(outer.L(), "nested", [](lua_State*) {
    innerTrip =
        inner->run("local s = string.rep('x', 1e5) .. 'y' local t = {[s] = 1} while true do end", {10000, 0})
            .trip;
    return 0;
  });
  const double alone = outer.run("for i = 1, 1000 do end").instructions;
  const Outcome outcome = outer.run("nested() for i = 1, 1000 do end", {50000, 0});
  CHECK(innerTrip == Trip::instructions);
  CHECK(outcome.trip == Trip::none);
  CHECK(outcome.instructions < alone + 200);
  CHECK(outer.run("while true do end", {1000, 0}).trip == Trip::instructions);
}

TEST_CASE("string hashes follow the seed") {
  const char* script =
      "local t = {} for i = 1, 50 do t['k' .. i] = i end local s = '' for k in pairs(t) do s = s .. k "
      ".. ' ' end return s";
  vm::State::Config config = withLibraries();
  const std::string first = Machine(config).eval(script);
  CHECK(Machine(config).eval(script) == first);
  config.seed = 43;
  CHECK(Machine(config).eval(script) != first);
}

TEST_CASE("figures are kept only for runs that count") {
  Machine machine;
  machine.run("for i = 1, 1000 do end");
  const double instructions = machine.state.meter.figures().instructions;
  machine.state.enter({});
  machine.state.leave(false);
  CHECK(machine.state.meter.figures().instructions == instructions);
}
