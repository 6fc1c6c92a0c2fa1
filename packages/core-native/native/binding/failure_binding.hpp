// Failures become JavaScript exceptions.
#pragma once

#include "state_binding.hpp"

namespace binding {

struct ErrorDetail {
  napi_value value = nullptr;  // of a runtime error; undefined when null
  const char* chunk = "";
  int line = -1;
  const char* traceback = "";
  double first = 0;
  double second = 0;
  const char* text = "";
};

// Makes the error of a kind. Null when JavaScript cannot run or threw.
napi_value makeError(const AddonData& data, ErrorKind kind, const char* message, size_t length,
                     const ErrorDetail& detail) noexcept;

// Throws the error that the host makes. Does nothing when an exception is pending or JavaScript cannot run.
void throwError(const AddonData& data, ErrorKind kind, const char* message, size_t length,
                const ErrorDetail& detail) noexcept;
void throwError(const AddonData& data, ErrorKind kind, const char* message) noexcept;
void throwMemory(StateBinding& binding) noexcept;
void throwDisposed(const StateBinding& binding) noexcept;
// Throws when the state is closed, or is in an off-thread run that is not in a host function now. True: it
// threw.
[[nodiscard]] bool refuseUse(const StateBinding& binding) noexcept;
// "maximum nesting depth …" or "circular reference …", at `place` and the path of the failure.
void throwPackFailure(const AddonData& data, vm::PackStatus status, const char* place,
                      const vm::PackFailure& failure) noexcept;

// Throws what a call or a load that ended with `status` means; the error value is on top of `L`.
void throwFailure(StateBinding& binding, lua_State* L, int status) noexcept;
// Throws the error of a tripped meter.
void throwTrip(StateBinding& binding) noexcept;

// lua_CFunction: the message handler of entries. Notes the traceback, leaves the value alone.
int noteTraceback(lua_State* L);

}  // namespace binding
