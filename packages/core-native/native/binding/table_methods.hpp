// Methods of NativeReference for tables. Each is a napi_callback; src/addon.ts says what they take and give.
#pragma once

#include <node_api.h>

namespace binding {

napi_value tableGet(napi_env env, napi_callback_info info) noexcept;
napi_value tableGetReference(napi_env env, napi_callback_info info) noexcept;
napi_value tableSet(napi_env env, napi_callback_info info) noexcept;
napi_value tableHas(napi_env env, napi_callback_info info) noexcept;
napi_value tableLength(napi_env env, napi_callback_info info) noexcept;
napi_value tableEntries(napi_env env, napi_callback_info info) noexcept;
napi_value tableSequence(napi_env env, napi_callback_info info) noexcept;
napi_value tableAppend(napi_env env, napi_callback_info info) noexcept;
napi_value tableToValue(napi_env env, napi_callback_info info) noexcept;
napi_value tableToFloats(napi_env env, napi_callback_info info) noexcept;
napi_value tableSetMetatable(napi_env env, napi_callback_info info) noexcept;
napi_value tableGetMetatable(napi_env env, napi_callback_info info) noexcept;
napi_value tableCall(napi_env env, napi_callback_info info) noexcept;
napi_value tableAnchor(napi_env env, napi_callback_info info) noexcept;

}  // namespace binding
