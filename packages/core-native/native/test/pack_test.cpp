#include "vm/pack.hpp"

#include "wire_fixture.hpp"

using vm::PackStatus;
namespace wire = vm::wire;

namespace {

std::string bytesOf(Machine& machine, const std::string& expression, bool binaryStrings = false) {
  const Packed packed = packResult(machine, "return " + expression, {.binaryStrings = binaryStrings});
  CHECK(packed.status == PackStatus::ok);
  CHECK(packed.path.empty());
  return packed.bytes;
}

std::string int32(int32_t value) {
  return Message().byte(wire::kInt32).raw(value).bytes;
}
std::string float64(double value) {
  return Message().byte(wire::kFloat64).raw(value).bytes;
}
std::string int64(int64_t value) {
  return Message().byte(wire::kInt64).raw(value).bytes;
}

}  // namespace

TEST_CASE("pack: nil and booleans") {
  Machine machine;
  CHECK(bytesOf(machine, "nil") == Message().byte(wire::kNil).bytes);
  CHECK(bytesOf(machine, "true") == Message().byte(wire::kTrue).bytes);
  CHECK(bytesOf(machine, "false") == Message().byte(wire::kFalse).bytes);
}

TEST_CASE("pack: integers at all their edges") {
  Machine machine;
  CHECK(bytesOf(machine, "0") == Message().byte(0).bytes);
  CHECK(bytesOf(machine, "127") == Message().byte(127).bytes);
  CHECK(bytesOf(machine, "128") == int32(128));
  CHECK(bytesOf(machine, "-1") == int32(-1));
  CHECK(bytesOf(machine, "2147483647") == int32(INT32_MAX));
  CHECK(bytesOf(machine, "-2147483648") == int32(INT32_MIN));
  CHECK(bytesOf(machine, "2147483648") == float64(2147483648.0));
  CHECK(bytesOf(machine, "-2147483649") == float64(-2147483649.0));
  CHECK(bytesOf(machine, "9007199254740991") == float64(9007199254740991.0));
  CHECK(bytesOf(machine, "-9007199254740991") == float64(-9007199254740991.0));
  CHECK(bytesOf(machine, "9007199254740992") == int64(9007199254740992));
  CHECK(bytesOf(machine, "-9007199254740992") == int64(-9007199254740992));
  CHECK(bytesOf(machine, "math.maxinteger") == int64(INT64_MAX));
  CHECK(bytesOf(machine, "math.mininteger") == int64(INT64_MIN));
}

TEST_CASE("pack: floats stay what they are") {
  Machine machine;
  CHECK(bytesOf(machine, "1.0") == float64(1.0));
  CHECK(bytesOf(machine, "-0.0") == float64(-0.0));
  CHECK(bytesOf(machine, "1/0") == float64(HUGE_VAL));
  CHECK(bytesOf(machine, "5e-324") == float64(5e-324));
  const std::string nan = bytesOf(machine, "0/0");
  double value = 0;
  REQUIRE(nan.size() == 9);
  std::memcpy(&value, nan.data() + 1, 8);
  CHECK(value != value);
}

TEST_CASE("pack: strings by length and content") {
  Machine machine;
  CHECK(bytesOf(machine, "''") == Message().byte(wire::kShort).bytes);
  CHECK(bytesOf(machine, "'a\\0b'") == Message().byte(wire::kShort + 3).text(std::string("a\0b", 3)).bytes);
  const std::string s31(31, 'x');
  CHECK(bytesOf(machine, "('x'):rep(31)") == Message().byte(wire::kShort + 31).text(s31).bytes);
  CHECK(bytesOf(machine, "('x'):rep(32)") == Message().sized(wire::kAscii, 32).text(s31 + "x").bytes);
  CHECK(bytesOf(machine, "('x'):rep(100000)") ==
        Message().sized(wire::kAscii, 100000).text(std::string(100000, 'x')).bytes);
  CHECK(bytesOf(machine, "'\\xc3\\xa9'") == Message().sized(wire::kUtf8, 2).text("\xc3\xa9").bytes);
  CHECK(bytesOf(machine, "'\\xff'") == Message().sized(wire::kUtf8, 1).text("\xff").bytes);
  // The byte that is not ASCII is found wherever it is.
  for (int at = 1; at <= 40; at++) {
    INFO(at);
    const std::string bytes =
        bytesOf(machine, "('x'):rep(" + std::to_string(at - 1) + ") .. '\\x80' .. ('x'):rep(" +
                             std::to_string(40 - at) + ")");
    CHECK(static_cast<uint8_t>(bytes[0]) == wire::kUtf8);
  }
}

TEST_CASE("pack: with binaryStrings every string is bytes, but not the keys") {
  Machine machine;
  CHECK(bytesOf(machine, "'ab'", true) == Message().sized(wire::kBytes, 2).text("ab").bytes);
  CHECK(bytesOf(machine, "{k = 'v'}", true) == Message()
                                                   .sized(wire::kShape, 1)
                                                   .byte(wire::kShort + 1)
                                                   .text("k")
                                                   .sized(wire::kBytes, 1)
                                                   .text("v")
                                                   .bytes);
  CHECK(bytesOf(machine, "{k = 'v', 1}", true) == Message()
                                                      .sized(wire::kMap, 2)
                                                      .byte(1)
                                                      .byte(1)
                                                      .byte(wire::kShort + 1)
                                                      .text("k")
                                                      .sized(wire::kBytes, 1)
                                                      .text("v")
                                                      .bytes);
}

TEST_CASE("pack: tables whose keys are 1 to n are sequences") {
  Machine machine;
  const std::string three = Message().sized(wire::kSequence, 3).byte(1).byte(2).byte(3).bytes;
  CHECK(bytesOf(machine, "{}") == Message().sized(wire::kSequence, 0).bytes);
  CHECK(bytesOf(machine, "{1, 2, 3}") == three);
  CHECK(bytesOf(machine, "{[3] = 3, [2] = 2, [1] = 1}") == three);    // stored in the hash part
  CHECK(bytesOf(machine, "{[1.0] = 1, [2] = 2, [3] = 3}") == three);  // Lua makes 1.0 an integer key
  CHECK(bytesOf(machine, "(function() local t = {1, 2, 3, 4, 5} t[5] = nil t[4] = nil return t end)()") ==
        three);
  CHECK(bytesOf(machine, "(function() local t = {x = 1, 1, 2, 3} t.x = nil return t end)()") == three);
  // Length and contents are read raw.
  CHECK(bytesOf(machine, "setmetatable({1, 2, 3}, {__len = error, __index = error, __pairs = error})") ==
        three);
}

TEST_CASE("pack: all other tables are maps") {
  Machine machine;
  const char* const maps[] = {
      "{1, nil, 3}",
      "{[2] = 1}",
      "{[0] = 1, 1, 2}",
      "{[1.5] = 1}",
      "{1, 2, x = 1}",
      "{1, 2, [4] = 4}",
      "{[-1] = 1}",
      "{[true] = 1}",
      "{1, [2.5] = 1}",
      "{[('k'):rep(41)] = 1}",
      "{a = 1, [('k'):rep(41)] = 1}",
      "{[math.maxinteger] = 1}",
      "{[{}] = 1}",
      "{1, [print] = 2}",
      "{[1e300] = 1}",
      "(function() local t = {} for i = 1, 100 do t[i] = i end t[50] = nil return t end)()",
  };
  for (const char* map : maps) {
    INFO(std::string(map));
    CHECK(static_cast<uint8_t>(bytesOf(machine, map)[0]) == wire::kMap);
  }
  CHECK(bytesOf(machine, "{[true] = 1}") == Message().sized(wire::kMap, 1).byte(wire::kTrue).byte(1).bytes);
  CHECK(bytesOf(machine, "{[-1] = 1}") == Message().sized(wire::kMap, 1).text(int32(-1)).byte(1).bytes);
  CHECK(bytesOf(machine, "{[2.5] = 1}") == Message().sized(wire::kMap, 1).text(float64(2.5)).byte(1).bytes);
  CHECK(bytesOf(machine, "{[{}] = 1}") == Message().sized(wire::kMap, 1).byte(wire::kNil).byte(1).bytes);
}

TEST_CASE("pack: what bytes cannot carry becomes handles, in order") {
  Machine machine;
  const Packed packed = packResult(machine, "return {print, coroutine.create(print), io.stdout, print}");
  CHECK(packed.handles == 4);
  Message expected;
  expected.sized(wire::kSequence, 4);
  for (uint32_t i = 0; i < 4; i++) expected.sized(wire::kHandle, i);
  CHECK(packed.bytes == expected.bytes);
  const Packed refused = packResult(machine, "return {1, {f = print}}", {}, true);
  CHECK(refused.status == PackStatus::refused);
  CHECK(refused.path == "[1].f");
}

TEST_CASE("pack: 100 levels are enough, 101 are too many, with the path") {
  Machine machine;
  const std::string nest = "local t = 1 for i = 1, 100 do t = {t} end return t";
  CHECK(packResult(machine, nest).status == PackStatus::ok);
  const Packed deep = packResult(machine, "local t = {} for i = 1, 100 do t = {x = t} end return t");
  CHECK(deep.status == PackStatus::tooDeep);
  CHECK(deep.path.substr(0, 6) == ".x.x.x");
  CHECK(deep.path.size() == 200);
  CHECK(packResult(machine, "local t = {} for i = 1, 100000 do t = {t} end return t").status ==
        PackStatus::tooDeep);
}

TEST_CASE("pack: cycles, and tables met twice that are none") {
  Machine machine;
  const Packed self = packResult(machine, "local t = {} t[1] = t return t");
  CHECK(self.status == PackStatus::cycle);
  CHECK(self.path == "[0]");
  const Packed far = packResult(machine, "local t = {1, 2} t[3] = {1, items = {x = t}} return t");
  CHECK(far.status == PackStatus::cycle);
  CHECK(far.path == "[2].items.x");
  const std::string empty = Message().sized(wire::kSequence, 0).bytes;
  CHECK(bytesOf(machine, "(function() local s = {} return {s, s} end)()") ==
        Message().sized(wire::kSequence, 2).text(empty).text(empty).bytes);
}

TEST_CASE("pack: paths name every kind of key and are cut at their inner end") {
  Machine machine;
  CHECK(packResult(machine, "local t = {} t[-5] = {[true] = {[1.5] = t}} return t").path ==
        "[-5][boolean][1.5]");
  const Packed longKeys =
      packResult(machine, "local t = {} for i = 1, 100 do t = {[('k'):rep(80)] = t} end return t");
  CHECK(longKeys.status == PackStatus::tooDeep);
  CHECK(longKeys.path.size() == vm::PackFailure::kPathSize - 1);
  CHECK(longKeys.path.substr(0, 67) == "." + std::string(64, 'k') + ".k");
}

TEST_CASE("pack: a stack that cannot grow is a status") {
  Machine machine;
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  machine.eval("deep = {print} for i = 1, 90 do deep = {deep} end");
  lua_getglobal(L, "deep");
  const int index = lua_gettop(L);
  CHECK(packAt(L, index).status == PackStatus::ok);
  machine.state.allocator.refusing = true;
  while (lua_checkstack(L, 1)) lua_pushnil(L);
  const Packed packed = packAt(L, index);
  machine.state.allocator.refusing = false;
  CHECK(packed.status == PackStatus::memory);
  CHECK(packed.handles == 0);
}
