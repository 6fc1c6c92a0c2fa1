// Objects on their way to Lua: fields whose keys are those of earlier ones.
#include "vm/collector.hpp"
#include "wire_fixture.hpp"

namespace wire = vm::wire;

namespace {

std::string fields(int known, int shape, int defines, uint32_t more) {
  return Message().byte(wire::kFields).byte(known).byte(shape).byte(defines).raw(more).bytes;
}

std::string defined(const std::string& key) {
  return Message().byte(wire::kKeyDef).byte(wire::kShort + static_cast<int>(key.size())).text(key).bytes;
}

std::string referred(uint32_t id) {
  return Message().sized(wire::kKeyRef, id).bytes;
}

std::string text(const std::string& value) {
  return Message().byte(wire::kShort + static_cast<int>(value.size())).text(value).bytes;
}

// { id, name } twice, which defines shape 0; then what refers to it.
std::string rows(uint32_t count, const std::string& rest) {
  std::string bytes = Message().sized(wire::kSequence, 2 + count).bytes;
  bytes += fields(0, 0, 0, 2) + defined("id") + '\1' + defined("name") + text("first");
  bytes += fields(0, 0, 1, 2) + referred(0) + '\2' + referred(1) + text("second");
  return bytes + rest;
}

// Every way in which fields can be written.
std::string sample() {
  return rows(
      6, fields(2, 0, 0, 0) + '\3' + text("third") +  // [3] all of a shape
             fields(1, 0, 1, 0) + '\4' +              // [4] its start: shape 1
             fields(1, 1, 0, 0) + '\5' +              // [5]
             fields(2, 0, 1, 1) + '\6' + text("sixth") + defined("more") + text("x") +  // [6] shape 2
             fields(3, 2, 0, 0) + '\7' + text("seventh") + fields(0, 0, 0, 0) +  // [7] with a table in it
             fields(2, 0, 0, 0) + Message().byte(wire::kNil).bytes + text("eighth"));  // [8] without id
}

}  // namespace

TEST_CASE("unpack: fields of known shapes, of parts of them and of more than them") {
  Machine machine;
  CHECK(holds(
      machine, sample(),
      "#a == 8 and a[1].id == 1 and a[1].name == 'first' and a[2].name == 'second' and a[3].id == 3 and "
      "a[3].name == 'third' and a[4].id == 4 and a[4].name == nil and a[5].id == 5 and a[6].id == 6 and "
      "a[6].name == 'sixth' and a[6].more == 'x' and a[7].name == 'seventh' and next(a[7].more) == nil and "
      "a[8].id == nil and a[8].name == 'eighth'"));
  CHECK(holds(
      machine, sample(),
      "(function() local n = 0 for _, row in ipairs(a) do for k in pairs(row) do n = n + 1 end end return n "
      "== 2 + 2 + 2 + 1 + 1 + 3 + 3 + 1 end)()"));
  CHECK(holds(machine, fields(0, 0, 0, 0), "type(a) == 'table' and next(a) == nil"));
}

TEST_CASE("unpack: tables made of fields change on their own, grow and lose keys") {
  Machine machine;
  CHECK(holds(
      machine, sample(),
      "(function() a[3].id = nil a[3].other = 1 for i = 1, 50 do a[3]['k' .. i] = i end a[2].name = nil "
      "collectgarbage() return a[3].name == 'third' and a[3].k50 == 50 and a[3].id == nil and a[2].name == "
      "nil and a[1].name == 'first' and a[1].other == nil and a[7].name == 'seventh' end)()"));
}

TEST_CASE("unpack: a table made of fields works as a metatable") {
  Machine machine;
  const std::string values = Message().byte(wire::kTrue).bytes;
  std::string bytes = Message().sized(wire::kSequence, 3).bytes;
  bytes += fields(0, 0, 0, 1) + defined("__metatable") + values;
  bytes += fields(0, 0, 1, 1) + referred(0) + values;
  bytes += fields(1, 0, 0, 0) + values;
  for (const char* index : {"1", "2", "3"})
    CHECK(holds(machine, bytes, std::string("getmetatable(setmetatable({}, a[") + index + "])) == true"));
  const std::string map = Message().sized(wire::kMap, 1).text(defined("__metatable") + values).bytes;
  CHECK(holds(machine, map, "getmetatable(setmetatable({}, a)) == true"));
}

TEST_CASE("unpack: shapes of every size up to the largest, with tables in them") {
  Machine machine;
  for (unsigned size = 1; size <= wire::kMaxShapeKeys + 1; size++) {
    std::string bytes = Message().sized(wire::kSequence, 3).bytes;
    for (int row = 0; row < 2; row++) {
      bytes += fields(0, 0, row, size);
      for (unsigned i = 0; i < size; i++)
        bytes += (row == 0 ? defined("key" + std::to_string(i)) : referred(i)) +
                 Message().sized(wire::kSequence, 1).bytes + static_cast<char>(i);
    }
    if (size > wire::kMaxShapeKeys) {
      CHECK(refusal(machine, bytes) == "malformed message: a shape with too many keys");
      continue;
    }
    bytes += fields(static_cast<int>(size), 0, 0, 0);
    for (unsigned i = 0; i < size; i++) bytes += text("v" + std::to_string(i));
    CHECK(holds(machine, bytes,
                "(function() local n = 0 for k, v in pairs(a[3]) do n = n + 1 if v ~= 'v' .. k:sub(4) or "
                "a[2][k][1] ~= "
                "tonumber(k:sub(4)) then return false end end return n == " +
                    std::to_string(size) + " end)()"));
  }
}

TEST_CASE("unpack: fields of shapes that do not exist are refused") {
  Machine machine;
  const char* const unknown = "malformed message: unknown shape";
  CHECK(refusal(machine, fields(1, 0, 0, 0) + '\1') == unknown);
  CHECK(refusal(machine, fields(255, 255, 0, 0) + '\1') == unknown);
  CHECK(refusal(machine, rows(1, fields(2, 1, 0, 0) + "\1\1")) == unknown);
  CHECK(refusal(machine, rows(1, fields(3, 0, 0, 0) + "\1\1\1")) == unknown);
  CHECK(refusal(machine, rows(1, fields(3, 0, 0, 1) + "\1\1\1")) == unknown);
}

TEST_CASE("unpack: shapes that cannot be are refused") {
  Machine machine;
  const std::string nil = Message().byte(wire::kNil).bytes;
  const char* const missing = "malformed message: a shape with a key that has no value";
  CHECK(refusal(machine, fields(0, 0, 1, 1) + defined("a") + nil) == missing);
  CHECK(refusal(machine, fields(0, 0, 1, 1) + text("a") + '\1') == missing);
  CHECK(refusal(machine, fields(0, 0, 1, 1) + "\1\1") == missing);
  CHECK(refusal(machine, rows(1, fields(2, 0, 1, 0) + nil + '\1')) == missing);
  CHECK(refusal(machine, rows(1, fields(2, 0, 1, 1) + nil + '\1' + defined("b") + '\1')) == missing);
  CHECK(refusal(machine, fields(0, 0, 1, 0)) == "malformed message: too many shapes");
  std::string many = Message().sized(wire::kSequence, wire::kMaxShapes + 1).bytes;
  many += fields(0, 0, 1, 1) + defined("a") + '\1';
  for (unsigned i = 1; i <= wire::kMaxShapes; i++) many += fields(0, 0, 1, 1) + referred(0) + '\1';
  CHECK(refusal(machine, many) == "malformed message: too many shapes");
  std::string keys = Message().sized(wire::kMap, wire::kMaxKeys + 1).bytes;
  for (unsigned i = 0; i <= wire::kMaxKeys; i++) keys += defined("k" + std::to_string(i)) + '\1';
  CHECK(refusal(machine, keys) == "malformed message: a key that cannot be referred to");
  CHECK(refusal(machine, fields(0, 0, 0, UINT32_MAX)) == "malformed message: it ends too early");
}

TEST_CASE("unpack: keys and shapes outlive the tables that they came with") {
  Machine machine;
  machine.eval("collectgarbage('generational') collectgarbage('incremental', 100, 1000, 0)");
  // The tables under 'x' are taken out by the next value for it, with the first table of the shape in them.
  std::string bytes = Message().sized(wire::kSequence, 1 + 3000).bytes;
  bytes += Message().sized(wire::kMap, 3).bytes;
  for (int i = 0; i < 2; i++)
    bytes += text("x") + fields(0, 0, i, 1) + (i == 0 ? defined("only here") : referred(0)) + text("gone");
  bytes += text("x") + '\1';
  for (int i = 0; i < 3000; i++)
    bytes += i % 2 == 0 ? Message().sized(wire::kAscii, 1000).text(std::string(1000, 'y')).bytes
                        : fields(1, 0, 0, 0) + text(std::to_string(i));
  CHECK(holds(machine, bytes, "a[1].x == 1 and a[3]['only here'] == '1' and a[3001]['only here'] == '2999'"));
}

TEST_CASE("unpack: one key twice in an object keeps its last value") {
  Machine machine;
  std::string bytes = Message().sized(wire::kSequence, 3).bytes;
  bytes += fields(0, 0, 0, 2) + defined("a") + '\1' + defined("a") + '\2';
  bytes += fields(0, 0, 1, 2) + referred(0) + '\3' + referred(1) + '\4';
  bytes += fields(2, 0, 0, 0) + "\5\6";
  CHECK(holds(machine, bytes, "a[1].a == 2 and a[2].a == 4 and a[3].a == 6 and next(a[3], 'a') == nil"));
}

TEST_CASE("unpack: fields survive a collector that never rests") {
  for (const char* mode : {"generational", "incremental"}) {
    Machine machine;
    machine.eval(std::string("collectgarbage('") + mode + "')");
    machine.eval(
        "collectgarbage('incremental') if table.create then collectgarbage('param', 'pause', 0) else "
        "collectgarbage('setpause', 0) end");
    machine.eval(std::string("collectgarbage('") + mode + "')");
    std::string wanted = rows(5001, fields(2, 0, 1, 1) + '\6' + text("sixth") + defined("more") + text("x"));
    for (int i = 0; i < 5000; i++)
      wanted += fields(3, 1, 0, 0) + '\7' + text("n" + std::to_string(i)) + fields(2, 0, 0, 0) + '\1' +
                text("inner" + std::to_string(i));
    CHECK(holds(machine, wanted,
                "(function() for i = 4, 5003 do local r = a[i] if r.name ~= 'n' .. i - 4 or r.more.name ~= "
                "'inner' .. "
                "i - 4 then return false end end return true end)()"));
  }
}

TEST_CASE("unpack: fields cut anywhere are refused, damaged ones refused or read") {
  const std::string whole = sample();
  {
    Machine machine;
    for (size_t length = 0; length < whole.size(); length++) {
      INFO(length);
      CHECK(refusal(machine, whole.substr(0, length)) == "malformed message: it ends too early");
    }
  }
  unsigned random = 777;
  vm::State::Config config = withLibraries();
  config.memoryLimit = 8 << 20;
  Machine machine(config);
  int refused = 0;
  for (int i = 0; i < 40000; i++) {
    std::string damaged = whole;
    for (int changes = 0; changes < 1 + i % 3; changes++) {
      random = random * 1664525u + 1013904223u;
      damaged[(random >> 8) % damaged.size()] = static_cast<char>(random >> 24);
    }
    if (!refusal(machine, damaged).empty()) refused++;
    if (i % 1000 == 0) machine.eval("collectgarbage()");
  }
  CHECK(refused > 5000);
  CHECK(machine.eval("collectgarbage() return 1 + 1") == "2");
}
