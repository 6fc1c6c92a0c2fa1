// The JavaScript class NativeReference: tables, coroutines and userdata by reference.
#pragma once

#include <node_api.h>

namespace binding {

// Null on failure.
napi_value defineReferenceClass(napi_env env) noexcept;

}  // namespace binding
