// Off-thread runs: methods of NativeState.
#pragma once

#include <node_api.h>

namespace binding {

napi_value startChunk(napi_env env, napi_callback_info info) noexcept;
napi_value startCall(napi_env env, napi_callback_info info) noexcept;
napi_value startFunction(napi_env env, napi_callback_info info) noexcept;
napi_value startResume(napi_env env, napi_callback_info info) noexcept;
napi_value openTasks(napi_env env, napi_callback_info info) noexcept;
napi_value cancelRun(napi_env env, napi_callback_info info) noexcept;
napi_value expireRun(napi_env env, napi_callback_info info) noexcept;

// Export of the addon: how many off-thread runs are on processors at the same time.
napi_value setRunSlots(napi_env env, napi_callback_info info) noexcept;

}  // namespace binding
