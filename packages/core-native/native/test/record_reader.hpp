// Reads what pack writes, and rewrites its records as maps: unpack takes no records.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "wire_fixture.hpp"

class RecordReader {
 public:
  explicit RecordReader(const std::string& bytes) : bytes_(bytes) {}

  // The whole message with maps in place of its records.
  std::string rewrite() {
    value();
    CHECK(at_ == bytes_.size());
    return out_;
  }

  int shapes() const { return static_cast<int>(shapes_.size()); }
  int records = 0;  // met so far, those that define a shape included
  int maps = 0;     // that were maps before

 private:
  void value() {
    REQUIRE(at_ < bytes_.size());
    const auto tag = static_cast<uint8_t>(bytes_[at_]);
    switch (tag) {
      case vm::wire::kShape:
        shape();
        break;
      case vm::wire::kRecord: {
        const uint32_t id = sizeAt(at_ + 1);
        at_ += 5;
        REQUIRE(id < shapes_.size());
        record(shapes_[id]);
        break;
      }
      case vm::wire::kSequence:
      case vm::wire::kMap: {
        const uint32_t count = sizeAt(at_ + 1);
        maps += tag == vm::wire::kMap ? 1 : 0;
        copy(5);
        for (uint32_t i = 0; i < (tag == vm::wire::kMap ? 2 * count : count); i++) value();
        break;
      }
      default:
        copy(scalarLength(tag));
    }
  }

  void shape() {
    const uint32_t count = sizeAt(at_ + 1);
    at_ += 5;
    std::vector<std::string> keys;
    for (uint32_t i = 0; i < count; i++) {
      const size_t length = scalarLength(static_cast<uint8_t>(bytes_[at_]));
      keys.push_back(bytes_.substr(at_, length));
      at_ += length;
    }
    // The id is given before the values, which may be records themselves.
    shapes_.push_back(keys);
    record(keys);
  }

  void record(const std::vector<std::string>& shape) {
    const std::vector<std::string> keys = shape;  // shapes_ may move
    records++;
    out_ += Message().sized(vm::wire::kMap, static_cast<uint32_t>(keys.size())).bytes;
    for (const std::string& key : keys) {
      out_ += key;
      value();
    }
  }

  // The bytes of the value at the cursor, which holds no other values.
  size_t scalarLength(uint8_t tag) {
    if (tag >= vm::wire::kShort) return 1u + tag - vm::wire::kShort;
    switch (tag) {
      case vm::wire::kInt32:
      case vm::wire::kHandle:
        return 5;
      case vm::wire::kFloat64:
      case vm::wire::kInt64:
        return 9;
      case vm::wire::kAscii:
      case vm::wire::kUtf8:
      case vm::wire::kBytes:
        return 5 + size_t{sizeAt(at_ + 1)};
      case vm::wire::kFloats:
        return 5 + size_t{sizeAt(at_ + 1)} * 8;
      default:
        REQUIRE(tag <= vm::wire::kNull);
        return 1;
    }
  }

  uint32_t sizeAt(size_t at) {
    REQUIRE(at + 4 <= bytes_.size());
    uint32_t size = 0;
    std::memcpy(&size, bytes_.data() + at, 4);
    return size;
  }

  void copy(size_t length) {
    REQUIRE(at_ + length <= bytes_.size());
    out_.append(bytes_, at_, length);
    at_ += length;
  }

  const std::string bytes_;
  size_t at_ = 0;
  std::string out_;
  std::vector<std::vector<std::string>> shapes_;
};

inline std::string recordsAsMaps(const std::string& bytes) {
  return RecordReader(bytes).rewrite();
}
