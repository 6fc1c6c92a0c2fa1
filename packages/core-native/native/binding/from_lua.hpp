// Lua values to JavaScript values.
#pragma once

#include "state_binding.hpp"

namespace binding {

// Where a value stands, for the path in a conversion error.
struct Place {
  const char* name;  // "result", "value", or "args" with an index
  int index;         // -1: none
};

// The JavaScript value for the one at `index`. False: an exception is pending. [-0, +0] Never raises; checks
// its slots.
[[nodiscard]] bool toJs(StateBinding& binding, lua_State* L, int index, Place place,
                        napi_value* out) noexcept;

// A copy of the table at `index`, whatever its metatable, under these flags. Also for the null sentinel.
[[nodiscard]] bool tableToJs(StateBinding& binding, lua_State* L, int index, Place place, uint32_t flags,
                             napi_value* out) noexcept;

// The results between `first` and the top as one value.
[[nodiscard]] bool resultsToJs(StateBinding& binding, lua_State* L, int first, ResultMode mode,
                               napi_value* out) noexcept;

}  // namespace binding
