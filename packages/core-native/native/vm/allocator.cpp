#include "allocator.hpp"

#include <cstdlib>
#include <cstring>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace vm {
namespace {

// Sanitizers see overruns only in blocks of their own allocator.
#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kPooled = 0;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr size_t kPooled = 0;
#else
constexpr size_t kPooled = Pool::kLargest;
#endif
#else
constexpr size_t kPooled = Pool::kLargest;
#endif

// What a block of more than kPooled bytes takes: at most a sixteenth more, so that blocks of nearly the same
// size, such as strings that a counter is appended to, fit into each other's places when they are freed.
size_t rounded(size_t size) noexcept {
  if (kPooled == 0) return size;
  size_t step = 16;
  for (size_t rest = size >> 9; rest != 0; rest >>= 1) step <<= 1;
  return size > Allocator::kUnlimited - step ? size : (size + step - 1) & ~(step - 1);
}

}  // namespace

// Bytes that a block of the system's allocator takes beyond those it keeps: places of smaller blocks are
// found again, those of big ones are too small for the next one when a string or a table grows.
size_t Allocator::beyondKept(size_t taken) const noexcept {
  if (taken >= kBig) return taken;
  return taken > kept_ ? taken - kept_ : 0;
}

bool Allocator::roomFor(size_t taken, size_t bound) noexcept {
  if (bound == kUnlimited) return true;
  const auto fits = [&] {
    const size_t held = footprint();
    return held <= bound && beyondKept(taken) <= bound - held;
  };
  return fits() || (returnKept() && fits());
}

bool Allocator::returnKept() noexcept {
  if (kept_ < kWorthReturning) return false;
  kept_ = 0;
#if defined(__GLIBC__)
  malloc_trim(0);
  if (meter != nullptr) meter->fuel -= kReturningCharge;
#endif
  return true;
}

void* Allocator::take(size_t size, size_t bound) noexcept {
  if (size <= kPooled) {
    const auto poolBound = [&] {
      const size_t others = large_ + kept_;
      return bound == kUnlimited ? bound : bound > others ? bound - others : 0;
    };
    void* block = pool_.allocate(size, poolBound());
    if (block != nullptr || !returnKept()) return block;
    return pool_.allocate(size, poolBound());
  }
  const size_t taken = rounded(size);
  if (!roomFor(taken, bound)) return nullptr;
  void* block = std::malloc(taken);
  if (block != nullptr) noteTaken(taken);
  return block;
}

void Allocator::give(void* block, size_t size) noexcept {
  if (size <= kPooled) {
    pool_.release(block);
  } else {
    std::free(block);
    noteGiven(rounded(size));
  }
}

void* Allocator::resize(void* block, size_t oldSize, size_t newSize) noexcept {
  if (oldSize > kPooled && newSize > kPooled) {
    const size_t held = rounded(oldSize);
    const size_t taken = rounded(newSize);
    if (taken == held) return block;
    if (taken > held && !roomFor(taken - held, footprintBound())) return nullptr;
    void* moved = std::realloc(block, taken);
    if (moved == nullptr) return nullptr;
    noteGiven(held);
    noteTaken(taken);
    return moved;
  }
  if (oldSize <= kPooled && newSize <= kPooled && Pool::sameBlock(oldSize, newSize)) return block;
  // Lua takes for granted that making a block smaller succeeds.
  void* moved = take(newSize, newSize < oldSize ? kUnlimited : footprintBound());
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, oldSize < newSize ? oldSize : newSize);
  give(block, oldSize);
  return moved;
}

void* Allocator::allocate(void* context, void* block, size_t oldSize, size_t newSize) noexcept {
  auto* self = static_cast<Allocator*>(context);
  const size_t held = block == nullptr ? 0 : oldSize;  // without a block, oldSize tells the kind of object
  if (newSize == 0) {
    if (block == nullptr) return nullptr;
    self->used -= held;
    self->give(block, held);
    return nullptr;
  }
  if (newSize > held) {
    if (self->refuseAfter > 0 && --self->refuseAfter == 0) self->refusing = true;
    if (self->refusing) return nullptr;
    const size_t growth = newSize - held;
    if (self->used > self->limit || growth > self->limit - self->used) return nullptr;
  }
  if (newSize >= kChargedFrom && self->meter != nullptr)
    self->meter->fuel -= static_cast<ptrdiff_t>(newSize >> 6);
  void* moved =
      block == nullptr ? self->take(newSize, self->footprintBound()) : self->resize(block, oldSize, newSize);
  if (moved == nullptr) return nullptr;
  self->used += newSize - held;
  if (self->used > self->peak) self->peak = self->used;
  return moved;
}

}  // namespace vm
