#include "vm/libraries.hpp"

#include "fixture.hpp"

namespace {

class Capture final : public vm::Output {
 public:
  bool write(lua_State* L, const char* bytes, size_t length) noexcept override {
    if (failing) {
      lua_pushinteger(L, 13);
      return false;
    }
    text.append(bytes, length);
    return true;
  }

  std::string text;
  bool failing = false;
};

struct Named {
  unsigned bit;
  const char* name;
};

constexpr Named kNamed[] = {
    {vm::kBase, "_G"},   {vm::kPackage, "package"}, {vm::kCoroutine, "coroutine"}, {vm::kTable, "table"},
    {vm::kIo, "io"},     {vm::kOs, "os"},           {vm::kString, "string"},       {vm::kMath, "math"},
    {vm::kUtf8, "utf8"}, {vm::kDebug, "debug"},
};

bool hasGlobal(Machine& machine, const char* name) {
  const bool has = lua_getglobal(machine.L(), name) != LUA_TNIL;
  lua_pop(machine.L(), 1);
  return has;
}

std::string captured(Machine& machine, const char* script) {
  Capture capture;
  machine.state.output = &capture;
  machine.eval(script);
  machine.state.output = nullptr;
  return capture.text;
}

std::string failure(Machine& machine, const char* script) {
  Capture capture;
  machine.state.output = &capture;
  const Outcome outcome = machine.run(script);
  CHECK(outcome.status == LUA_ERRRUN);
  machine.state.output = nullptr;
  return outcome.text;
}

}  // namespace

TEST_CASE("each bit opens its library and no other") {
  for (const Named& one : kNamed) {
    Machine machine(withLibraries(one.bit));
    for (const Named& other : kNamed) {
      INFO(std::string(one.name) << " " << other.name);
      CHECK(hasGlobal(machine, other.name) == (one.bit == other.bit));
    }
    CHECK(hasGlobal(machine, "print") == (one.bit == vm::kBase));
    CHECK(hasGlobal(machine, "require") == (one.bit == vm::kPackage));
  }
}

TEST_CASE("no library at all is a state that computes") {
  Machine machine(withLibraries(0));
  CHECK(machine.eval("local t = {1, 2} return t[1] + #t") == "3");
  CHECK(machine.run("return ('x'):upper()").status == LUA_ERRRUN);
}

TEST_CASE("the sandbox takes dofile, loadfile and string.dump away") {
  const char* script =
      "return tostring(dofile ~= nil) .. tostring(loadfile ~= nil) .. tostring(string.dump ~= nil) .. "
      "tostring(load ~= "
      "nil) .. tostring(('').dump ~= nil)";
  vm::State::Config config = withLibraries();
  CHECK(Machine(config).eval(script) == "truetruetruetruetrue");
  config.policy.sandbox = true;
  CHECK(Machine(config).eval(script) == "falsefalsefalsetruefalse");
}

TEST_CASE("print goes to the output, one call per print") {
  Machine machine;
  CHECK(captured(machine, "print()") == "\n");
  CHECK(captured(machine, "print(1, 2.5, 'a', nil, true, 1e100)") == "1\t2.5\ta\tnil\ttrue\t1e+100\n");
  CHECK(captured(machine, "print(setmetatable({}, {__tostring = function() return 'me' end}))") == "me\n");
  CHECK(captured(machine, "print(setmetatable({}, {__name = 'Kind'}))").substr(0, 6) == "Kind: ");
  CHECK(captured(machine, "print('a\\0b')") == std::string("a\0b\n", 4));
  CHECK(captured(machine, "print(string.rep('x', 5000), 'y')") == std::string(5000, 'x') + "\ty\n");
  CHECK(captured(machine, "print(table.unpack({}, 1, 200))") == [] {
    std::string line = "nil";
    for (int i = 1; i < 200; i++) line += "\tnil";
    return line + "\n";
  }());
}

TEST_CASE("print fails where __tostring does") {
  Machine machine;
  CHECK(failure(machine, "print(setmetatable({}, {__tostring = function() error('no', 0) end}))") == "no");
  CHECK(failure(machine, "print(setmetatable({}, {__tostring = function() return {} end}))") ==
        "test:1: '__tostring' must return a string");
}

TEST_CASE("io.write and io.stdout:write go to the output") {
  Machine machine;
  CHECK(captured(machine, "io.write('a', 1, 2.5)") == "a12.5");
  CHECK(captured(machine, "io.write()").empty());
  CHECK(captured(machine, "io.stdout:write('a'):write('b')") == "ab");
  CHECK(captured(machine, "io.write('a'):write('b')") == "ab");
  CHECK(captured(machine, "io.output():write('a')") == "a");
  CHECK(captured(machine, "assert(io.write('x') == io.stdout)") == "x");
}

TEST_CASE("other files are written as ever") {
  Machine machine;
  const char* script =
      "local name = os.tmpname() local f = assert(io.open(name, 'w')) assert(f:write('a', 1) == f) "
      "io.output(f) "
      "io.write('b') f:close() io.output(io.stdout) local g = io.open(name) local text = g:read('a') "
      "g:close() "
      "os.remove(name) return text";
  Capture capture;
  machine.state.output = &capture;
  CHECK(machine.eval(script) == "a1b");
  CHECK(capture.text.empty());
  machine.state.output = nullptr;
  CHECK(machine.eval(script) == "a1b");
}

TEST_CASE("wrong arguments are numbered as in Lua") {
  Machine machine;
  CHECK(failure(machine, "io.write({})") ==
        "test:1: bad argument #1 to 'write' (string expected, got table)");
  CHECK(failure(machine, "io.write('a', nil)") ==
        "test:1: bad argument #2 to 'write' (string expected, got nil)");
  CHECK(failure(machine, "io.stdout:write('a', nil)") ==
        "test:1: bad argument #2 to 'write' (string expected, got nil)");
}

TEST_CASE("an output that fails raises its value, which a script can catch") {
  Machine machine;
  Capture capture;
  capture.failing = true;
  machine.state.output = &capture;
  CHECK(machine.eval("return select(2, pcall(print, 'x'))") == "13");
  CHECK(machine.eval("return select(2, pcall(io.write, 'x'))") == "13");
  machine.state.output = nullptr;
}

TEST_CASE("os.exit is refused") {
  Machine machine;
  for (const char* script : {"os.exit()", "os.exit(true, true)", "pcall(os.exit) os.exit(1)"})
    CHECK(machine.run(script).text ==
          "test:1: os.exit is not available: the host decides when the process ends");
}

TEST_CASE("a seeded generator repeats, and can be seeded again by the script") {
  const char* script =
      "local t = {} for i = 1, 20 do t[i] = math.random(1000000) end return table.concat(t, ' ')";
  vm::State::Config config = withLibraries();
  config.policy.seeded = true;
  config.policy.seed = 7;
  const std::string first = Machine(config).eval(script);
  CHECK(Machine(config).eval(script) == first);
  config.policy.seed = 8;
  CHECK(Machine(config).eval(script) != first);
  CHECK(Machine(config).eval(std::string("math.randomseed(7) ") + script) == first);
}
