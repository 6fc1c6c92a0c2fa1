#include "arguments.hpp"

#include <cstring>
#include <new>

namespace binding {

bool Text::reserve(size_t size) noexcept {
  if (size <= kInline) return true;
  bytes_ = static_cast<char*>(std::malloc(size));
  if (bytes_ != nullptr) return true;
  bytes_ = inline_;
  return false;
}

bool Text::read(napi_env env, napi_value value, napi_valuetype* type) noexcept {
  if (napi_typeof(env, value, type) != napi_ok) return false;
  if (*type == napi_string) {
    if (napi_get_value_string_utf8(env, value, inline_, kInline, &length_) != napi_ok) return false;
    if (length_ + 4 < kInline) return true;  // else it may have been cut, at a character
    return napi_get_value_string_utf8(env, value, nullptr, 0, &length_) == napi_ok && reserve(length_ + 1) &&
           napi_get_value_string_utf8(env, value, bytes_, length_ + 1, &length_) == napi_ok;
  }
  bool isTyped = false;
  if (napi_is_typedarray(env, value, &isTyped) != napi_ok || !isTyped) return false;
  napi_typedarray_type kind;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &kind, &length_, &data, nullptr, nullptr) != napi_ok ||
      kind != napi_uint8_array)
    return false;
  if (!reserve(length_ + 1)) return false;
  if (length_ > 0) std::memcpy(bytes_, data, length_);
  bytes_[length_] = '\0';
  return true;
}

bool Text::read(napi_env env, napi_value value) noexcept {
  napi_valuetype type;
  return read(env, value, &type);
}

bool GlobalPath::read(napi_env env, napi_value value) noexcept {
  bool isArray = false;
  napi_valuetype type;
  if (napi_is_array(env, value, &isArray) != napi_ok) return false;
  if (!isArray) {
    count_ = 1;
    return single_.read(env, value, &type) && type == napi_string;
  }
  if (napi_get_array_length(env, value, &count_) != napi_ok || count_ == 0 || count_ > kMaxSegments)
    return false;
  segments_ = new (std::nothrow) Text[count_];
  if (segments_ == nullptr) return false;
  for (uint32_t i = 0; i < count_; i++) {
    napi_value element;
    if (napi_get_element(env, value, i, &element) != napi_ok) return false;
    if (!segments_[i].read(env, element, &type) || type != napi_string) return false;
  }
  return true;
}

bool Elements::read(napi_env env, napi_value value) noexcept {
  napi_valuetype type;
  bool isArray = false;
  uint32_t count = 0;
  if (napi_typeof(env, value, &type) != napi_ok) return false;
  if (type == napi_undefined) return true;
  if (napi_is_array(env, value, &isArray) != napi_ok || !isArray ||
      napi_get_array_length(env, value, &count) != napi_ok)
    return false;
  if (count > kInline) {
    values_ = static_cast<napi_value*>(std::malloc(count * sizeof(napi_value)));
    if (values_ == nullptr) {
      values_ = inline_;
      return false;
    }
  }
  for (; count_ < count; count_++)
    if (napi_get_element(env, value, static_cast<uint32_t>(count_), &values_[count_]) != napi_ok)
      return false;
  return true;
}

bool readNumber(napi_env env, napi_value value, double* out) noexcept {
  return napi_get_value_double(env, value, out) == napi_ok;
}

bool readBoolean(napi_env env, napi_value value, bool* out) noexcept {
  return napi_get_value_bool(env, value, out) == napi_ok;
}

}  // namespace binding
