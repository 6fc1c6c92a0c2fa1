// What the tests of native/vm share: a host with a clock of its own, and a state that runs scripts.
#pragma once

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <string>

#include "vm/chunk.hpp"
#include "vm/protect.hpp"
#include "vm/state.hpp"

// A host whose time stands still, or goes on by `step` milliseconds each time it is asked.
class FakeHost final : public vm::Host {
 public:
  double now = 0;
  double step = 0;
  double cpu = 0;
  int aliveFor = -1;               // how many heartbeats are answered with true; negative: all
  std::function<void()> onNow;     // called at each reading of the clock
  std::atomic<int> clockReads{0};  // read by other threads too

  double nowMs() noexcept override {
    clockReads.fetch_add(1);
    if (onNow) onNow();
    return now += step;
  }
  double cpuMs() noexcept override { return cpu += step; }
  bool alive() noexcept override { return aliveFor < 0 || aliveFor-- > 0; }
};

// How a run ended. `text` is the first result or the error value, as tostring has it.
struct Outcome {
  int status = LUA_OK;
  vm::Trip trip = vm::Trip::none;
  std::string text;
  double instructions = 0;
};

inline vm::State::Config withLibraries(unsigned libraries = vm::kAllLibraries) {
  vm::State::Config config;
  config.policy.libraries = libraries;
  config.seed = 42;
  return config;
}

// A state and its host. The end of the test closes it and looks for leaks.
class Machine {
 public:
  explicit Machine(const vm::State::Config& config = withLibraries()) : state(host, config) {
    REQUIRE(state.open() == LUA_OK);
  }
  ~Machine() {
    host.onNow = nullptr;
    host.step = 10;  // finalizers that never end are ended by time
    state.close();
    CHECK(state.allocator.used == 0);
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  [[nodiscard]] lua_State* L() const { return state.main(); }

  // One outermost run, or a nested one when the state is in a run.
  Outcome run(const std::string& source, const vm::Limits& limits = {}) {
    state.enter(limits);
    Outcome outcome;
    lua_State* L = state.current();
    outcome.status = vm::loadChunk(L, source.data(), source.size(), "=test", vm::ChunkMode::text);
    if (outcome.status == LUA_OK) outcome.status = lua_pcall(L, 0, 1, 0);
    if (state.meter.tripped != 0) outcome.trip = state.meter.tripKind();
    outcome.text = describe(L, -1);
    lua_pop(L, 1);
    state.leave(true);
    outcome.instructions = state.meter.figures().instructions;
    return outcome;
  }

  // The result of a script that must succeed.
  std::string eval(const std::string& source) {
    const Outcome outcome = run(source);
    CHECK_MESSAGE(outcome.status == LUA_OK, source << ": " << outcome.text);
    return outcome.text;
  }

  FakeHost host;
  vm::State state;

 private:
  // Without lua_tolstring, which would allocate for numbers.
  static std::string describe(lua_State* L, int index) {
    switch (lua_type(L, index)) {
      case LUA_TSTRING: {
        size_t length = 0;
        const char* text = lua_tolstring(L, index, &length);
        return {text, length};
      }
      case LUA_TNUMBER:
        return lua_isinteger(L, index) ? std::to_string(lua_tointeger(L, index))
                                       : std::to_string(lua_tonumber(L, index));
      case LUA_TBOOLEAN:
        return lua_toboolean(L, index) ? "true" : "false";
      default:
        return luaL_typename(L, index);
    }
  }
};
