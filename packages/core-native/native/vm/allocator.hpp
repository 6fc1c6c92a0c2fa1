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
  // How far the memory taken from the system may exceed the limit of the memory used, at least: blocks that
  // are rounded up, pages that are mostly empty, holes that the system's allocator keeps.
  static constexpr size_t kFragmentation = 4 << 20;
  // Freed bytes from which on it is worth to have the system's allocator return them, and what that counts
  // as.
  static constexpr size_t kWorthReturning = 1 << 20;
  static constexpr ptrdiff_t kReturningCharge = 1 << 14;
  static constexpr size_t kBig = 128 * 1024;

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

  // Bytes that the system sees taken, at most: those in use, and those freed that it keeps.
  [[nodiscard]] size_t footprint() const noexcept { return pool_.footprint() + large_ + kept_; }

  // lua_Alloc. `context` is an Allocator. Returns null at the limit and when the system has no more; never
  // aborts.
  static void* allocate(void* context, void* block, size_t oldSize, size_t newSize) noexcept;

 private:
  [[nodiscard]] size_t footprintBound() const noexcept {
    const size_t excess = limit / 8 > kFragmentation ? limit / 8 : kFragmentation;
    return limit > kUnlimited - excess ? kUnlimited : limit + excess;
  }
  void noteTaken(size_t taken) noexcept {
    kept_ -= taken >= kBig ? 0 : kept_ < taken ? kept_ : taken;
    large_ += taken;
  }
  void noteGiven(size_t taken) noexcept {
    large_ -= taken;
    kept_ += taken;
  }
  [[nodiscard]] size_t beyondKept(size_t taken) const noexcept;
  [[nodiscard]] bool roomFor(size_t taken, size_t bound) noexcept;
  bool returnKept() noexcept;
  [[nodiscard]] void* take(size_t size, size_t bound) noexcept;
  void give(void* block, size_t size) noexcept;
  [[nodiscard]] void* resize(void* block, size_t oldSize, size_t newSize) noexcept;

  Pool pool_;
  size_t large_ = 0;  // bytes in blocks that are not the pool's
  size_t kept_ = 0;   // of such blocks, freed ones that the system's allocator may still hold
};

}  // namespace vm
