// Arguments of native methods. The TypeScript callers have validated them; here a wrong one gives an error,
// not a crash.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdlib>

#include "state_binding.hpp"

namespace binding {

// The bytes of a string (as UTF-8) or of a Uint8Array, with a NUL behind them. Owns its memory.
class Text {
 public:
  Text() noexcept = default;
  ~Text() {
    if (bytes_ != inline_) std::free(bytes_);
  }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  // False when `value` is neither, or memory ran out.
  [[nodiscard]] bool read(napi_env env, napi_value value) noexcept;
  [[nodiscard]] bool read(napi_env env, napi_value value, napi_valuetype* type) noexcept;

  [[nodiscard]] const char* bytes() const noexcept { return bytes_; }
  [[nodiscard]] size_t length() const noexcept { return length_; }

 private:
  static constexpr size_t kInline = 512;
  [[nodiscard]] bool reserve(size_t size) noexcept;

  char inline_[kInline] = {};
  char* bytes_ = inline_;
  size_t length_ = 0;
};

// A global's name, or the segments of a path.
class GlobalPath {
 public:
  GlobalPath() noexcept = default;
  ~GlobalPath() { delete[] segments_; }
  GlobalPath(const GlobalPath&) = delete;
  GlobalPath& operator=(const GlobalPath&) = delete;

  // False when `value` is neither a string nor a non-empty array of strings.
  [[nodiscard]] bool read(napi_env env, napi_value value) noexcept;

  [[nodiscard]] uint32_t count() const noexcept { return count_; }
  [[nodiscard]] const Text& segment(uint32_t index) const noexcept {
    return segments_ == nullptr ? single_ : segments_[index];
  }

 private:
  static constexpr uint32_t kMaxSegments = 1000;
  Text single_;
  Text* segments_ = nullptr;
  uint32_t count_ = 0;
};

// The elements of an array as values of the current handle scope. Owns its memory.
class Elements {
 public:
  Elements() noexcept = default;
  ~Elements() {
    if (values_ != inline_) std::free(values_);
  }
  Elements(const Elements&) = delete;
  Elements& operator=(const Elements&) = delete;

  // undefined counts as empty. False when `value` is no array, an element's getter threw, or memory ran out.
  [[nodiscard]] bool read(napi_env env, napi_value value) noexcept;

  [[nodiscard]] const napi_value* values() const noexcept { return values_; }
  [[nodiscard]] size_t count() const noexcept { return count_; }

 private:
  static constexpr size_t kInline = 8;
  napi_value inline_[kInline] = {};
  napi_value* values_ = inline_;
  size_t count_ = 0;
};

[[nodiscard]] bool readNumber(napi_env env, napi_value value, double* out) noexcept;
[[nodiscard]] bool readBoolean(napi_env env, napi_value value, bool* out) noexcept;

}  // namespace binding
