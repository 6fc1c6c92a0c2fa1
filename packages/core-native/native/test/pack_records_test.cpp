// What pack makes of tables by their shape: records, runs of floats, and references.
#include "record_reader.hpp"
#include "vm/pack.hpp"
#include "vm/shapes.hpp"
#include "wire_fixture.hpp"

using vm::PackStatus;
namespace wire = vm::wire;

namespace {

Packed packed(Machine& machine, const std::string& expression, const vm::PackOptions& options = {}) {
  Packed result = packResult(machine, "return " + expression, options);
  CHECK(result.status == PackStatus::ok);
  return result;
}

// A table with the names k1 to kn.
std::string named(unsigned count) {
  return "(function() local t = {} for i = 1, " + std::to_string(count) +
         " do t['k' .. i] = i end return t end)()";
}

uint8_t firstTag(const std::string& bytes) {
  return static_cast<uint8_t>(bytes[0]);
}

}  // namespace

TEST_CASE("pack: tables with the same names share a shape") {
  Machine machine;
  Message expected;
  expected.sized(wire::kSequence, 3);
  expected.sized(wire::kShape, 1).byte(wire::kShort + 2).text("id").byte(7);
  expected.sized(wire::kRecord, 0).byte(8);
  expected.sized(wire::kShape, 1).byte(wire::kShort + 4).text("more").byte(9);
  CHECK(packed(machine, "{{id = 7}, {id = 8}, {more = 9}}").bytes == expected.bytes);
}

TEST_CASE("pack: the id of a shape is given before its values") {
  Machine machine;
  Message expected;
  expected.sized(wire::kShape, 1).byte(wire::kShort + 1).text("a");
  expected.sized(wire::kShape, 1).byte(wire::kShort + 1).text("b");
  expected.sized(wire::kRecord, 0).sized(wire::kRecord, 1).byte(1);
  CHECK(packed(machine, "{a = {b = {a = {b = 1}}}}").bytes == expected.bytes);
}

TEST_CASE("pack: keys of shapes by their bytes, those of JavaScript's array indices too") {
  Machine machine;
  CHECK(packed(machine, "{['\\xc3\\xa9'] = 1}").bytes ==
        Message().sized(wire::kShape, 1).sized(wire::kUtf8, 2).text("\xc3\xa9").byte(1).bytes);
  CHECK(packed(machine, "{['1'] = 2}").bytes ==
        Message().sized(wire::kShape, 1).byte(wire::kShort + 1).text("1").byte(2).bytes);
  CHECK(packed(machine, "{[''] = 2}").bytes ==
        Message().sized(wire::kShape, 1).byte(wire::kShort).byte(2).bytes);
}

TEST_CASE("pack: removed names are not in the shape, and a table without any is an empty sequence") {
  Machine machine;
  CHECK(packed(machine, "(function() local t = {a = 1, b = 2} t.b = nil return t end)()").bytes ==
        Message().sized(wire::kShape, 1).byte(wire::kShort + 1).text("a").byte(1).bytes);
  CHECK(packed(machine, "(function() local t = {a = 1} t.a = nil return t end)()").bytes ==
        Message().sized(wire::kSequence, 0).bytes);
}

TEST_CASE("pack: tables with more names than a shape takes are maps") {
  Machine machine;
  CHECK(firstTag(packed(machine, named(vm::Shapes::kMaxKeys)).bytes) == wire::kShape);
  CHECK(firstTag(packed(machine, named(vm::Shapes::kMaxKeys + 1)).bytes) == wire::kMap);
}

TEST_CASE("pack: a message with more shapes than are remembered is whole") {
  Machine machine;
  const Packed result =
      packed(machine,
             "(function() local t = {} for i = 1, 1000 do t[i] = {['k' .. i % 300] = i} end "
             "return t end)()");
  RecordReader reader(result.bytes);
  const std::string maps = reader.rewrite();
  CHECK(reader.shapes() > 16);
  CHECK(reader.maps > 0);
  CHECK(reader.records + reader.maps == 1000);
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  REQUIRE(unpackOnto(L, maps) == LUA_OK);
  lua_setglobal(L, "copy");
  CHECK(
      machine.eval("for i = 1, 1000 do if copy[i]['k' .. i % 300] ~= i then return i end end return #copy") ==
      "1000");
}

TEST_CASE("pack: eight numbers or more in a sequence are a run of floats") {
  Machine machine;
  Message expected;
  expected.sized(wire::kFloats, 8).raw(0.5);
  for (int i = 2; i <= 7; i++) expected.raw(static_cast<double>(i));
  expected.raw(-9007199254740991.0);
  CHECK(packed(machine, "{0.5, 2, 3, 4, 5, 6, 7, -9007199254740991}").bytes == expected.bytes);
  CHECK(firstTag(packed(machine, "{1, 2, 3, 4, 5, 6, 7}").bytes) == wire::kSequence);
  CHECK(firstTag(packed(machine, "{1, 2, 3, 4, 5, 6, 7, 9007199254740992}").bytes) == wire::kSequence);
  CHECK(firstTag(packed(machine, "{1, 2, 3, 4, 5, 6, 7, '8'}").bytes) == wire::kSequence);
  CHECK(firstTag(packed(machine, "{1, 2, 3, 4, 5, 6, 7, 8, x = 9}").bytes) == wire::kMap);
}

TEST_CASE("pack: the light userdata null keeps its place") {
  Machine machine;
  lua_State* L = machine.L();
  lua_pushlightuserdata(L, nullptr);
  lua_setglobal(L, "null");
  static char somewhere;
  lua_pushlightuserdata(L, &somewhere);
  lua_setglobal(L, "pointer");
  const Packed result = packed(machine, "{null, pointer}");
  CHECK(result.bytes == Message().sized(wire::kSequence, 2).byte(wire::kNull).sized(wire::kHandle, 0).bytes);
  CHECK(packed(machine, "null").bytes == Message().byte(wire::kNull).bytes);
}

TEST_CASE("pack: inner tables with a metatable are handles, the outermost one never is") {
  Machine machine;
  const std::string object = "setmetatable({1}, {})";
  const std::string one = Message().sized(wire::kSequence, 1).byte(1).bytes;
  for (const bool references : {false, true}) {
    const vm::PackOptions options{.tablesAsReferences = references};
    CHECK(packed(machine, object, options).bytes == one);
    const Packed inner = packed(machine, "{" + object + "}", options);
    CHECK(inner.bytes == Message().sized(wire::kSequence, 1).sized(wire::kHandle, 0).bytes);
    CHECK(inner.handles == 1);
  }
  CHECK(packed(machine, "{{1}}").bytes == Message().sized(wire::kSequence, 1).text(one).bytes);
}

TEST_CASE("pack: with tablesAsReferences every inner table is a handle, cycles too") {
  Machine machine;
  const Packed result =
      packResult(machine, "local t = {{1}, {x = 1}} t[3] = t return t", {.tablesAsReferences = true});
  CHECK(result.status == PackStatus::ok);
  CHECK(result.handles == 3);
  Message expected;
  expected.sized(wire::kSequence, 3);
  for (uint32_t i = 0; i < 3; i++) expected.sized(wire::kHandle, i);
  CHECK(result.bytes == expected.bytes);
}
