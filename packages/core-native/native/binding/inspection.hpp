// Methods of NativeState that look at the stack of the running thread. Each is a napi_callback.
#pragma once

#include <node_api.h>

namespace binding {

napi_value getStack(napi_env env, napi_callback_info info) noexcept;
napi_value getLocals(napi_env env, napi_callback_info info) noexcept;

}  // namespace binding
