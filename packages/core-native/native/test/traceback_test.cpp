#include "vm/traceback.hpp"

#include "fixture.hpp"

namespace {

vm::Traceback captured;

// For scripts: notes the stack, from the function that called it (level 0: itself).
int capture(lua_State* L) {
  captured.capture(L, static_cast<int>(luaL_optinteger(L, 1, 1)));
  return 0;
}

std::string tracebackOf(Machine& machine, const std::string& source) {
  lua_State* L = machine.L();
  lua_register(L, "capture", capture);
  captured = {};
  machine.eval(source);
  return captured.text;
}

int linesOf(const std::string& text) {
  int lines = 1;
  for (const char c : text) lines += c == '\n' ? 1 : 0;
  return lines;
}

}  // namespace

TEST_CASE("the main chunk") {
  Machine machine;
  CHECK(tracebackOf(machine, "\ncapture()") == "stack traceback:\n\ttest:2: in main chunk");
  CHECK(captured.line == 2);
  CHECK(std::string(captured.chunk) == "test");
}

TEST_CASE("level 0 is the running C function, which has no line") {
  Machine machine;
  CHECK(tracebackOf(machine, "capture(0)") ==
        "stack traceback:\n\t[C]: in function 'capture'\n\ttest:1: in main chunk");
  CHECK(captured.line == 1);
}

TEST_CASE("a level outside the stack gives no frames") {
  Machine machine;
  CHECK(tracebackOf(machine, "capture(100)") == "stack traceback:");
  CHECK(captured.line == -1);
  CHECK(std::string(captured.chunk).empty());
}

TEST_CASE("functions by name and kind, as Lua's own traceback has them") {
  Machine machine;
  CHECK(tracebackOf(machine,
                    "function global()\n capture() end\nlocal function inner() global() end\n"
                    "local t = {} function t.field() inner() end\nfunction t:method() self.field() end\n"
                    "t:method()") ==
        "stack traceback:\n\ttest:2: in function 'global'\n\ttest:3: in upvalue 'inner'\n\ttest:4: in field "
        "'field'"
        "\n\ttest:5: in method 'method'\n\ttest:6: in main chunk");
  CHECK(tracebackOf(machine, "pcall(function()\n capture() end)") ==
        "stack traceback:\n\ttest:2: in function <test:1>\n\t[C]: in function 'pcall'\n\ttest:1: in main "
        "chunk");
  CHECK(tracebackOf(machine, "return setmetatable({}, {__index = function() capture() end}).x") ==
        "stack traceback:\n\ttest:1: in metamethod 'index'\n\ttest:1: in main chunk");
}

TEST_CASE("tail calls") {
  Machine machine;
  CHECK(
      tracebackOf(machine,
                  "local function last() capture() end\nlocal function first() return last() end\nfirst()") ==
      "stack traceback:\n\ttest:1: in function <test:1>\n\t(...tail calls...)\n\ttest:3: in main chunk");
}

TEST_CASE("deep stacks are cut in the middle") {
  Machine machine;
  const std::string text = tracebackOf(
      machine, "local function down(n) if n == 0 then capture() else down(n - 1) end end\n\ndown(1000)");
  CHECK(linesOf(text) == 1 + vm::Traceback::kHead + 1 + vm::Traceback::kTail);
  // 1001 calls and the main chunk.
  const std::string skipped = std::to_string(1002 - vm::Traceback::kHead - vm::Traceback::kTail);
  CHECK(text.find("\n\t...\t(skipping " + skipped + " levels)") != std::string::npos);
  const std::string last = "\n\ttest:3: in main chunk";
  CHECK(text.substr(text.size() - last.size()) == last);
}

TEST_CASE("a stack that just fits is not cut") {
  Machine machine;
  const int most = vm::Traceback::kHead + vm::Traceback::kTail;
  const auto script = [](int calls) {
    return "local function down(n) if n == 0 then capture() else down(n - 1) end end\ndown(" +
           std::to_string(calls - 1) + ")";
  };
  const std::string whole = tracebackOf(machine, script(most - 1));
  CHECK(linesOf(whole) == 1 + most);
  CHECK(whole.find("skipping") == std::string::npos);
  const std::string cut = tracebackOf(machine, script(most));
  CHECK(cut.find("(skipping 1 levels)") != std::string::npos);
}

TEST_CASE("inside a coroutine the coroutine's own stack") {
  Machine machine;
  CHECK(tracebackOf(machine, "coroutine.wrap(function()\n capture() end)()") ==
        "stack traceback:\n\ttest:2: in function <test:1>");
}

TEST_CASE("the text is cut at its end when it does not fit") {
  Machine machine;
  const std::string chunkName = "=" + std::string(300, 'x');
  lua_State* L = machine.L();
  lua_register(L, "capture", capture);
  machine.state.enter({});
  const std::string name(150, 'n');
  const std::string recursive = "local function " + name + "(n) if n == 0 then capture() else " + name +
                                "(n - 1) end end " + name + "(40)";
  REQUIRE(vm::loadChunk(L, recursive.data(), recursive.size(), chunkName.c_str(), vm::ChunkMode::text) ==
          LUA_OK);
  REQUIRE(lua_pcall(L, 0, 0, 0) == LUA_OK);
  machine.state.leave(true);
  const size_t length = std::strlen(captured.text);
  CHECK(length < vm::Traceback::kTextSize);
  CHECK(length > vm::Traceback::kTextSize - 500);
}

TEST_CASE("capturing allocates nothing") {
  Machine machine;
  lua_State* L = machine.L();
  lua_register(L, "capture", capture);
  lua_pushcfunction(L, [](lua_State* state) {
    vm::State::from(state)->allocator.refuseAfter = 1;
    return 0;
  });
  lua_setglobal(L, "refuse");
  machine.eval("local function f() refuse() capture() end local function g() f() end g()");
  machine.state.allocator.refuseAfter = 0;
  CHECK_FALSE(machine.state.allocator.refusing);
  CHECK(captured.line == 1);
}
