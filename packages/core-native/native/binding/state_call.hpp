// What methods of NativeState start with.
#pragma once

#include "arguments.hpp"
#include "failure_binding.hpp"
#include "method_call.hpp"

namespace binding {

inline constexpr const char* kStateReceiver = "Expected a NativeState as receiver";

// A method call on an open state that is not away; else `binding` is null and an exception is pending.
template <size_t N>
struct Call : MethodCall<StateBinding, N> {
  StateBinding* binding = nullptr;

  Call(napi_env environment, napi_callback_info info) noexcept
      : MethodCall<StateBinding, N>(environment, info, kStateReceiver) {
    if (this->wrapped == nullptr) return;
    if (refuseUse(*this->wrapped)) return;
    binding = this->wrapped;
  }

  napi_value refuse(const char* expected) const noexcept {
    throwError(binding->data, ErrorKind::argument, expected);
    return nullptr;
  }
};

inline bool readLimits(napi_env env, napi_value instructions, napi_value timeout,
                       vm::Limits* limits) noexcept {
  return readNumber(env, instructions, &limits->maxInstructions) &&
         readNumber(env, timeout, &limits->timeoutMs) && limits->maxInstructions >= 0 &&
         limits->timeoutMs >= 0;
}

// The receiver of a method that an off-thread run does not disturb; null: an exception is pending.
template <size_t N>
[[nodiscard]] StateBinding* openState(const MethodCall<StateBinding, N>& call) noexcept {
  if (call.wrapped == nullptr || call.wrapped->usable()) return call.wrapped;
  throwDisposed(*call.wrapped);
  return nullptr;
}

}  // namespace binding
