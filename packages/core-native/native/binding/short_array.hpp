// Arrays that are not worth a message.
#pragma once

#include <node_api.h>

#include "state_binding.hpp"

namespace binding {

// Pushes an array of one or two booleans, numbers, short strings and nils as a table. Gives the number of
// values pushed: 0 when the value is something else, which then has to be read again. -1: an exception is
// pending.
// [-0, +1 or 0, 12 slots]
int pushShortArray(StateBinding& binding, lua_State* L, napi_value value) noexcept;

}  // namespace binding
