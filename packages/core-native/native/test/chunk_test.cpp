#include "vm/chunk.hpp"

#include "fixture.hpp"

using vm::ChunkMode;

namespace {

std::string dumpOf(Machine& machine, const std::string& source, bool strip) {
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  REQUIRE(vm::loadChunk(L, source.data(), source.size(), "@file.lua", ChunkMode::text) == LUA_OK);
  const int top = lua_gettop(L);
  vm::ByteBuffer buffer;
  CHECK(vm::dumpChunk(L, strip, buffer));
  CHECK(lua_gettop(L) == top);
  std::string bytes(buffer.bytes, buffer.length);
  buffer.release();
  return bytes;
}

// The status of loading, and of running when that went well; the result or the message in `text`.
int runChunk(Machine& machine, const std::string& bytes, ChunkMode mode, std::string* text = nullptr) {
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  machine.state.enter({});
  int status = vm::loadChunk(L, bytes.data(), bytes.size(), "=chunk", mode);
  if (status == LUA_OK) status = lua_pcall(L, 0, 1, 0);
  if (text != nullptr && lua_type(L, -1) == LUA_TSTRING) *text = lua_tostring(L, -1);
  machine.state.leave(true);
  return status;
}

bool incomplete(const char* source) {
  Machine machine(withLibraries(0));
  lua_State* L = machine.L();
  const vm::StackGuard guard(L);
  const int status = vm::loadChunk(L, source, std::strlen(source), "=stdin", ChunkMode::text);
  CHECK(status == LUA_ERRSYNTAX);
  size_t length = 0;
  const char* message = lua_tolstring(L, -1, &length);
  return vm::isIncomplete(message, length);
}

}  // namespace

TEST_CASE("a chunk goes through bytecode, into other states too") {
  Machine machine;
  const std::string source =
      "local a <const> = 20 local function f(...) return select('#', ...) + a end return 'r' .. "
      "f(1, 2)";
  Machine other(withLibraries(vm::kBase));
  for (const bool strip : {false, true}) {
    const std::string bytes = dumpOf(machine, source, strip);
    CHECK(bytes.substr(0, 4) == LUA_SIGNATURE);
    for (Machine* target : {&machine, &other}) {
      std::string result;
      CHECK(runChunk(*target, bytes, ChunkMode::binary, &result) == LUA_OK);
      CHECK(result == "r22");
    }
  }
}

TEST_CASE("stripping takes names and lines away") {
  Machine machine;
  const std::string source = "local longLocalName = nil\nreturn longLocalName.field";
  const std::string full = dumpOf(machine, source, false);
  const std::string stripped = dumpOf(machine, source, true);
  CHECK(full.find("longLocalName") != std::string::npos);
  CHECK(stripped.find("longLocalName") == std::string::npos);
  CHECK(stripped.size() < full.size());
  std::string message;
  CHECK(runChunk(machine, full, ChunkMode::binary, &message) == LUA_ERRRUN);
  CHECK(message == "file.lua:2: attempt to index a nil value (local 'longLocalName')");
  CHECK(runChunk(machine, stripped, ChunkMode::binary, &message) == LUA_ERRRUN);
  CHECK(message.substr(0, 2) == "?:");
}

TEST_CASE("the mode decides: text is no bytecode and bytecode is no text") {
  vm::State::Config config = withLibraries();
  for (const bool allowed : {false, true}) {
    config.allowBytecode = allowed;
    Machine machine(config);
    const std::string bytes = dumpOf(machine, "return 1", true);
    std::string message;
    CHECK(runChunk(machine, bytes, ChunkMode::text, &message) == LUA_ERRSYNTAX);
    CHECK(message == "attempt to load a binary chunk (mode is 't')");
    CHECK(runChunk(machine, "return 1", ChunkMode::binary, &message) == LUA_ERRSYNTAX);
    CHECK(message == "attempt to load a text chunk (mode is 'b')");
  }
}

TEST_CASE("scripts load bytecode only where it is allowed") {
  const char* const doors[] = {
      "return (load(string.dump(function() return 1 end))) ~= nil",
      "return (load(string.dump(function() return 1 end), 'x', 'b')) ~= nil",
      "return (load(string.dump(function() return 1 end), 'x', 'bt', {})) ~= nil",
      "local d = string.dump(function() return 1 end) local i = 0 return (load(function() i = i + 1 return i "
      "<= #d and "
      "d:sub(i, i) or nil end, 'x', 'b')) ~= nil",
      "local n = os.tmpname() local f = io.open(n, 'wb') f:write(string.dump(function() return 1 end)) "
      "f:close() local "
      "ok = loadfile(n) ~= nil os.remove(n) return ok",
      "local n = os.tmpname() local f = io.open(n, 'wb') f:write(string.dump(function() return 1 end)) "
      "f:close() local "
      "ok = loadfile(n, 'b') ~= nil os.remove(n) return ok",
      "local n = os.tmpname() local f = io.open(n, 'wb') f:write(string.dump(function() return 1 end)) "
      "f:close() local "
      "ok = pcall(dofile, n) os.remove(n) return ok",
      "local n = os.tmpname() local f = io.open(n, 'wb') f:write(string.dump(function() return 1 end)) "
      "f:close() "
      "package.path = n local ok = pcall(require, 'x') os.remove(n) return ok",
  };
  for (const char* door : doors) {
    INFO(std::string(door));
    vm::State::Config config = withLibraries();
    CHECK(Machine(config).eval(door) == "false");
    config.allowBytecode = true;
    CHECK(Machine(config).eval(door) == "true");
  }
}

TEST_CASE("the host's own bytecode opens no door for the scripts in it") {
  Machine machine;
  const std::string bytes =
      dumpOf(machine, "return tostring(load(string.dump(function() return 1 end)))", true);
  std::string result;
  CHECK(runChunk(machine, bytes, ChunkMode::binary, &result) == LUA_OK);
  CHECK(result == "nil");
}

TEST_CASE("sources that more input could complete") {
  for (const char* source :
       {"for i = 1, 10 do", "if x then", "function f(", "x = ", "x = {1, 2,", "return function()",
        "while true do", "repeat", "local x <", "f(1,", "--[[ comment", "x = [[long", "x = [==[ ]] ", "a.b",
        "x = 'unfinished", "local t = {", "goto", "x = 1 +", "do do end"}) {
    INFO(std::string(source));
    CHECK(incomplete(source));
  }
}

TEST_CASE("sources that are wrong, whatever comes") {
  for (const char* source : {"x = = 1", "end", "for for", "x = 'unfinished\n", "x = \"unfinished\n",
                             "goto nowhere", "break", "local <eof> = 1", "x = '<eof>\n", "return return", "1",
                             ")", "x = 1e", "local x <bad> = 1", "x = '\\q'"}) {
    INFO(std::string(source));
    CHECK_FALSE(incomplete(source));
  }
}

TEST_CASE("a message must end in the mark") {
  CHECK(vm::isIncomplete("near <eof>", 10));
  CHECK_FALSE(vm::isIncomplete("near <eof> ", 11));
  CHECK_FALSE(vm::isIncomplete("", 0));
  CHECK_FALSE(vm::isIncomplete("eof>", 4));
}

TEST_CASE("ByteBuffer grows and starts again") {
  vm::ByteBuffer buffer;
  std::string expected;
  for (int i = 0; i < 3000; i++) {
    const std::string piece(static_cast<size_t>(i % 7), static_cast<char>(i));
    CHECK(buffer.append(piece.data(), piece.size()));
    expected += piece;
  }
  CHECK(std::string(buffer.bytes, buffer.length) == expected);
  CHECK(buffer.capacity >= buffer.length);
  CHECK_FALSE(buffer.reserve(~size_t{0} / 2));
  CHECK(std::string(buffer.bytes, buffer.length) == expected);
  buffer.release();
  CHECK(buffer.length == 0);
  CHECK(buffer.append("x", 1));
  buffer.release();
}
