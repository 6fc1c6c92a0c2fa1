#include "vm/unpack.hpp"

#include "record_reader.hpp"
#include "wire_fixture.hpp"

namespace wire = vm::wire;

namespace {

std::string sample() {
  Message message;
  message.sized(wire::kMulti, 3);
  message.sized(wire::kSequence, 2);
  message.sized(wire::kMap, 2).byte(wire::kKeyDef).byte(wire::kShort + 2).text("id").byte(7);
  message.byte(wire::kKeyDef).sized(wire::kUtf8, 2).text("\xc3\xa9").byte(wire::kInt32).raw(int32_t{-5});
  message.sized(wire::kMap, 1).sized(wire::kKeyRef, 0).byte(wire::kInt64).raw(INT64_MAX);
  message.sized(wire::kFloats, 2).raw(1.5).raw(2.0);
  message.sized(wire::kSequence, 5).sized(wire::kHandle, 1).byte(wire::kNil).byte(wire::kTrue);
  message.sized(wire::kBytes, 3).text("abc").sized(wire::kAscii, 1).text("z");
  return message.bytes;
}

}  // namespace

TEST_CASE("unpack: every tag") {
  Machine machine;
  CHECK(holds(
      machine, sample(),
      "a[1].id == 7 and a[1]['\\xc3\\xa9'] == -5 and a[2].id == math.maxinteger and #b == 2 and b[1] == 1.5 "
      "and "
      "math.type(b[2]) == 'integer' and c[1] == 1001 and c[2] == nil and c[3] == true and c[4] == 'abc' and "
      "c[5] == 'z'",
      2));
  CHECK(holds(machine, Message().byte(wire::kFalse).bytes, "a == false"));
  CHECK(holds(machine, Message().byte(127).bytes, "a == 127"));
  CHECK(holds(machine, Message().byte(wire::kFloat).raw(2.0).bytes, "math.type(a) == 'float' and a == 2"));
  CHECK(holds(machine, Message().sized(wire::kMulti, 0).bytes, "select('#', ...) == 0"));
  CHECK(holds(machine, Message().sized(wire::kObject, 1).bytes, "a == 1001", 2));
  lua_pushlightuserdata(machine.L(), nullptr);
  lua_setglobal(machine.L(), "null");
  CHECK(holds(machine, Message().byte(wire::kNull).bytes, "a == null"));
}

TEST_CASE("unpack: JavaScript numbers become integers where nothing is lost") {
  Machine machine;
  const auto number = [](double value) { return Message().byte(wire::kFloat64).raw(value).bytes; };
  CHECK(holds(machine, number(3), "math.type(a) == 'integer' and a == 3"));
  CHECK(holds(machine, number(-0.0), "math.type(a) == 'float' and 1 / a == -math.huge"));
  CHECK(holds(machine, number(0.0), "math.type(a) == 'integer'"));
  CHECK(holds(machine, number(1.5), "a == 1.5"));
  CHECK(holds(machine, number(9007199254740993.0), "math.type(a) == 'integer'"));
  CHECK(holds(machine, number(-9223372036854775808.0), "a == math.mininteger and math.type(a) == 'integer'"));
  CHECK(holds(machine, number(9223372036854775808.0), "math.type(a) == 'float'"));
  CHECK(holds(machine, number(HUGE_VAL), "a == math.huge"));
  CHECK(holds(machine, number(NAN), "a ~= a"));
}

TEST_CASE("unpack: what was packed comes back the same, for every kind of value") {
  Machine machine;
  machine.eval(
      "function same(x, y) if type(x) ~= type(y) or math.type(x) ~= math.type(y) then return false end if "
      "type(x) ~= "
      "'table' then return x == y end for k, v in pairs(x) do if not same(v, y[k]) then return false end end "
      "for k in "
      "pairs(y) do if x[k] == nil then return false end end return true end");
  for (const char* value : {"nil",
                            "true",
                            "0",
                            "-1",
                            "127",
                            "128",
                            "2147483648",
                            "9007199254740991",
                            "math.maxinteger",
                            "math.mininteger",
                            "1.5",
                            "1e308",
                            "''",
                            "'a\\0b'",
                            "('x'):rep(31)",
                            "('x'):rep(32)",
                            "'\\xc3\\xa9'",
                            "'\\xff\\xfe'",
                            "{}",
                            "{1, 2, {3, {4}}}",
                            "{a = 1, b = {c = {}}}",
                            "{1, nil, 3}",
                            "{[0] = 1, [-7] = 2}",
                            "{[1.5] = 'x', [true] = false}",
                            "{1, 2, 3, 4, 5, 6, 7, 8, -0.5}",
                            "{{id = 1}, {id = 2}, {id = 3, more = {1}}}"}) {
    for (const bool binary : {false, true}) {
      INFO(std::string(value));
      const Packed packed = packResult(machine, std::string("return ") + value, {.binaryStrings = binary});
      REQUIRE(packed.status == vm::PackStatus::ok);
      CHECK(holds(machine, recordsAsMaps(packed.bytes), std::string("same(a, ") + value + ")"));
    }
  }
  const Packed deep = packResult(machine, "local t = 1 for i = 1, 100 do t = {t} end return t");
  CHECK(holds(machine, deep.bytes, "a[1][1][1] ~= nil"));
}

TEST_CASE("unpack: a message cut anywhere is refused") {
  Machine machine;
  const std::string whole = sample();
  CHECK(refusal(machine, whole, 2).empty());
  for (size_t length = 0; length < whole.size(); length++) {
    INFO(length);
    CHECK(refusal(machine, whole.substr(0, length), 2) == "malformed message: it ends too early");
  }
  CHECK(refusal(machine, whole + '\1', 2) == "malformed message: it goes on after its end");
}

TEST_CASE("unpack: unknown tags are refused") {
  Machine machine;
  for (int tag = 0x80; tag <= 0xff; tag++) {
    // Records go to JavaScript only; keys are no values.
    const bool known = (tag >= wire::kNil && tag <= wire::kNull) || tag == wire::kObject ||
                       (tag >= wire::kAscii && tag <= wire::kBytes) || tag == wire::kFields ||
                       tag == wire::kSequence || tag == wire::kMap || tag == wire::kFloats ||
                       tag == wire::kHandle || tag == wire::kMulti ||
                       (tag >= wire::kShort && tag < wire::kShort + 32);
    if (known) continue;
    CHECK(refusal(machine, Message().byte(tag).bytes) ==
          "malformed message: unknown tag " + std::to_string(tag));
  }
  CHECK(refusal(machine, Message().sized(wire::kSequence, 1).sized(wire::kMulti, 0).bytes) ==
        "malformed message: unknown tag " + std::to_string(wire::kMulti));
}

TEST_CASE("unpack: huge counts are refused without memory for them") {
  Machine machine;
  for (const int tag :
       {wire::kAscii, wire::kUtf8, wire::kBytes, wire::kSequence, wire::kMap, wire::kFloats, wire::kMulti}) {
    for (const uint32_t count : {uint32_t{1000}, uint32_t{INT32_MAX}, uint32_t{INT32_MAX} + 1, UINT32_MAX}) {
      INFO(tag << " " << count);
      const size_t before = machine.state.allocator.used;
      machine.state.allocator.peak = before;
      CHECK(refusal(machine, Message().sized(tag, count).bytes) == "malformed message: it ends too early");
      CHECK(refusal(machine, Message().sized(tag, count).byte(1).byte(2).bytes) ==
            "malformed message: it ends too early");
      CHECK(machine.state.allocator.peak < before + 4096);
    }
  }
}

TEST_CASE("unpack: handles and keys that do not exist are refused") {
  Machine machine;
  CHECK(refusal(machine, Message().sized(wire::kHandle, 0).bytes) == "malformed message: unknown handle");
  CHECK(refusal(machine, Message().sized(wire::kHandle, 2).bytes, 2) == "malformed message: unknown handle");
  CHECK(refusal(machine, Message().sized(wire::kHandle, UINT32_MAX).bytes, 2) ==
        "malformed message: unknown handle");
  CHECK(refusal(machine, Message().sized(wire::kObject, 2).bytes, 2) == "malformed message: unknown handle");
  const auto key = [](Message message) {
    return Message().sized(wire::kMap, 1).text(message.bytes).byte(1).bytes;
  };
  CHECK(refusal(machine, key(Message().sized(wire::kKeyRef, 0))) == "malformed message: unknown key");
  CHECK(refusal(machine, key(Message().sized(wire::kKeyRef, UINT32_MAX))) ==
        "malformed message: unknown key");
  CHECK(refusal(machine, key(Message().byte(wire::kKeyDef).byte(1))) ==
        "malformed message: a key that is no string");
  CHECK(refusal(machine,
                key(Message().byte(wire::kKeyDef).sized(wire::kAscii, 41).text(std::string(41, 'x')))) ==
        "malformed message: a key that cannot be referred to");
  CHECK(refusal(machine, key(Message().sized(wire::kSequence, 0))) == "malformed message: unknown tag 144");
}

TEST_CASE("unpack: keys that no table can have are refused") {
  Machine machine;
  CHECK(refusal(machine, Message().sized(wire::kMap, 1).byte(wire::kNil).byte(1).bytes).find("nil") !=
        std::string::npos);
  CHECK(refusal(machine, Message().sized(wire::kMap, 1).byte(wire::kFloat64).raw(double{NAN}).byte(1).bytes)
            .find("NaN") != std::string::npos);
}

TEST_CASE("unpack: nesting without end is refused before the C stack is") {
  Machine machine;
  std::string sequences;
  for (int i = 0; i < 1000000; i++) sequences += Message().sized(wire::kSequence, 1).bytes;
  CHECK(refusal(machine, sequences) == "malformed message: nested too deeply");
  std::string maps;
  for (int i = 0; i < 1000000; i++) maps += Message().sized(wire::kMap, 1).byte(1).bytes;
  CHECK(refusal(machine, maps) == "malformed message: nested too deeply");
  CHECK(refusal(machine, Message()
                             .sized(wire::kMap, 1)
                             .text(std::string(1000000, static_cast<char>(wire::kKeyDef)))
                             .bytes) == "malformed message: a key that is no string");
}

TEST_CASE("unpack: damaged messages are refused or read, never worse") {
  const std::string whole = sample();
  unsigned random = 12345;
  vm::State::Config config = withLibraries();
  config.memoryLimit = 8 << 20;
  Machine machine(config);
  int refused = 0;
  for (int i = 0; i < 20000; i++) {
    std::string damaged = whole;
    for (int changes = 0; changes < 1 + i % 3; changes++) {
      random = random * 1664525u + 1013904223u;
      damaged[(random >> 8) % damaged.size()] = static_cast<char>(random >> 24);
    }
    if (!refusal(machine, damaged, 2).empty()) refused++;
  }
  CHECK(refused > 5000);
  CHECK(machine.eval("return 1 + 1") == "2");
}
