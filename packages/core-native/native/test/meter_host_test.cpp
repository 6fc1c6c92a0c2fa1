// The meter as the host uses it: calls of the host, work of the host's own, finalizers held back.
#include "fixture.hpp"
#include "vm/meter.hpp"

using vm::FinalizerHold;
using vm::Trip;

TEST_CASE("calls of the host are no instructions, and bring the look at the clock nearer") {
  Machine machine;
  vm::RunMeter& meter = machine.state.meter;
  machine.state.enter({});
  const int before = machine.host.clockReads.load();
  constexpr int kCalls = 2000;
  for (int i = 0; i < kCalls; i++) {
    meter.beforeHost();
    REQUIRE(meter.afterHost(machine.L()));
  }
  const int reads = machine.host.clockReads.load() - before;
  CHECK(reads >= kCalls / 25);
  CHECK(reads < kCalls / 10);
  machine.state.leave(true);
  CHECK(meter.figures().instructions == 0);
  CHECK(meter.figures().crossings == kCalls);
}

TEST_CASE("short calls of the host are ended by time soon after it is over") {
  Machine machine;
  vm::RunMeter& meter = machine.state.meter;
  machine.state.enter({0, 10});
  int calls = 0;
  do {
    meter.beforeHost();
    machine.host.now += 0.1;
    calls++;
  } while (calls < 1000 && meter.afterHost(machine.L()));
  CHECK(meter.tripKind() == Trip::timeout);
  CHECK(calls > 100);
  CHECK(calls <= 125);
  machine.state.leave(true);
}

TEST_CASE("a cancellation is seen when the host returns") {
  Machine machine;
  vm::RunMeter& meter = machine.state.meter;
  machine.state.enter({});
  meter.beforeHost();
  meter.cancel();
  CHECK_FALSE(meter.afterHost(machine.L()));
  CHECK(meter.tripKind() == Trip::cancelled);
  meter.beforeHost();
  CHECK_FALSE(meter.afterHost(machine.L()));
  machine.state.leave(true);
}

TEST_CASE("inTime looks at the clock once more after calls of the host") {
  Machine machine;
  vm::RunMeter& meter = machine.state.meter;
  const auto callTwice = [&](double milliseconds) {
    for (int i = 0; i < 2; i++) {
      meter.beforeHost();
      CHECK(meter.afterHost(machine.L()));
    }
    machine.host.now += milliseconds;
  };
  machine.state.enter({0, 10});
  CHECK(meter.inTime(machine.L()));  // nothing was called
  callTwice(9);
  CHECK(meter.inTime(machine.L()));
  machine.host.now += 9;
  CHECK_FALSE(meter.inTime(machine.L()));
  CHECK(meter.tripKind() == Trip::timeout);
  CHECK(meter.used() == doctest::Approx(18));
  CHECK_FALSE(meter.inTime(machine.L()));  // and stays so
  machine.state.leave(true);
  machine.state.enter({});
  callTwice(1e6);
  CHECK(meter.inTime(machine.L()));  // no limit
  machine.state.leave(true);
}

TEST_CASE("charge counts work and ends the run at the limit") {
  Machine machine;
  vm::RunMeter& meter = machine.state.meter;
  machine.state.enter({});
  for (int i = 0; i < 100; i++) REQUIRE(meter.charge(machine.L(), 123));
  CHECK(meter.charge(machine.L(), 0));
  machine.state.leave(true);
  CHECK(meter.figures().instructions == 12300);
  machine.state.enter({1000, 0});
  CHECK(meter.charge(machine.L(), 1000));
  CHECK_FALSE(meter.charge(machine.L(), 1));
  CHECK(meter.tripKind() == Trip::instructions);
  CHECK(meter.used() == 1001);
  CHECK(meter.maximum() == 1000);
  CHECK_FALSE(meter.charge(machine.L(), 0));
  CHECK(machine.run("return 1").trip == Trip::instructions);
  machine.state.leave(true);
}

TEST_CASE("outside of runs nothing is limited") {
  Machine machine;
  vm::RunMeter& meter = machine.state.meter;
  meter.cancel();
  for (int i = 0; i < 10; i++) CHECK(meter.charge(machine.L(), 1000000));
  CHECK(meter.advance(machine.L()));
}

TEST_CASE("advance takes the next slice and reads the clock") {
  Machine machine;
  vm::RunMeter& meter = machine.state.meter;
  machine.state.enter({0, 10});
  const int before = machine.host.clockReads.load();
  CHECK(meter.advance(machine.L()));
  CHECK(machine.host.clockReads.load() == before + 1);
  machine.host.now += 11;
  CHECK_FALSE(meter.advance(machine.L()));
  CHECK(meter.tripKind() == Trip::timeout);
  CHECK_FALSE(meter.advance(machine.L()));
  machine.state.leave(true);
}

TEST_CASE("no finalizer runs while one FinalizerHold lives") {
  Machine machine;
  machine.eval(
      "done = 0 function drop() setmetatable({}, {__gc = function() done = done + 1 end}) end drop()");
  const char* const collecting[] = {"collectgarbage()", "for i = 1, 1e5 do local t = {} end",
                                    "collectgarbage('generational') collectgarbage() "
                                    "collectgarbage('incremental')"};
  {
    const FinalizerHold outer(machine.state.meter);
    {
      const FinalizerHold inner(machine.state.meter);
      for (const char* script : collecting) machine.eval(script);
    }
    for (const char* script : collecting) machine.eval(script);
    CHECK(machine.eval("return done") == "0");
  }
  machine.eval("collectgarbage()");
  CHECK(machine.eval("return done") == "1");
}
