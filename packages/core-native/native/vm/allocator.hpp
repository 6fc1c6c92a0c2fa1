// The lua_Alloc of every state: counts bytes, enforces the limit, tells the meter of bytes moved.
#pragma once

#include <cstddef>

#include "lua_api.hpp"
#include "meter.h"
#include "pool.hpp"

namespace vm {

struct Allocator {
  static constexpr size_t kUnlimited = ~size_t{0};
  // Blocks from this size on are charged, one unit per 64 bytes: copying them is work that no instruction
  // shows.
  static constexpr size_t kChargedFrom = 1024;
  // How far pages that are mostly empty may take the memory held beyond the limit of the memory used.
  static constexpr size_t kFragmentation = 4 << 20;

  size_t used = 0;
  size_t peak = 0;
  size_t limit = kUnlimited;
  // For tests: when positive, counts down at each request; the one that reaches 0, and all after it, are
  // refused.
  long refuseAfter = 0;
  bool refusing = false;
  Meter* meter = nullptr;
  unsigned seed = 0;  // of string hashes, for Lua 5.4, which asks meter_seed

  // Bytes left under the limit.
  [[nodiscard]] size_t room() const noexcept {
    return limit == kUnlimited ? kUnlimited : used < limit ? limit - used : 0;
  }

  // lua_Alloc. `context` is an Allocator. Returns null at the limit and when the system has no more; never
  // aborts.
  static void* allocate(void* context, void* block, size_t oldSize, size_t newSize) noexcept;

 private:
  [[nodiscard]] size_t footprintBound() const noexcept {
    return limit > kUnlimited - kFragmentation ? kUnlimited : limit + kFragmentation;
  }
  [[nodiscard]] void* take(size_t size, size_t bound) noexcept;
  void give(void* block, size_t size) noexcept;
  [[nodiscard]] void* resize(void* block, size_t oldSize, size_t newSize) noexcept;

  Pool pool_;
  size_t large_ = 0;  // bytes in blocks that are not the pool's
};

}  // namespace vm
