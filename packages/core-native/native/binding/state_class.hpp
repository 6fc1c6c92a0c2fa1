// The JavaScript class NativeState.
#pragma once

#include <node_api.h>

namespace binding {

// Null on failure.
napi_value defineStateClass(napi_env env) noexcept;

}  // namespace binding
