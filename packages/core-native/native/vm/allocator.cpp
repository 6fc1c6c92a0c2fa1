#include "allocator.hpp"

#include <cstdlib>
#include <cstring>

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

}  // namespace

void* Allocator::take(size_t size, size_t bound) noexcept {
  if (size <= kPooled) return pool_.allocate(size, bound > large_ ? bound - large_ : 0);
  void* block = std::malloc(size);
  if (block != nullptr) large_ += size;
  return block;
}

void Allocator::give(void* block, size_t size) noexcept {
  if (size <= kPooled) {
    pool_.release(block);
  } else {
    large_ -= size;
    std::free(block);
  }
}

void* Allocator::resize(void* block, size_t oldSize, size_t newSize) noexcept {
  if (oldSize > kPooled && newSize > kPooled) {
    void* moved = std::realloc(block, newSize);
    if (moved != nullptr) large_ += newSize - oldSize;
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
