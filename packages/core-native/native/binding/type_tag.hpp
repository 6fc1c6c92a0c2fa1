// Brands on objects that this copy of the addon made, so that nothing else is taken for them.
#pragma once

#include <node_api.h>

namespace binding {

// Random numbers, mixed at load time with an address of this copy of the addon: two copies in one process see
// only their own objects.
extern napi_type_tag kFunctionTag;
extern napi_type_tag kReferenceTag;
extern napi_type_tag kErrorTag;

// The pointer that a branded object wraps; null for all others.
template <class T>
[[nodiscard]] T* taggedPointer(napi_env env, napi_value value, const napi_type_tag& tag) noexcept {
  bool matches = false;
  void* pointer = nullptr;
  if (napi_check_object_type_tag(env, value, &tag, &matches) != napi_ok || !matches) return nullptr;
  return napi_unwrap(env, value, &pointer) == napi_ok ? static_cast<T*>(pointer) : nullptr;
}

}  // namespace binding
