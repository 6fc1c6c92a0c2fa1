#include "allocator.hpp"

#include <cstdlib>

namespace vm {

void* Allocator::allocate(void* context, void* block, size_t oldSize, size_t newSize) noexcept {
  auto* self = static_cast<Allocator*>(context);
  const size_t held = block == nullptr ? 0 : oldSize;  // without a block, oldSize tells the kind of object
  if (newSize == 0) {
    self->used -= held;
    std::free(block);
    return nullptr;
  }
  if (newSize > held) {
    if (self->refuseAfter > 0 && --self->refuseAfter == 0) self->refusing = true;
    if (self->refusing) return nullptr;
    const size_t growth = newSize - held;
    if (self->used > self->limit || growth > self->limit - self->used) return nullptr;
  }
  if (newSize >= kChargedFrom && self->meter != nullptr) self->meter->fuel -= static_cast<ptrdiff_t>(newSize >> 6);
  void* moved = std::realloc(block, newSize);
  if (moved == nullptr) {
    // Lua takes for granted that making a block smaller succeeds; the old block is as good.
    if (newSize > held) return nullptr;
    moved = block;
  }
  self->used += newSize - held;
  if (self->used > self->peak) self->peak = self->used;
  return moved;
}

}  // namespace vm
