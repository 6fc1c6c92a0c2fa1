// The limits of a run hold while values are packed.
#include "vm/pack.hpp"
#include "wire_fixture.hpp"

using vm::PackStatus;
using vm::Trip;

namespace {

constexpr const char* kSmall = "return {1, 'text', {x = 1.5}}";
// A few hundred bytes of heap that would make a copy of 2^60 tables.
constexpr const char* kShared = "local t = {1} for i = 1, 60 do t = {t, t} end return t";

}  // namespace

TEST_CASE("pack: a copy takes from the room, at least as much as it has bytes") {
  Machine machine;
  for (const char* source :
       {kSmall, "return ('x'):rep(1000)", "local t = {} for i = 1, 100 do t[i] = i end return t",
        "local t = {} for i = 1, 100 do t['k' .. i] = {i} end return t"}) {
    INFO(std::string(source));
    size_t room = 1 << 20;
    const Packed packed = packResult(machine, source, {.room = &room});
    CHECK(packed.status == PackStatus::ok);
    const size_t taken = (size_t{1} << 20) - room;
    CHECK(taken >= packed.bytes.size());
    // Exactly that much is enough, and one byte less is not.
    size_t exact = taken;
    CHECK(packResult(machine, source, {.room = &exact}).status == PackStatus::ok);
    CHECK(exact == 0);
    size_t less = taken - 1;
    CHECK(packResult(machine, source, {.room = &less}).status == PackStatus::memory);
  }
}

TEST_CASE("pack: the room is one for all copies") {
  Machine machine;
  size_t room = 3000;
  int copies = 0;
  while (copies < 100 &&
         packResult(machine, "return ('x'):rep(500)", {.room = &room}).status == PackStatus::ok)
    copies++;
  CHECK(copies == 5);
}

TEST_CASE("pack: without room not even nil is copied") {
  Machine machine;
  size_t room = 0;
  const Packed packed = packResult(machine, "return nil", {.room = &room});
  CHECK(packed.status == PackStatus::memory);
  CHECK(packed.bytes.empty());
}

TEST_CASE("pack: a table that stands in many places ends at the room") {
  Machine machine;
  size_t room = 8 << 20;
  const Packed packed = packResult(machine, kShared, {.room = &room});
  CHECK(packed.status == PackStatus::memory);
  CHECK(packed.bytes.size() <= size_t{8} << 20);
  CHECK(packed.path.size() == 61 * 3);  // [0] or [1] at each level
}

TEST_CASE("pack: it is charged, and the same each time") {
  Machine machine;
  double charged[2] = {};
  for (double& units : charged) {
    lua_State* L = machine.L();
    const vm::StackGuard guard(L);
    machine.eval("value = {} for i = 1, 1000 do value[i] = {i, 'x'} end");
    lua_getglobal(L, "value");
    machine.state.enter({});
    CHECK(packAt(L, -1).status == PackStatus::ok);
    machine.state.leave(true);
    units = machine.state.meter.figures().instructions;
  }
  CHECK(charged[0] > 3000 * 8);  // 3000 values and the tables
  CHECK(charged[0] < 3000 * 30);
  CHECK(charged[0] == charged[1]);
}

TEST_CASE("pack: the instruction limit ends it") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  machine.state.enter({});
  REQUIRE(luaL_dostring(L, kShared) == LUA_OK);
  machine.state.leave(true);
  machine.state.enter({100000, 0});
  const Packed packed = packAt(L, -1);
  CHECK(packed.status == PackStatus::ended);
  CHECK(machine.state.meter.tripKind() == Trip::instructions);
  CHECK(machine.state.meter.used() > 100000);
  CHECK(machine.state.meter.used() < 101000);
  CHECK(packAt(L, -1).status == PackStatus::ended);  // until the run has ended
  machine.state.leave(true);
  CHECK(machine.eval("return 1 + 1") == "2");
}

TEST_CASE("pack: the time limit, a cancellation and the host end it") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  machine.state.enter({});
  REQUIRE(luaL_dostring(L, kShared) == LUA_OK);
  machine.state.leave(true);
  machine.host.step = 0.2;
  machine.state.enter({0, 5});
  CHECK(packAt(L, -1).status == PackStatus::ended);
  CHECK(machine.state.meter.tripKind() == Trip::timeout);
  machine.state.leave(true);
  machine.state.enter({});
  machine.state.meter.cancel();
  CHECK(packAt(L, -1).status == PackStatus::ended);
  CHECK(machine.state.meter.tripKind() == Trip::cancelled);
  machine.state.leave(true);
  machine.host.aliveFor = 0;
  machine.state.enter({});
  CHECK(packAt(L, -1).status == PackStatus::ended);
  CHECK(machine.state.meter.tripKind() == Trip::host);
  machine.state.leave(true);
  machine.host.aliveFor = -1;
}

TEST_CASE("pack: long strings and long tables are charged in proportion") {
  for (const char* source :
       {"return ('x'):rep(%d)", "local t = {} for i = 1, %d // 32 do t[i] = i end return t"}) {
    INFO(std::string(source));
    double charged[2] = {};
    for (int i = 0; i < 2; i++) {
      Machine machine;
      lua_State* L = machine.L();
      const vm::StackGuard guard(L);
      char text[100];
      std::snprintf(text, sizeof(text), source, i == 0 ? 320000 : 3200000);
      machine.state.enter({});
      REQUIRE(luaL_dostring(L, text) == LUA_OK);
      machine.state.leave(true);
      machine.state.enter({});
      CHECK(packAt(L, -1).status == PackStatus::ok);
      machine.state.leave(true);
      charged[i] = machine.state.meter.figures().instructions;
    }
    CHECK(charged[0] >= 10000);
    CHECK(charged[1] / charged[0] > 8);
    CHECK(charged[1] / charged[0] < 14);
  }
}
