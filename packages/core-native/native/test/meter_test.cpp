#include "vm/meter.hpp"

#include <string>
#include <thread>

#include "endless.hpp"
#include "fixture.hpp"

using vm::Limits;
using vm::Trip;

namespace {

// Counts VM instructions the slow way.
long hookCalls = 0;
void countingHook(lua_State*, lua_Debug*) {
  hookCalls++;
}

constexpr const char* kPrograms[] = {
    "local n = 0 for i = 1, 2000 do n = n + i end return n",
    "local n = 0 for i = 1.0, 300.0, 0.5 do n = n + i end return n",
    "local n = 0 while n < 2000 do n = n + 1 end return n",
    "local n = 0 repeat n = n + 1 until n >= 2000 return n",
    "local n = 0 ::top:: n = n + 1 if n < 2000 then goto top end return n",
    "local n = 0 for i = 1, 500 do local k = i % 5 if k == 0 then n = n + 1 elseif k == 1 then n = n + 2 "
    "elseif "
    "k == 2 then n = n + 3 elseif k == 3 then n = n + 4 else n = n + 5 end end return n",
    "local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(14)",
    "local function down(n) if n == 0 then return 0 end return down(n - 1) end return down(1000)",
    "local function add(n) return function() n = n + 1 return n end end local n = 0 for i = 1, 200 do local "
    "f = "
    "add(i) n = n + f() + f() end return n",
    "local A = {} A.__index = A function A.new(v) return setmetatable({v = v}, A) end function A:inc() "
    "self.v = "
    "self.v + 1 return self end local a = A.new(0) for i = 1, 300 do a:inc():inc() end return a.v",
    "local s = '' for i = 1, 200 do s = s .. i .. ',' end return #s",
    "local t = {} for i = 1, 1000 do t[i] = i * 2 end for i = 1, 1000 do t[i] = t[i] + t[1001 - i] end "
    "return #t",
    "local t = {} for i = 1, 300 do t['k' .. i] = i end local n = 0 for r = 1, 5 do for k, v in pairs(t) do "
    "n = n + v end end return n",
    "local t = {} for i = 1, 300 do t[i] = i end local n = 0 for i, v in ipairs(t) do n = n + v end return n",
    "local function range(n) local i = 0 return function() i = i + 1 if i <= n then return i end end end "
    "local n = "
    "0 for i in range(500) do n = n + i end return n",
    "local n = 0 for i = 1, 300 do local ok = pcall(error, i) if not ok then n = n + 1 end end return n",
    "local n = 0 for i = 1, 300 do local ok = pcall(function() local x = i + 1 error(x) end) n = n + (ok and "
    "0 or "
    "1) end return n",
    "local co = coroutine.wrap(function() for i = 1, 500 do coroutine.yield(i) end end) local n = 0 for i = "
    "1, 500 "
    "do n = n + co() end return n",
    "local function sum(...) local n = 0 for i = 1, select('#', ...) do n = n + (select(i, ...)) end return "
    "n end "
    "local n = 0 for i = 1, 100 do n = n + sum(i, 2, 3, 4, 5) end return n",
    "local m = {} m.__add = function(a, b) return setmetatable({v = a.v + b.v}, m) end m.__index = "
    "function(t, k) "
    "return 1 end m.__lt = function(a, b) return a.v < b.v end local a, n = setmetatable({v = 1}, m), 0 for "
    "i = 1, "
    "200 do local b = a + a if a < b then n = n + b.x end end return n",
    "local n = 0 for i = 1, 500 do for j = 1, 0 do n = n + i n = n * 2 n = n - i n = n * 3 n = n + j end end "
    "return n",
    "local n, e = 0, {} for i = 1, 500 do for k, v in next, e do n = n + i n = n * 2 n = n - i n = n * 3 n = "
    "n + k "
    "end end return n",
    "local a, b, c = 1.5, 2.5, 0.0 for i = 1, 300 do c = c + a * b - a c = c * 0.5 + b a = a + 0.001 b = b - "
    "0.001 c "
    "= (c + (a - b) * (a + b)) // 1 % 7 end return c",
    "for i = 1, 1000 do local t = {} end return 1",
    "local n = 0 for i = 1, 300 do local t = {x = i, i} n = n + t.x end return n",
    "local a = 1 for i = 1, 300 do a = (a << 1 ~ i) & 65535 a = a >> 1 | 1 a = a ~ 3 end return a",
    "local n = 0 for i = 1, 500 do if i > 1000 then n = n * 2 n = n - i n = n * 3 n = n + 7 n = n // 2 end n "
    "= n + "
    "1 end return n",
    "local n = 0 for i = 1, 400 do if i % 2 == 0 then goto continue end n = n + i ::continue:: end return n",
};

}  // namespace

TEST_CASE("the count is within 0.7 to 1.5 times the instructions executed") {
  for (const char* program : kPrograms) {
    INFO(std::string(program));
    Machine metered;
    const Outcome outcome = metered.run(program);
    REQUIRE(outcome.status == LUA_OK);
    Machine counted;
    lua_sethook(counted.L(), countingHook, LUA_MASKCOUNT, 1);
    hookCalls = 0;
    const Outcome reference = counted.run(program);
    lua_sethook(counted.L(), nullptr, 0, 0);
    CHECK(reference.text == outcome.text);
    const double ratio = outcome.instructions / static_cast<double>(hookCalls);
    CHECK(ratio >= 0.7);
    CHECK(ratio <= 1.5);
  }
}

TEST_CASE("the count is the same in every state of one seed, whatever the clock does") {
  for (const char* program : kPrograms) {
    INFO(std::string(program));
    Machine plain;
    const double expected = plain.run(program).instructions;
    Machine slow;
    slow.host.step = 0.9;  // short slices
    CHECK(slow.run(program, {0, 1e9}).instructions == expected);
    Machine limited;
    limited.host.step = 0.001;  // long ones
    CHECK(limited.run(program, {1e9, 1e9}).instructions == expected);
  }
}

TEST_CASE("the instruction limit trips at the same place in every state") {
  for (const char* program : kEndless) {
    INFO(std::string(program));
    double used[2] = {};
    for (int i = 0; i < 2; i++) {
      Machine machine;
      if (i == 1) machine.host.step = 0.3;
      const Outcome outcome = machine.run(program, {100000, i == 1 ? 1e9 : 0});
      CHECK(outcome.trip == Trip::instructions);
      CHECK(machine.state.meter.maximum() == 100000);
      used[i] = machine.state.meter.used();
      CHECK(used[i] > 100000);
      CHECK(machine.eval("return 1 + 1") == "2");
    }
    // A stack that has moved gives the interpreter one more place to poll at, a few instructions away.
    CHECK(used[0] - used[1] <= 4);
    CHECK(used[1] - used[0] <= 4);
  }
}

TEST_CASE("the instruction limit is exact to the piece of code between two polls") {
  const char* loop = "for i = 1, 10000 do end";
  const double needed = Machine().run(loop).instructions;
  Machine machine;
  CHECK(machine.run(loop, {needed, 0}).trip == Trip::none);
  const Outcome tripped = machine.run(loop, {needed - 10, 0});
  CHECK(tripped.trip == Trip::instructions);
  CHECK(machine.state.meter.used() <= needed - 10 + 4);
  CHECK(machine.run(loop, {1, 0}).trip == Trip::instructions);
}

TEST_CASE("the time limit ends everything") {
  for (const char* program : kEndless) {
    INFO(std::string(program));
    Machine machine;
    machine.host.step = 0.15;
    const Outcome outcome = machine.run(program, {0, 5});
    CHECK(outcome.trip == Trip::timeout);
    CHECK(machine.state.meter.maximum() == 5);
    CHECK(machine.state.meter.used() > 5);
    CHECK(machine.state.meter.used() < 6);
    machine.host.step = 0;
    CHECK(machine.eval("return 1 + 1") == "2");
  }
}

TEST_CASE("cancelling ends everything at the next look at the flag") {
  for (const char* program : kEndless) {
    INFO(std::string(program));
    Machine machine;
    int readsAfter = -1;
    machine.host.onNow = [&] {
      if (readsAfter >= 0) readsAfter++;
      if (machine.host.clockReads.load() == 5) {
        machine.state.meter.cancel();
        readsAfter = 0;
      }
    };
    const Outcome outcome = machine.run(program);
    CHECK(outcome.trip == Trip::cancelled);
    CHECK(readsAfter <= 2);  // when the trip is noted, and at the end of the run
    machine.host.onNow = nullptr;
    CHECK(machine.eval("return 1 + 1") == "2");
  }
}

TEST_CASE("another thread can cancel") {
  for (const char* program : kEndless) {
    INFO(std::string(program));
    Machine machine;
    std::thread canceller([&machine] {
      while (machine.host.clockReads.load() < 3) std::this_thread::yield();
      machine.state.meter.cancel();
    });
    const Outcome outcome = machine.run(program);
    canceller.join();
    CHECK(outcome.trip == Trip::cancelled);
    CHECK(machine.state.meter.maximum() == 0);
  }
}

TEST_CASE("a cancellation without a run is forgotten") {
  Machine machine;
  machine.state.meter.cancel();
  CHECK(machine.run("for i = 1, 1e5 do end return 1").text == "1");
}

TEST_CASE("a host that is not alive any more ends the run") {
  for (const char* program : kEndless) {
    INFO(std::string(program));
    Machine machine;
    machine.host.step = 3;
    machine.host.aliveFor = 2;
    CHECK(machine.run(program).trip == Trip::host);
    machine.host.aliveFor = -1;
    CHECK(machine.eval("return 1 + 1") == "2");
  }
}

TEST_CASE("nested entries share the outermost one's limits") {
  Machine machine;
  const char* loop = "for i = 1, 1000 do end return";
  const double one = machine.run(loop).instructions;
  machine.state.enter({one * 5, 0});
  CHECK(machine.state.depth() == 1);
  int entered = 0;
  while (entered < 10 && machine.run(loop, {1e9, 0}).trip == Trip::none) entered++;
  CHECK(entered >= 4);
  CHECK(entered <= 5);
  CHECK(machine.run("return 1").trip == Trip::instructions);  // and stays until the outermost has left
  machine.state.leave(true);
  CHECK(machine.state.depth() == 0);
  CHECK(machine.run(loop).trip == Trip::none);
}

TEST_CASE("the tighter limit of the state and of the run holds") {
  vm::State::Config config = withLibraries();
  config.limits = {50000, 0};
  Machine machine(config);
  CHECK(machine.run("while true do end", {0, 0}).trip == Trip::instructions);
  CHECK(machine.state.meter.maximum() == 50000);
  CHECK(machine.run("while true do end", {1000, 0}).trip == Trip::instructions);
  CHECK(machine.state.meter.maximum() == 1000);
  CHECK(machine.run("while true do end", {1e9, 0}).trip == Trip::instructions);
  CHECK(machine.state.meter.maximum() == 50000);
}

TEST_CASE("time that passes in the host counts") {
  Machine machine;
  machine.state.enter({0, 10});
  machine.state.meter.beforeHost();
  machine.host.now += 9;
  CHECK(machine.state.meter.afterHost(machine.L()));
  machine.state.meter.beforeHost();
  machine.host.now += 9;
  CHECK_FALSE(machine.state.meter.afterHost(machine.L()));
  CHECK(machine.state.meter.tripKind() == Trip::timeout);
  machine.state.leave(true);
  CHECK(machine.state.meter.figures().crossings == 2);
  CHECK(machine.state.meter.figures().wallMs == doctest::Approx(18));
}

TEST_CASE("the figures of a run") {
  Machine machine;
  machine.host.step = 0.01;
  machine.run("local s = string.rep('x', 1e6) for i = 1, 1e5 do end");
  const vm::RunFigures& figures = machine.state.meter.figures();
  CHECK(figures.instructions > 1e5);
  CHECK(figures.peakBytes > 1e6);
  CHECK(figures.peakBytes < 4e6);
  CHECK(figures.wallMs > 0);
  CHECK(figures.cpuMs > 0);
  CHECK(figures.crossings == 0);
  machine.run("return 1");
  CHECK(figures.wallMs == 0);  // too short for a look at the clock
}
