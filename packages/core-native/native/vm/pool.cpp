#include "pool.hpp"

#include <cstdlib>

namespace vm {

Pool::~Pool() {
  while (segments_ != nullptr) {
    Segment* segment = segments_;
    segments_ = segment->next;
    std::free(segment);
  }
}

void Pool::unlink(Page*& head, Page* page) noexcept {
  if (page->previous != nullptr) {
    page->previous->next = page->next;
  } else {
    head = page->next;
  }
  if (page->next != nullptr) page->next->previous = page->previous;
  page->next = page->previous = nullptr;
}

void Pool::link(Page*& head, Page* page) noexcept {
  page->previous = nullptr;
  page->next = head;
  if (head != nullptr) head->previous = page;
  head = page;
}

void* Pool::allocateSlowly(size_t index, size_t footprintLimit) noexcept {
  const size_t size = (index + 1) * kStep;
  for (;;) {
    Page* page = usable_[index];
    if (page == nullptr) {
      if (empty_ == nullptr && !addSegment(footprintLimit)) return nullptr;
      page = empty_;
      unlink(empty_, page);
      page->free = nullptr;
      page->fresh = reinterpret_cast<uint8_t*>(page) + sizeof(Page);
      page->live = 0;
      page->index = static_cast<uint8_t>(index);
      page->listed = true;
      page->segment->used++;
      link(usable_[index], page);
    }
    void* block = nullptr;
    if (page->free != nullptr) {
      block = page->free;
      page->free = page->free->next;
    } else if (page->fresh + size <= reinterpret_cast<uint8_t*>(page) + kPageSize) {
      block = page->fresh;
      page->fresh += size;
    }
    if (block != nullptr) {
      page->live++;
      return block;
    }
    // Full: it comes back when a block of it is released.
    unlink(usable_[index], page);
    page->listed = false;
  }
}

void Pool::releaseSlowly(Page* page) noexcept {
  if (page->live > 0) {
    page->listed = true;
    link(usable_[page->index], page);
    return;
  }
  // The last page of a class is kept: a loop that makes and drops one object would otherwise set it up each
  // time.
  if (page->listed) {
    if (page == usable_[page->index] && page->next == nullptr) return;
    unlink(usable_[page->index], page);
  }
  page->listed = false;
  Segment* segment = page->segment;
  link(empty_, page);
  if (--segment->used == 0) dropSegment(segment);
}

bool Pool::addSegment(size_t footprintLimit) noexcept {
  const size_t size = footprint_ < kGrowFrom ? kSmallSegment : kLargeSegment;
  // Aligned here, by room for one page more: what an aligned allocation of the system leaves when it is freed
  // is too small for the next one.
  const size_t taken = sizeof(Segment) + kPageSize + size;
  if (footprint_ + taken > footprintLimit) return false;
  auto* segment = static_cast<Segment*>(std::malloc(taken));
  if (segment == nullptr) return false;
  uint8_t* pages =
      reinterpret_cast<uint8_t*>(pageOf(reinterpret_cast<uint8_t*>(segment + 1) + kPageSize - 1));
  *segment = {segments_, nullptr, pages, size, taken, 0};
  if (segments_ != nullptr) segments_->previous = segment;
  segments_ = segment;
  footprint_ += taken;
  for (size_t offset = size; offset > 0; offset -= kPageSize) {
    auto* page = reinterpret_cast<Page*>(pages + offset - kPageSize);
    page->segment = segment;
    page->listed = false;
    link(empty_, page);
  }
  return true;
}

void Pool::dropSegment(Segment* segment) noexcept {
  for (size_t offset = 0; offset < segment->size; offset += kPageSize)
    unlink(empty_, reinterpret_cast<Page*>(segment->pages + offset));
  if (segment->previous != nullptr) {
    segment->previous->next = segment->next;
  } else {
    segments_ = segment->next;
  }
  if (segment->next != nullptr) segment->next->previous = segment->previous;
  footprint_ -= segment->taken;
  std::free(segment);
}

}  // namespace vm
