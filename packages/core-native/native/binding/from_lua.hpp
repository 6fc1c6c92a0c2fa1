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

// The results between `first` and the top as one value.
[[nodiscard]] bool resultsToJs(StateBinding& binding, lua_State* L, int first, ResultMode mode,
                               napi_value* out) noexcept;

// The handle behind a JavaScript function or reference that this addon made; null for all others.
[[nodiscard]] Handle* handleOf(const AddonData& data, napi_value value) noexcept;
// The same for a reference (userdata, coroutine) that is an object.
[[nodiscard]] Handle* referenceOf(const AddonData& data, napi_value value) noexcept;

// Defines the class of references. Null on failure.
napi_value defineReferenceClass(napi_env env) noexcept;

// napi_callback of JavaScript functions that stand for Lua functions; its data is a Handle.
napi_value callLuaFunction(napi_env env, napi_callback_info info) noexcept;

}  // namespace binding
