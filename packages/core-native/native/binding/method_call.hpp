// What native methods of the addon's classes start with.
#pragma once

#include <node_api.h>

#include <cstddef>

#include "failure_binding.hpp"
#include "state_binding.hpp"

namespace binding {

// The receiver of a method and its first `N` arguments (undefined where missing). `Wrapped` is what the class
// wraps. The engine refuses receivers of another class; a call on the prototype itself has nothing wrapped.
template <class Wrapped, size_t N>
struct MethodCall {
  napi_env env;
  Wrapped* wrapped = nullptr;
  size_t count = N;  // of the arguments that were given, which may be more than N
  napi_value arguments[N == 0 ? 1 : N] = {};

  MethodCall(napi_env environment, napi_callback_info info, const char* className) noexcept
      : env(environment) {
    napi_value self;
    void* pointer = nullptr;
    if (napi_get_cb_info(env, info, &count, arguments, &self, nullptr) != napi_ok) return;
    if (napi_unwrap(env, self, &pointer) == napi_ok) wrapped = static_cast<Wrapped*>(pointer);
    if (wrapped != nullptr) return;
    napi_throw_type_error(env, "LUA_INVALID_ARGUMENT", className);
  }
};

inline napi_value undefinedValue(napi_env env) noexcept {
  napi_value value = nullptr;
  napi_get_undefined(env, &value);
  return value;
}

}  // namespace binding
