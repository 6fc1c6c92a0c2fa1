// Small blocks for one state. The system's allocator pays for the threads that Node has; a state has one
// owner at a time and needs none of that. One size per page, pages found from their blocks by alignment, so
// that a block carries no header; pages come in segments that go back to the system when all their pages are
// empty.
#pragma once

#include <cstddef>
#include <cstdint>

namespace vm {

class Pool {
 public:
  // Blocks up to this size are the pool's.
  static constexpr size_t kLargest = 128;

  Pool() noexcept = default;
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A block of `size` bytes (1 to kLargest), aligned to 16; null when the system has no more, or when the
  // segments would take more than `footprintLimit` bytes.
  void* allocate(size_t size, size_t footprintLimit) noexcept {
    const size_t index = classOf(size);
    Page* page = usable_[index];
    if (page != nullptr && page->free != nullptr) {
      Block* block = page->free;
      page->free = block->next;
      page->live++;
      return block;
    }
    return allocateSlowly(index, footprintLimit);
  }

  void release(void* pointer) noexcept {
    auto* block = static_cast<Block*>(pointer);
    Page* page = pageOf(pointer);
    block->next = page->free;
    page->free = block;
    page->live--;
    if (!page->listed || page->live == 0) releaseSlowly(page);
  }

  [[nodiscard]] static constexpr bool sameBlock(size_t oldSize, size_t newSize) noexcept {
    return classOf(oldSize) == classOf(newSize);
  }

  // Bytes taken from the system.
  [[nodiscard]] size_t footprint() const noexcept { return footprint_; }

 private:
  static constexpr size_t kStep = 16;
  static constexpr size_t kClasses = kLargest / kStep;
  static constexpr size_t kPageSize = 1024;
  // Small states take small segments, so that thousands of them fit; from kGrowFrom bytes on they are larger.
  static constexpr size_t kSmallSegment = 4 * kPageSize;
  static constexpr size_t kLargeSegment = 64 * kPageSize;
  static constexpr size_t kGrowFrom = 128 * 1024;

  struct Block {
    Block* next;
  };
  struct Segment;
  // Lies at the start of its page.
  struct alignas(16) Page {
    Block* free;
    uint8_t* fresh;  // blocks from here on were never used
    Segment* segment;
    Page* next;  // in the list of usable pages of its class, or of empty pages
    Page* previous;
    uint16_t live;
    uint8_t index;  // size class
    bool listed;    // it is in the list of usable pages
  };
  // Lies before its pages, in the same block of the system's.
  struct Segment {
    Segment* next;
    Segment* previous;
    uint8_t* pages;
    size_t size;   // of all pages
    size_t taken;  // of the block
    size_t used;   // pages that are not empty
  };

  [[nodiscard]] static constexpr size_t classOf(size_t size) noexcept { return (size - 1) / kStep; }
  [[nodiscard]] static Page* pageOf(void* block) noexcept {
    return reinterpret_cast<Page*>(reinterpret_cast<uintptr_t>(block) & ~(uintptr_t{kPageSize} - 1));
  }

  void* allocateSlowly(size_t index, size_t footprintLimit) noexcept;
  void releaseSlowly(Page* page) noexcept;
  bool addSegment(size_t footprintLimit) noexcept;
  void dropSegment(Segment* segment) noexcept;
  static void unlink(Page*& head, Page* page) noexcept;
  static void link(Page*& head, Page* page) noexcept;

  Page* usable_[kClasses] = {};  // pages with room; the first one is tried
  Page* empty_ = nullptr;
  Segment* segments_ = nullptr;
  size_t footprint_ = 0;
};

}  // namespace vm
