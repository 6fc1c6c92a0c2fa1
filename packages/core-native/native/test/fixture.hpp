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
    state.leave();
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
        return lua_isinteger(L, index) ? std::to_string(lua_tointeger(L, index)) : std::to_string(lua_tonumber(L, index));
      case LUA_TBOOLEAN:
        return lua_toboolean(L, index) ? "true" : "false";
      default:
        return luaL_typename(L, index);
    }
  }
};

// Scripts that never end, each in its own way.
inline constexpr const char* kEndless[] = {
    "while true do end",
    "repeat until false",
    "::again:: goto again",
    "for i = 1, math.huge do end",
    "for i = 1, 2, 0.0000000000000001 do end",
    "for _ in function() return 1 end do end",
    "local function f() return f() end f()",
    "while true do pcall(function() while true do end end) end",
    "while true do pcall(error, 'x') end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "local function f() return pcall(f) end while true do f() end",
    "while true do coroutine.wrap(function() while true do end end)() end",
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "while true do coroutine.resume(coroutine.create(function() error('x') end)) end",
    "while true do coroutine.close(coroutine.create(function() end)) end",
    "local s = string.rep('a', 40) while true do string.find(s, string.rep('a?', 40) .. string.rep('a', 40) .. 'b') end",
    "local s = string.rep('a', 5000) while true do string.find(s, '.-.-.-.-b') end",
    "local s = string.rep('a', 5000) while true do string.gsub(s, 'b', '%0') end",
    "local s = string.rep('a', 1e5) while true do string.find(s, 'aab', 1, true) end",
    "while true do string.rep('', 1e9) end",
    "local t = setmetatable({}, {__newindex = function() end}) table.move(t, 1, math.maxinteger - 1, 2)",
    "table.concat(setmetatable({}, {__len = function() return 1e15 // 1 | 0 end, __index = function() return '' end}))",
    "local t = setmetatable({}, {__len = function() return 1 << 60 end, __newindex = function() end}) table.insert(t, 1, 1)",
    "table.sort({3, 1, 2}, function() while true do end end)",
    "local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end",
    "load(function() return ' ' end)",
    "while true do load('local a = 1') end",
    "setmetatable({}, {__index = function() while true do end end}).x = nil; return setmetatable({}, {__index = "
    "function() while true do end end}).x",
    "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    "return setmetatable({}, {__concat = function() while true do end end}) .. 'x'",
    "return setmetatable({}, {__eq = function() while true do end end}) == setmetatable({}, {})",
    "do local x <close> = setmetatable({}, {__close = function() while true do end end}) end",
    "setmetatable({}, {__gc = function() while true do end end}) while true do collectgarbage() end",
    "while true do collectgarbage('step') end",
    "while true do utf8.len(string.rep('x', 1000)) end",
    "while true do string.format('%99d', 1) end",
    "while true do tonumber('zz', 36) end",
    "local t = {} for i = 1, 10000 do t[i] = i end while true do for k in pairs(t) do t[k] = nil t[k] = k end end",
};
