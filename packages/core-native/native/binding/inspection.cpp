#include "inspection.hpp"

#include "arguments.hpp"
#include "from_lua.hpp"
#include "method_call.hpp"
#include "vm/protect.hpp"

namespace binding {
namespace {

constexpr const char* kReceiver = "Expected a NativeState as receiver";

void setText(napi_env env, napi_value object, const char* name, const char* text,
             size_t length = NAPI_AUTO_LENGTH) noexcept {
  napi_value value;
  if (napi_create_string_utf8(env, text == nullptr ? "" : text, length, &value) == napi_ok)
    napi_set_named_property(env, object, name, value);
}

void setNumber(napi_env env, napi_value object, const char* name, int number) noexcept {
  napi_value value;
  if (napi_create_int32(env, number, &value) == napi_ok) napi_set_named_property(env, object, name, value);
}

bool usable(const StateBinding* binding) noexcept {
  if (binding == nullptr) return false;
  return !refuseUse(*binding);
}

}  // namespace

napi_value getStack(napi_env env, napi_callback_info info) noexcept {
  const MethodCall<StateBinding, 1> call(env, info, kReceiver);
  double most = 0;
  napi_value frames = nullptr;
  if (!usable(call.wrapped)) return nullptr;
  if (!readNumber(env, call.arguments[0], &most) || !(most >= 0) ||
      napi_create_array(env, &frames) != napi_ok) {
    throwError(call.wrapped->data, ErrorKind::argument, "Expected a number of levels");
    return nullptr;
  }
  if (call.wrapped->state.depth() == 0) return frames;
  lua_State* L = call.wrapped->state.current();
  lua_Debug frame;
  for (int level = 0; level < most && lua_getstack(L, level, &frame) != 0; level++) {
    napi_handle_scope scope;
    napi_value object;
    if (lua_getinfo(L, "Sln", &frame) == 0 || napi_open_handle_scope(env, &scope) != napi_ok) break;
    if (napi_create_object(env, &object) == napi_ok) {
      setNumber(env, object, "level", level);
      setText(env, object, "source", frame.source, frame.srclen);
      setText(env, object, "shortSource", frame.short_src);
      setNumber(env, object, "currentLine", frame.currentline);
      setNumber(env, object, "lineDefined", frame.linedefined);
      setText(env, object, "name", frame.name);
      setText(env, object, "nameWhat", frame.namewhat);
      setText(env, object, "what", frame.what);
      napi_set_element(env, frames, static_cast<uint32_t>(level), object);
    }
    napi_close_handle_scope(env, scope);
  }
  return frames;
}

napi_value getLocals(napi_env env, napi_callback_info info) noexcept {
  const MethodCall<StateBinding, 1> call(env, info, kReceiver);
  double wanted = 0;
  if (!usable(call.wrapped)) return nullptr;
  StateBinding& binding = *call.wrapped;
  if (!readNumber(env, call.arguments[0], &wanted) || !(wanted >= 0) || wanted > 1e6) {
    throwError(binding.data, ErrorKind::argument, "Expected a level");
    return nullptr;
  }
  lua_State* L = binding.state.current();
  lua_Debug frame;
  if (binding.state.depth() == 0 || lua_getstack(L, static_cast<int>(wanted), &frame) == 0)
    return undefinedValue(env);
  napi_value locals = nullptr;
  if (!lua_checkstack(L, 8) || napi_create_array(env, &locals) != napi_ok) {
    throwMemory(binding);
    return nullptr;
  }
  uint32_t count = 0;
  const char* name;
  for (int i = 1; (name = lua_getlocal(L, &frame, i)) != nullptr; i++) {
    const int top = lua_gettop(L);
    napi_value object;
    napi_value value;
    bool made = true;
    if (*name != '(') {  // temporaries and the like have such names
      made = toJs(binding, L, -1, Place{"value", -1}, &value) && napi_create_object(env, &object) == napi_ok;
      if (made) {
        setText(env, object, "name", name);
        napi_set_named_property(env, object, "value", value);
        napi_set_element(env, locals, count++, object);
      }
    }
    lua_settop(L, top - 1);
    if (!made) return nullptr;
  }
  return locals;
}

}  // namespace binding
