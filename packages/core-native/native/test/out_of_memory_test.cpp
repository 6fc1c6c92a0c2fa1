// The allocation that fails is moved from the first to the last of each piece of work: always a status, never
// a crash or a leak, and the state works afterwards.
#include <functional>
#include <string>

#include "vm/collector.hpp"
#include "wire_fixture.hpp"

namespace {

constexpr int kMost = 20000;  // far beyond what any of the pieces needs

// Runs `work` with the first allocation refused, then the second and so on, until it runs through. `prepare`
// runs before, with memory.
void step(const vm::State::Config& config, const std::function<void(Machine&)>& prepare,
          const std::function<void(Machine&)>& work, bool allocates = true) {
  int steps = 1;
  for (;; steps++) {
    Machine machine(config);
    machine.eval("return 1");
    prepare(machine);
    const int top = lua_gettop(machine.L());
    machine.state.allocator.refuseAfter = steps;
    work(machine);
    const bool refused = machine.state.allocator.refusing;
    machine.state.allocator.refuseAfter = 0;
    if (!refused) break;
    // Half of them are closed while memory is still refused.
    if (steps % 2 == 0) {
      lua_settop(machine.L(), top);
      machine.state.allocator.refusing = false;
      CHECK(machine.eval("local t = {} for i = 1, 100 do t[i] = {i} end return #t") == "100");
    }
    REQUIRE(steps < kMost);
  }
  CHECK((steps > 1) == allocates);
}

void nothing(Machine&) {}

}  // namespace

TEST_CASE("out of memory while a state is opened") {
  FakeHost host;
  int steps = 1;
  for (;; steps++) {
    vm::State state(host, withLibraries());
    state.allocator.refuseAfter = steps;
    const int status = state.open();
    if (status == LUA_OK) break;
    CHECK(status == LUA_ERRMEM);
    CHECK(state.closed());
    REQUIRE(state.allocator.used == 0);
    REQUIRE(steps < kMost);
  }
  CHECK(steps > 200);
}

TEST_CASE("out of memory while scripts run") {
  const char* const scripts[] = {
      "local t = {} for i = 1, 40 do t[i] = {} t['k' .. i] = i end return #t",
      "local s = '' for i = 1, 20 do s = s .. i .. string.rep('x', 50) end return #s",
      "local t = {} for i = 1, 10 do t[i] = function() return i + #t end end return t[5]()",
      "local t = {} for i = 1, 3 do t[i] = coroutine.wrap(function(a) local b = coroutine.yield(a .. i) "
      "return {b} end) "
      "t[i]('x') end for i = 1, 3 do t[i](i) end return #t",
      "local ok, e = pcall(function() error({code = 'x' .. 1}) end) return type(e)",
      "local ok, e = pcall(function() error('text ' .. 1) end) return e",
      "return select(2, xpcall(function() local x = nil; return x.y end, function(m) return m .. '!' end))",
      "do local x <close> = setmetatable({}, {__close = function() local t = {} end}) local y = {} .. '' end",
      "return string.format('%s %d %q %5.1f', {}, 3, 'x\\n', 2.5) .. ('abc'):gsub('%w', '%0%0')",
      "local t = {5, 3, 1} table.sort(t, function(a, b) return a < b end) return table.concat(t, ', ')",
      "return load('local a = {1, 2, x = function() return 1 end} return a.x()', 'name')()",
      "setmetatable({}, {__gc = function() local t = {} end}) collectgarbage() return {}",
      "return tostring(setmetatable({}, {__tostring = function() return 'x' .. 1 end, __name = 'N'}))",
      "local function f(...) return select('#', ...) + #{...} end return f(table.unpack({}, 1, 300))",
      "local function deep(n) if n == 0 then return {} end return {deep(n - 1)} end return deep(100)",
      "return debug.traceback('x') .. utf8.char(228, 8364) .. os.date('%Y', 0) .. string.pack('s4', 'x')",
  };
  for (const char* script : scripts) {
    INFO(std::string(script));
    step(withLibraries(), nothing, [script](Machine& machine) {
      const Outcome outcome = machine.run(script);
      // An allocation that fails inside a pcall of the script may leave it to go on.
      CHECK((outcome.status == LUA_OK || outcome.status == LUA_ERRMEM || outcome.status == LUA_ERRRUN ||
             outcome.status == LUA_ERRERR));
    });
  }
}

TEST_CASE("out of memory while source is loaded") {
  std::string source = "local a, b <const> = 1, 'text' goto on ::on:: ";
  for (int i = 0; i < 10; i++) {
    const std::string name = "name" + std::to_string(i);
    source +=
        "function " + name + "(x, ...) local t = {" + name + " = 'long enough to be no short string at all " +
        name +
        "', 1.5, ...} for k, v in pairs(t) do if k then return v end end return function() return x end end ";
  }
  step(withLibraries(0), nothing, [&source](Machine& machine) {
    const vm::StackGuard guard(machine.L());
    machine.state.enter({});
    const int status =
        vm::loadChunk(machine.L(), source.data(), source.size(), "=source", vm::ChunkMode::text);
    CHECK((status == LUA_OK || status == LUA_ERRMEM));
    machine.state.leave(true);
  });
}

TEST_CASE("out of memory while bytecode is dumped and loaded") {
  const std::string source =
      "local t = {'a', 'another text that is longer than forty characters', 1.5, 1 << 40} function f(x) "
      "return function() "
      "return x, t end end return f";
  for (const bool strip : {false, true}) {
    std::string bytes;
    {
      Machine machine;
      const vm::StackGuard guard(machine.L());
      REQUIRE(vm::loadChunk(machine.L(), source.data(), source.size(), "=s", vm::ChunkMode::text) == LUA_OK);
      vm::ByteBuffer buffer;
      REQUIRE(vm::dumpChunk(machine.L(), strip, buffer));
      bytes.assign(buffer.bytes, buffer.length);
      buffer.release();
    }
    step(
        withLibraries(0),
        [&source](Machine& machine) {
          REQUIRE(vm::loadChunk(machine.L(), source.data(), source.size(), "=s", vm::ChunkMode::text) ==
                  LUA_OK);
        },
        [strip, &bytes](Machine& machine) {
          const int top = lua_gettop(machine.L());
          vm::ByteBuffer buffer;
          const bool dumped = vm::dumpChunk(machine.L(), strip, buffer);
          CHECK(dumped == !machine.state.allocator.refusing);
          CHECK(lua_gettop(machine.L()) == top);
          if (dumped) CHECK(std::string(buffer.bytes, buffer.length) == bytes);
          buffer.release();
        },
        LUA_VERSION_NUM >= 505);
    step(withLibraries(0), nothing, [&bytes](Machine& machine) {
      const int status = vm::loadChunk(machine.L(), bytes.data(), bytes.size(), "=s", vm::ChunkMode::binary);
      CHECK((status == LUA_OK) == !machine.state.allocator.refusing);
      lua_pop(machine.L(), 1);
    });
  }
}

TEST_CASE("out of memory while values are unpacked; packing takes none of the state's memory") {
  std::string bytes;
  const auto prepare = [](Machine& machine) {
    machine.eval("value = 'x' for i = 1, 60 do value = {value, {'n' .. i, [-i] = i}} end");
    lua_getglobal(machine.L(), "value");
  };
  const auto work = [&bytes](Machine& machine) {
    const Packed packed = packAt(machine.L(), -1);
    CHECK(packed.status == vm::PackStatus::ok);
    bytes = packed.bytes;
  };
  step(withLibraries(), prepare, work, false);
  REQUIRE(bytes.size() > 1000);
  step(withLibraries(0), nothing, [&bytes](Machine& machine) {
    const vm::StackGuard guard(machine.L());
    const int status = unpackOnto(machine.L(), bytes);
    CHECK((status == LUA_OK) == !machine.state.allocator.refusing);
    if (status != LUA_OK) CHECK(status == LUA_ERRMEM);
  });
}

TEST_CASE("out of memory while fields are unpacked") {
  std::string bytes;
  const auto head = [](int known, int shape, int defines, uint32_t more) {
    return Message().byte(vm::wire::kFields).byte(known).byte(shape).byte(defines).raw(more).bytes;
  };
  const auto text = [](const std::string& value) {
    return Message().byte(vm::wire::kShort + static_cast<int>(value.size())).text(value).bytes;
  };
  bytes = Message().sized(vm::wire::kSequence, 40).bytes;
  for (int row = 0; row < 40; row++) {
    const bool known = row > 1;
    bytes += head(known ? 12 : 0, 0, row == 1, known ? 0 : 12);
    for (unsigned key = 0; key < 12; key++) {
      if (row == 0) bytes += static_cast<char>(vm::wire::kKeyDef) + text("key number " + std::to_string(key));
      if (row == 1) bytes += Message().sized(vm::wire::kKeyRef, key).bytes;
      bytes += key % 4 == 0 ? Message().sized(vm::wire::kSequence, 1).byte(1).bytes
                            : text("v" + std::to_string(row * 100 + static_cast<int>(key)));
    }
  }
  step(withLibraries(0), nothing, [&bytes](Machine& machine) {
    const vm::StackGuard guard(machine.L());
    const int status = unpackOnto(machine.L(), bytes);
    CHECK((status == LUA_OK) == !machine.state.allocator.refusing);
    if (status != LUA_OK) CHECK(status == LUA_ERRMEM);
  });
}

TEST_CASE("out of memory while a hook is set and runs") {
  class Counter final : public vm::HookTarget {
   public:
    bool event(lua_State* L, lua_Debug* frame) noexcept override {
      lua_getinfo(L, "nSl", frame);
      events++;
      return true;
    }
    int events = 0;
  };
  step(withLibraries(), nothing, [](Machine& machine) {
    Counter counter;
    vm::setHook(machine.state, &counter, LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT, 3);
    const Outcome outcome = machine.run(
        "local co = coroutine.wrap(function()\n local t = {} coroutine.yield(t)\n end) co() co()");
    CHECK((outcome.status == LUA_OK) == !machine.state.allocator.refusing);
    vm::setHook(machine.state, nullptr, 0, 0);
    CHECK((counter.events > 0 || outcome.status != LUA_OK));
  });
}

TEST_CASE("out of memory while the collector works and finalizers run") {
  step(
      withLibraries(),
      [](Machine& machine) {
        machine.eval(
            "keep = {} for i = 1, 5 do keep[i] = setmetatable({}, {__gc = function() made = {{}, {}} end}) "
            "end "
            "keep = nil");
      },
      [](Machine& machine) {
        machine.state.enter({});
        vm::collector(machine.L(), vm::CollectorCommand::generational, 0, 0);
        vm::collector(machine.L(), vm::CollectorCommand::collect, 0, 0);
        vm::collector(machine.L(), vm::CollectorCommand::incremental, 0, 0);
        vm::collector(machine.L(), vm::CollectorCommand::step, 0, 0);
        machine.state.leave(true);
      });
}
