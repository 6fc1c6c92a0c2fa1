// The shapes (sets of keys, in order) of the records of one message, so that repeated keys are written once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vm {

class Shapes {
 public:
  static constexpr unsigned kMaxKeys = 24;  // tables with more are maps

  enum class Answer {
    known,    // the id is that of an earlier record
    defined,  // the id is new
    full,     // no room to remember another
  };

  Answer find(const void* const* keys, unsigned count, uint32_t* id) noexcept {
    unsigned slot = hash(keys, count) & (kSlots - 1);
    for (unsigned probes = 0; probes < kProbes; probes++, slot = (slot + 1) & (kSlots - 1)) {
      if (table_[slot] == 0) return define(keys, count, slot, id);
      const Shape& shape = shapes_[table_[slot] - 1];
      if (shape.count == count && std::memcmp(keys_ + shape.first, keys, count * sizeof(*keys)) == 0) {
        *id = table_[slot] - 1u;
        return Answer::known;
      }
    }
    return Answer::full;
  }

 private:
  static constexpr unsigned kSlots = 128;  // a power of two
  static constexpr unsigned kProbes = 8;
  static constexpr unsigned kShapes = 64;
  static constexpr unsigned kKeys = 512;

  struct Shape {
    uint16_t first;
    uint16_t count;
  };

  static unsigned hash(const void* const* keys, unsigned count) noexcept {
    uint64_t mixed = count;
    for (unsigned i = 0; i < count; i++)
      mixed = (mixed ^ reinterpret_cast<uintptr_t>(keys[i])) * 0x9e3779b97f4a7c15u;
    return static_cast<unsigned>(mixed >> 40);
  }

  Answer define(const void* const* keys, unsigned count, unsigned slot, uint32_t* id) noexcept {
    if (shapeCount_ == kShapes || keyCount_ + count > kKeys) return Answer::full;
    std::memcpy(keys_ + keyCount_, keys, count * sizeof(*keys));
    shapes_[shapeCount_] = {static_cast<uint16_t>(keyCount_), static_cast<uint16_t>(count)};
    keyCount_ += count;
    *id = shapeCount_++;
    table_[slot] = static_cast<uint8_t>(shapeCount_);
    return Answer::defined;
  }

  uint8_t table_[kSlots] = {};  // shape id + 1; 0: free
  Shape shapes_[kShapes];
  const void* keys_[kKeys];
  unsigned shapeCount_ = 0;
  unsigned keyCount_ = 0;
};

}  // namespace vm
