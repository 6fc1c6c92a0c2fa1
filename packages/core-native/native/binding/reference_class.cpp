#include "reference_class.hpp"

#include "coroutine_methods.hpp"
#include "handle_binding.hpp"
#include "method_call.hpp"
#include "reference_call.hpp"
#include "table_methods.hpp"

namespace binding {
namespace {

napi_value construct(napi_env env, napi_callback_info info) noexcept {
  size_t count = 1;
  napi_value argument;
  napi_value self;
  napi_get_cb_info(env, info, &count, &argument, &self, nullptr);
  napi_valuetype type = napi_undefined;
  if (count == 1) napi_typeof(env, argument, &type);
  if (type != napi_external) {
    napi_throw_type_error(env, "LUA_INVALID_ARGUMENT",
                          "A reference to a Lua value can only be made by a runtime");
    return nullptr;
  }
  return self;
}

napi_value type(napi_env env, napi_callback_info info) noexcept {
  const MethodCall<Handle, 0> call(env, info, kReferenceReceiver);
  napi_value name = nullptr;
  if (call.wrapped != nullptr)
    napi_create_string_latin1(env, referenceTypeName(*call.wrapped), NAPI_AUTO_LENGTH, &name);
  return name;
}

napi_value released(napi_env env, napi_callback_info info) noexcept {
  const MethodCall<Handle, 0> call(env, info, kReferenceReceiver);
  napi_value answer = nullptr;
  if (call.wrapped != nullptr) napi_get_boolean(env, call.wrapped->released, &answer);
  return answer;
}

napi_value release(napi_env env, napi_callback_info info) noexcept {
  const MethodCall<Handle, 0> call(env, info, kReferenceReceiver);
  if (call.wrapped == nullptr) return nullptr;
  releaseNow(*call.wrapped->owner, call.wrapped);
  return undefinedValue(env);
}

}  // namespace

napi_value defineReferenceClass(napi_env env) noexcept {
  const auto method = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name,   nullptr, callback, nullptr, nullptr, nullptr, napi_default_method,
                                    nullptr};
  };
  const napi_property_descriptor properties[] = {
      {"type", nullptr, nullptr, type, nullptr, nullptr, napi_enumerable, nullptr},
      {"released", nullptr, nullptr, released, nullptr, nullptr, napi_enumerable, nullptr},
      method("release", release),
      method("get", tableGet),
      method("getReference", tableGetReference),
      method("set", tableSet),
      method("has", tableHas),
      method("length", tableLength),
      method("entries", tableEntries),
      method("sequence", tableSequence),
      method("append", tableAppend),
      method("toValue", tableToValue),
      method("toFloat64Array", tableToFloats),
      method("setMetatable", tableSetMetatable),
      method("getMetatable", tableGetMetatable),
      method("call", tableCall),
      method("anchor", tableAnchor),
      method("resume", coroutineResume),
      method("status", coroutineStatus),
      method("close", coroutineClose),
  };
  napi_value constructor = nullptr;
  if (napi_define_class(env, "LuaReference", NAPI_AUTO_LENGTH, construct, nullptr,
                        sizeof(properties) / sizeof(*properties), properties, &constructor) != napi_ok)
    return nullptr;
  return constructor;
}

}  // namespace binding
