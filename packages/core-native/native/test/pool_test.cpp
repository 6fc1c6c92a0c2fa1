#include "vm/pool.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

using vm::Pool;

namespace {

constexpr size_t kNoLimit = ~size_t{0};

}  // namespace

TEST_CASE("the pool's blocks are aligned, apart from each other and keep their bytes") {
  Pool pool;
  struct Block {
    unsigned char* at;
    size_t size;
    unsigned char mark;
  };
  std::vector<Block> blocks;
  unsigned random = 1;
  for (int round = 0; round < 30000; round++) {
    random = random * 1664525u + 1013904223u;
    if (!blocks.empty() && (random >> 28) < (round < 15000 ? 6 : 9)) {
      const size_t which = (random >> 4) % blocks.size();
      const Block block = blocks[which];
      bool kept = true;
      for (size_t i = 0; i < block.size; i++) kept = kept && block.at[i] == block.mark;
      REQUIRE(kept);
      pool.release(block.at);
      blocks[which] = blocks.back();
      blocks.pop_back();
    } else {
      const size_t size = 1 + (random >> 9) % Pool::kLargest;
      auto* at = static_cast<unsigned char*>(pool.allocate(size, kNoLimit));
      REQUIRE(at != nullptr);
      REQUIRE(reinterpret_cast<uintptr_t>(at) % 16 == 0);
      const auto mark = static_cast<unsigned char>(random);
      std::memset(at, mark, size);
      blocks.push_back({at, size, mark});
    }
  }
  for (const Block& block : blocks) pool.release(block.at);
}

TEST_CASE("segments whose pages are all empty go back to the system") {
  Pool pool;
  std::vector<void*> blocks;
  for (int i = 0; i < 20000; i++) blocks.push_back(pool.allocate(64, kNoLimit));
  const size_t full = pool.footprint();
  CHECK(full >= 20000 * 64);
  CHECK(full < 20000 * 64 * 5 / 4);
  for (void* block : blocks) pool.release(block);
  CHECK(pool.footprint() < full / 10);
}

TEST_CASE("a pool takes no more than its bound, and goes on when blocks come back") {
  Pool pool;
  constexpr size_t kBound = 64 * 1024;
  std::vector<void*> blocks;
  while (void* block = pool.allocate(100, kBound)) blocks.push_back(block);
  CHECK(pool.footprint() <= kBound);
  CHECK(blocks.size() > kBound / 100 / 2);
  CHECK(pool.allocate(120, kBound) == nullptr);
  pool.release(blocks.back());
  blocks.back() = pool.allocate(100, kBound);
  CHECK(blocks.back() != nullptr);
  for (void* block : blocks) pool.release(block);
  void* other = pool.allocate(120, kBound);
  CHECK(other != nullptr);
  pool.release(other);
}

TEST_CASE("sizes of one block need no move") {
  CHECK(Pool::sameBlock(1, 16));
  CHECK_FALSE(Pool::sameBlock(16, 17));
  CHECK(Pool::sameBlock(113, 128));
}
