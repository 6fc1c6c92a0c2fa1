// Whether text is ASCII, which crosses with less work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace vm {

[[nodiscard]] inline bool isAscii(const char* text, size_t length) noexcept {
  constexpr uint64_t kHighBits = 0x8080808080808080u;
  constexpr size_t kBlock = 64;  // compilers make vectors of it
  size_t i = 0;
  uint64_t words[kBlock / 8];
  for (; i + kBlock <= length; i += kBlock) {
    std::memcpy(words, text + i, kBlock);
    uint64_t bits = 0;
    for (const uint64_t word : words) bits |= word;
    if ((bits & kHighBits) != 0) return false;
  }
  for (; i + 8 <= length; i += 8) {
    std::memcpy(words, text + i, 8);
    if ((words[0] & kHighBits) != 0) return false;
  }
  for (; i < length; i++)
    if ((static_cast<unsigned char>(text[i]) & 0x80u) != 0) return false;
  return true;
}

}  // namespace vm
