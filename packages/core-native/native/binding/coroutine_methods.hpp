// Methods of NativeReference for coroutines. Each is a napi_callback; src/addon.ts says what they take and
// give.
#pragma once

#include <node_api.h>

namespace binding {

napi_value coroutineResume(napi_env env, napi_callback_info info) noexcept;
napi_value coroutineStatus(napi_env env, napi_callback_info info) noexcept;
napi_value coroutineClose(napi_env env, napi_callback_info info) noexcept;

}  // namespace binding
