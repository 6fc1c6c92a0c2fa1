#include "vm/collector.hpp"

#include "fixture.hpp"

using vm::CollectorCommand;

namespace {

double command(Machine& machine, CollectorCommand what, double first = 0, double second = 0) {
  machine.state.enter({});
  const int top = lua_gettop(machine.L());
  const double answer = vm::collector(machine.L(), what, first, second);
  CHECK(lua_gettop(machine.L()) == top);
  machine.state.leave(true);
  return answer;
}

}  // namespace

TEST_CASE("collect frees what is not reachable, and count says so") {
  Machine machine;
  machine.eval("garbage = {} for i = 1, 1000 do garbage[i] = {} end");
  const double full = command(machine, CollectorCommand::count);
  CHECK(full * 1024 == doctest::Approx(static_cast<double>(machine.state.allocator.used)));
  machine.eval("garbage = nil");
  CHECK(command(machine, CollectorCommand::collect) == 0);
  CHECK(command(machine, CollectorCommand::count) < full - 50);
}

TEST_CASE("stop, restart and isrunning") {
  Machine machine;
  CHECK(command(machine, CollectorCommand::isrunning) == 1);
  CHECK(command(machine, CollectorCommand::stop) == 0);
  CHECK(command(machine, CollectorCommand::isrunning) == 0);
  const size_t before = machine.state.allocator.used;
  machine.eval("for i = 1, 10000 do local t = {} end");
  CHECK(machine.state.allocator.used > before + 10000 * 40);
  CHECK(command(machine, CollectorCommand::restart) == 0);
  CHECK(command(machine, CollectorCommand::isrunning) == 1);
  machine.eval("for i = 1, 10000 do local t = {} end");
  CHECK(machine.state.allocator.used < before + 10000 * 40);
}

TEST_CASE("steps finish a cycle") {
  Machine machine;
  command(machine, CollectorCommand::incremental);
  machine.eval("t = {} for i = 1, 1000 do t[i] = {} end");
  int steps = 1;
  while (steps < 10000 && command(machine, CollectorCommand::step, 1024) == 0) steps++;
  CHECK(steps > 1);
  CHECK(steps < 10000);
  steps = 1;
  while (steps < 10000 && command(machine, CollectorCommand::step) == 0) steps++;
  CHECK(steps < 10000);
}

TEST_CASE("the modes give the one before") {
  Machine machine;
  CHECK(command(machine, CollectorCommand::incremental) == 0);
  CHECK(command(machine, CollectorCommand::generational) == 0);
  CHECK(command(machine, CollectorCommand::generational) == 1);
  machine.eval("local t = {} for i = 1, 10000 do t[i % 10] = {i} end");
  CHECK(command(machine, CollectorCommand::incremental) == 1);
  CHECK(command(machine, CollectorCommand::incremental) == 0);
}

#if LUA_VERSION_NUM >= 505
TEST_CASE("parameters are read with -1, and set with the old value as the answer") {
  Machine machine;
  for (int parameter = 0; parameter <= 5; parameter++) {
    INFO(parameter);
    const double old = command(machine, CollectorCommand::param, parameter, -1);
    CHECK(old > 0);
    CHECK(command(machine, CollectorCommand::param, parameter, 80) == old);
    CHECK(command(machine, CollectorCommand::param, parameter, -1) == doctest::Approx(80).epsilon(0.05));
  }
}
#endif

TEST_CASE("parameters that do not exist are refused") {
  Machine machine;
  CHECK(command(machine, CollectorCommand::param, -1, 10) == -1);
  CHECK(command(machine, CollectorCommand::param, 6, 10) == -1);
}

TEST_CASE("an error or a limit in a finalizer does not come out of a collection") {
  Machine machine;
  machine.eval("setmetatable({}, {__gc = function() error('in gc') end})");
  CHECK(command(machine, CollectorCommand::collect) == 0);
  machine.eval("setmetatable({}, {__gc = function() while true do end end})");
  machine.state.enter({100000, 0});
  CHECK(vm::collector(machine.L(), CollectorCommand::collect, 0, 0) == 0);
  CHECK(machine.state.meter.tripKind() == vm::Trip::instructions);
  machine.state.leave(true);
  CHECK(machine.eval("return 1 + 1") == "2");
}

TEST_CASE("finalizers that are held back run in a later cycle") {
  Machine machine;
  machine.eval("done = 0 setmetatable({}, {__gc = function() done = done + 1 end})");
  {
    const vm::FinalizerHold hold(machine.state.meter);
    command(machine, CollectorCommand::collect);
    lua_getglobal(machine.L(), "done");
    CHECK(lua_tointeger(machine.L(), -1) == 0);
    lua_pop(machine.L(), 1);
  }
  command(machine, CollectorCommand::collect);
  CHECK(machine.eval("return done") == "1");
}

namespace {

// How often a finalizer ran while the collector was told of memory elsewhere and Lua allocated nothing.
int finalizedBy(Machine& machine, size_t bytes, int times) {
  machine.eval("done = 0 setmetatable({}, {__gc = function() done = done + 1 end})");
  machine.state.enter({});
  const int top = lua_gettop(machine.L());
  for (int i = 0; i < times; i++) vm::noteExternalBytes(machine.L(), bytes);
  CHECK(lua_gettop(machine.L()) == top);
  machine.state.leave(true);
  return std::stoi(machine.eval("return done"));
}

}  // namespace

TEST_CASE("memory held elsewhere makes the collector move on") {
  Machine machine;
  command(machine, CollectorCommand::collect);
  CHECK(finalizedBy(machine, 1 << 16, 1000) == 1);
  command(machine, CollectorCommand::generational);
  CHECK(finalizedBy(machine, 1 << 16, 1000) == 1);
}

TEST_CASE("memory held elsewhere does not move a collector that is stopped") {
  Machine machine;
  command(machine, CollectorCommand::collect);
  command(machine, CollectorCommand::stop);
  CHECK(finalizedBy(machine, 1 << 20, 1000) == 0);
  CHECK(command(machine, CollectorCommand::isrunning) == 0);
  command(machine, CollectorCommand::restart);
}

TEST_CASE("an error in a finalizer does not come out of noteExternalBytes") {
  Machine machine;
  machine.eval("setmetatable({}, {__gc = function() error('in gc') end})");
  CHECK(finalizedBy(machine, 1 << 16, 1000) == 1);
}
