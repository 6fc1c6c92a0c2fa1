#include "vm/allocator.hpp"

#include "fixture.hpp"

#include <vector>

using vm::Allocator;

TEST_CASE("the allocator counts what is held") {
  Allocator allocator;
  void* a = Allocator::allocate(&allocator, nullptr, LUA_TSTRING, 100);
  REQUIRE(a != nullptr);
  CHECK(allocator.used == 100);  // without a block the old size is a type tag
  a = Allocator::allocate(&allocator, a, 100, 250);
  CHECK(allocator.used == 250);
  a = Allocator::allocate(&allocator, a, 250, 10);
  CHECK(allocator.used == 10);
  CHECK(allocator.peak == 250);
  CHECK(Allocator::allocate(&allocator, a, 10, 0) == nullptr);
  CHECK(allocator.used == 0);
  CHECK(Allocator::allocate(&allocator, nullptr, 0, 0) == nullptr);
  CHECK(allocator.used == 0);
}

TEST_CASE("many cycles of growing, shrinking and freeing come out even, with the bytes kept") {
  Allocator allocator;
  constexpr size_t kBlocks = 50;
  struct {
    unsigned char* at = nullptr;
    size_t size = 0;
  } blocks[kBlocks];
  unsigned random = 1;
  size_t expected = 0;
  for (int round = 0; round < 20000; round++) {
    random = random * 1664525u + 1013904223u;
    auto& block = blocks[(random >> 8) % kBlocks];
    const size_t size = (random >> 16) % 3 == 0 ? 0 : (random >> 10) % 5000;
    const unsigned char mark = static_cast<unsigned char>(block.size);
    if (block.at != nullptr) CHECK(block.at[block.size - 1] == mark);
    block.at = static_cast<unsigned char*>(Allocator::allocate(&allocator, block.at, block.size, size));
    expected += size - block.size;
    block.size = size;
    if (size > 0) {
      REQUIRE(block.at != nullptr);
      block.at[size - 1] = static_cast<unsigned char>(size);
    }
    REQUIRE(allocator.used == expected);
    REQUIRE(allocator.peak >= expected);
  }
  for (auto& block : blocks) Allocator::allocate(&allocator, block.at, block.size, 0);
  CHECK(allocator.used == 0);
}

TEST_CASE("the limit refuses growth and nothing else") {
  Allocator allocator;
  allocator.limit = 1000;
  void* block = Allocator::allocate(&allocator, nullptr, 0, 1000);
  REQUIRE(block != nullptr);
  CHECK(Allocator::allocate(&allocator, nullptr, 0, 1) == nullptr);
  CHECK(Allocator::allocate(&allocator, block, 1000, 1001) == nullptr);
  CHECK(Allocator::allocate(&allocator, nullptr, 0, ~size_t{0}) == nullptr);
  CHECK(allocator.used == 1000);
  allocator.limit = 10;  // below what is held: shrinking works, growing does not
  block = Allocator::allocate(&allocator, block, 1000, 500);
  REQUIRE(block != nullptr);
  CHECK(allocator.used == 500);
  CHECK(Allocator::allocate(&allocator, block, 500, 501) == nullptr);
  Allocator::allocate(&allocator, block, 500, 0);
  CHECK(allocator.used == 0);
  CHECK(allocator.peak == 1000);
}

TEST_CASE("requests that no system can meet are refused without a limit too") {
  Allocator allocator;
  CHECK(Allocator::allocate(&allocator, nullptr, 0, ~size_t{0} / 2) == nullptr);
  CHECK(allocator.used == 0);
}

TEST_CASE("refuseAfter refuses the nth request and all after it") {
  Allocator allocator;
  allocator.refuseAfter = 3;
  void* a = Allocator::allocate(&allocator, nullptr, 0, 10);
  void* b = Allocator::allocate(&allocator, nullptr, 0, 10);
  REQUIRE(a != nullptr);
  REQUIRE(b != nullptr);
  CHECK_FALSE(allocator.refusing);
  a = Allocator::allocate(&allocator, a, 10, 5);  // no request for more
  CHECK(Allocator::allocate(&allocator, nullptr, 0, 10) == nullptr);
  CHECK(allocator.refusing);
  CHECK(Allocator::allocate(&allocator, nullptr, 0, 1) == nullptr);
  Allocator::allocate(&allocator, a, 5, 0);
  Allocator::allocate(&allocator, b, 10, 0);
  CHECK(allocator.used == 0);
}

TEST_CASE("large blocks are charged, one unit per 64 bytes") {
  Allocator allocator;
  Meter meter{};
  meter.fuel = 1000;
  allocator.meter = &meter;
  void* block = Allocator::allocate(&allocator, nullptr, 0, Allocator::kChargedFrom - 1);
  CHECK(meter.fuel == 1000);
  block = Allocator::allocate(&allocator, block, Allocator::kChargedFrom - 1, 6400);
  CHECK(meter.fuel == 900);
  Allocator::allocate(&allocator, block, 6400, 0);
  CHECK(meter.fuel == 900);
}

TEST_CASE("a script that outgrows the memory limit fails, and the state goes on") {
  vm::State::Config config = withLibraries();
  config.memoryLimit = 1 << 20;
  Machine machine(config);
  const char* const hungry[] = {
      "local t = {} for i = 1, 1e9 do t[i] = i end",
      "local s = 'x' while true do s = s .. s end",
      "return string.rep('x', 1e8)",
      "local t = {} while true do t = {t} end",
      "local t = {} while true do t[#t + 1] = function() return t end end",
      "local t = {} while true do t[#t + 1] = coroutine.create(print) end",
      "collectgarbage('stop') local t = {} while true do t[#t + 1] = {} end",
      "return string.pack('s4', string.rep('x', 600000)) .. string.rep('y', 600000)",
  };
  for (const char* script : hungry) {
    INFO(std::string(script));
    const Outcome outcome = machine.run(script);
    CHECK(outcome.status == LUA_ERRMEM);
    CHECK(outcome.text == "not enough memory");
    CHECK(machine.state.allocator.peak <= size_t{1} << 20);
    CHECK(machine.eval("collectgarbage('restart') collectgarbage() return collectgarbage('count') < 200") ==
          "true");
  }
}

#if !defined(__SANITIZE_ADDRESS__)  // blocks are the sanitizer's there
TEST_CASE("blocks of one kind cannot take the room that holes between others keep") {
  Allocator allocator;
  allocator.limit = 8 << 20;
  const size_t most = allocator.limit + Allocator::kFragmentation;
  const auto fill = [&](size_t size, std::vector<void*>& blocks) {
    while (void* block = Allocator::allocate(&allocator, nullptr, 0, size)) blocks.push_back(block);
  };
  const auto thin = [&](size_t size, std::vector<void*>& blocks, size_t kept) {
    size_t left = 0;
    for (size_t i = 0; i < blocks.size(); i++) {
      if (i % kept == 0) {
        blocks[left++] = blocks[i];
      } else {
        Allocator::allocate(&allocator, blocks[i], size, 0);
      }
    }
    blocks.resize(left);
  };
  const auto drop = [&](size_t size, std::vector<void*>& blocks) {
    for (void* block : blocks) Allocator::allocate(&allocator, block, size, 0);
    blocks.clear();
  };
  std::vector<void*> small;
  std::vector<void*> large;
  for (const size_t size : {size_t{200}, size_t{10000}, size_t{100000}}) {
    for (int round = 0; round < 3; round++) {
      fill(48, small);
      CHECK(allocator.used > allocator.limit / 2);
      CHECK(allocator.footprint() <= most);
      thin(48, small, 1000);
      fill(size, large);
      CHECK(allocator.footprint() <= most);
      thin(size, large, 50);
      fill(48, small);
      CHECK(allocator.footprint() <= most);
      drop(48, small);
      drop(size, large);
    }
  }
  CHECK(allocator.used == 0);
}

TEST_CASE("sizes that cannot be rounded up are refused") {
  Allocator allocator;
  CHECK(Allocator::allocate(&allocator, nullptr, 0, ~size_t{0}) == nullptr);
  CHECK(Allocator::allocate(&allocator, nullptr, 0, ~size_t{0} - 100) == nullptr);
  CHECK(allocator.used == 0);
}
#endif
