#include "vm/hooks.hpp"

#include <string>
#include <vector>

#include "fixture.hpp"

namespace {

// Writes events down as "call f", "line 3" and so on.
class Recorder final : public vm::HookTarget {
 public:
  explicit Recorder(Machine& machine) : machine_(machine) {}

  bool event(lua_State* L, lua_Debug* frame) noexcept override {
    static constexpr const char* kNames[] = {"call", "return", "line", "count", "tail call"};
    lua_getinfo(L, "nSl", frame);
    std::string text = kNames[frame->event];
    if (frame->event == LUA_HOOKLINE) text += " " + std::to_string(frame->currentline);
    if (frame->event != LUA_HOOKLINE && frame->name != nullptr) text += std::string(" ") + frame->name;
    events.push_back(text);
    if (removeAt > 0 && static_cast<int>(events.size()) == removeAt) {
      lua_State* const outer = machine_.state.current();
      machine_.state.setCurrent(L);
      vm::setHook(machine_.state, nullptr, 0, 0);
      machine_.state.setCurrent(outer);
    }
    return endAt == 0 || static_cast<int>(events.size()) < endAt;
  }

  [[nodiscard]] int count(const std::string& text) const {
    int found = 0;
    for (const std::string& event : events) found += event == text ? 1 : 0;
    return found;
  }

  std::vector<std::string> events;
  int removeAt = 0;  // removes the hook at this event; 0: never
  int endAt = 0;     // ends the run at this event; 0: never

 private:
  Machine& machine_;
};

// A script's way to set or remove the hook while it runs.
Recorder* scriptRecorder = nullptr;
int sethook(lua_State* L) {
  vm::State* state = vm::State::from(L);
  lua_State* const outer = state->current();
  state->setCurrent(L);
  const int mask = lua_toboolean(L, 1) ? LUA_MASKLINE : 0;
  vm::setHook(*state, mask != 0 ? scriptRecorder : nullptr, mask, 0);
  state->setCurrent(outer);
  return 0;
}

}  // namespace

TEST_CASE("call, return, line and tail call events") {
  Machine machine;
  Recorder recorder(machine);
  vm::setHook(machine.state, &recorder, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE, 0);
  machine.eval("local function f() return 1 end\nlocal function g()\n return f() end\ng()");
  // Line 3 comes before line 4 too: that is where the closure of g is made.
  const std::vector<std::string> expected = {"call",   "line 1",    "line 3", "line 4", "call g",
                                             "line 3", "tail call", "line 1", "return", "return"};
  CHECK(recorder.events == expected);
}

TEST_CASE("count events come every so many instructions") {
  Machine machine;
  Recorder recorder(machine);
  vm::setHook(machine.state, &recorder, LUA_MASKCOUNT, 100);
  machine.eval("for i = 1, 1000 do end");
  CHECK(recorder.events.size() >= 9);
  CHECK(recorder.events.size() <= 21);
  CHECK(recorder.count("count") == static_cast<int>(recorder.events.size()));
}

TEST_CASE("without a hook nothing is called, after its removal neither") {
  Machine machine;
  Recorder recorder(machine);
  machine.eval("local x = 1");
  CHECK(recorder.events.empty());
  vm::setHook(machine.state, &recorder, LUA_MASKLINE, 0);
  machine.eval("local x = 1");
  CHECK(recorder.events.size() == 1);
  vm::setHook(machine.state, nullptr, 0, 0);
  machine.eval("local x = 1\nlocal y = 2");
  CHECK(recorder.events.size() == 1);
}

TEST_CASE("coroutines made before and after follow the hook, and its removal") {
  Machine machine;
  Recorder recorder(machine);
  machine.eval(
      "before = coroutine.create(function()\n coroutine.yield()\n coroutine.yield()\n coroutine.yield() end) "
      "coroutine.resume(before)");
  vm::setHook(machine.state, &recorder, LUA_MASKLINE, 0);
  machine.eval("coroutine.resume(before)");
  CHECK(recorder.count("line 3") == 1);
  machine.eval(
      "after = coroutine.create(function()\n\n\n\n coroutine.yield()\n coroutine.yield() end) "
      "coroutine.resume(after)");
  CHECK(recorder.count("line 5") == 1);
  vm::setHook(machine.state, nullptr, 0, 0);
  recorder.events.clear();
  machine.eval("coroutine.resume(before) coroutine.resume(after)");
  CHECK(recorder.events.empty());
}

TEST_CASE("a hook set inside a coroutine holds for those that resumed it, and so does a removal") {
  Machine machine;
  Recorder recorder(machine);
  scriptRecorder = &recorder;
  lua_register(machine.L(), "sethook", sethook);
  machine.eval(
      "local function middle() coroutine.wrap(function() sethook(true) end)()\n"
      "local inMiddle = 1\n"
      "end\n"
      "coroutine.wrap(middle)()\n"
      "local inMain = 1");
  CHECK(recorder.count("line 2") == 1);
  CHECK(recorder.count("line 5") == 1);
  recorder.events.clear();
  machine.eval(
      "local function middle() coroutine.wrap(function() sethook(false) end)()\n"
      "local inMiddle = 1\n"
      "end\n"
      "coroutine.wrap(middle)()\n"
      "local inMain = 1");
  CHECK(recorder.count("line 4") == 1);
  CHECK(recorder.count("line 2") == 0);
  CHECK(recorder.count("line 5") == 0);
  scriptRecorder = nullptr;
}

TEST_CASE("a hook that removes itself is called no more") {
  for (const char* script :
       {"local a = 1\nlocal b = 2\nlocal c = 3\nlocal d = 4",
        "local a = 1 coroutine.wrap(function()\nlocal b = 2\nlocal c = 3\nend)() local d = 4"}) {
    INFO(std::string(script));
    Machine machine;
    Recorder recorder(machine);
    recorder.removeAt = 2;
    vm::setHook(machine.state, &recorder, LUA_MASKLINE, 0);
    machine.eval(script);
    CHECK(recorder.events.size() == 2);
  }
}

TEST_CASE("a hook that returns false ends the run, whatever the script catches") {
  for (const char* script :
       {"while true do local x = 1\n end", "while true do pcall(function()\n local x = 1\n end)\n end",
        "local co = coroutine.wrap(function() while true do\n coroutine.yield()\n end end) while true do "
        "pcall(co)\n end",
        "while true do xpcall(error,\n function()\n return 1 end)\n end"}) {
    INFO(std::string(script));
    Machine machine;
    Recorder recorder(machine);
    recorder.endAt = 10;
    vm::setHook(machine.state, &recorder, LUA_MASKLINE, 0);
    CHECK(machine.run(script).trip == vm::Trip::host);
    CHECK(recorder.events.size() == 10);
    vm::setHook(machine.state, nullptr, 0, 0);
    CHECK(machine.eval("return 1 + 1") == "2");
  }
}

TEST_CASE("a hook does not change the limits or the results") {
  const char* script = "local n = 0 for i = 1, 1000 do n = n + i end return n";
  Machine plain;
  const Outcome expected = plain.run(script);
  Machine hooked;
  Recorder recorder(hooked);
  vm::setHook(hooked.state, &recorder, LUA_MASKCOUNT | LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET, 1);
  const Outcome outcome = hooked.run(script);
  CHECK(outcome.text == expected.text);
  CHECK(outcome.instructions == expected.instructions);
  CHECK(hooked.run("while true do end", {10000, 0}).trip == vm::Trip::instructions);
  CHECK(hooked.state.meter.figures().crossings > 100);
}

TEST_CASE("time spent in the hook counts") {
  Machine machine;
  Recorder recorder(machine);
  machine.host.step = 1;
  vm::setHook(machine.state, &recorder, LUA_MASKLINE, 0);
  CHECK(machine.run("while true do\n local x = 1\n end", {0, 50}).trip == vm::Trip::timeout);
  CHECK(recorder.events.size() < 60);
}

TEST_CASE("closing calls no hook") {
  Machine machine;
  Recorder recorder(machine);
  machine.eval("keep = setmetatable({}, {__gc = function()\n local x = 1 end})");
  vm::setHook(machine.state, &recorder, LUA_MASKLINE | LUA_MASKCALL, 0);
  machine.state.close();
  CHECK(recorder.events.empty());
}
