#include "handle_binding.hpp"

#include <cstdlib>

#include "failure_binding.hpp"
#include "host_binding.hpp"
#include "invoke.hpp"
#include "to_lua.hpp"
#include "type_tag.hpp"
#include "vm/protect.hpp"

namespace binding {
namespace {

void releaseHandle(napi_env env, void* data, void*) noexcept {
  auto* handle = static_cast<Handle*>(data);
  StateBinding* owner = handle->owner;
  napi_delete_reference(env, handle->weak);
  if (handle->shown != nullptr) napi_delete_reference(env, handle->shown);
  handle->weak = handle->shown = nullptr;
  owner->queue(handle);
  owner->release();  // a binding without other owners frees the queue, and this handle with it
}

Handle* newHandle(StateBinding& binding, int type) noexcept {
  const HandleCost cost = handleCost(type);
  binding.state.meter.fuel -= cost.units;
  if (binding.handleBytes + cost.bytes > binding.state.allocator.room()) return nullptr;
  uint32_t id = binding.freeHandle;
  if (id == 0 && binding.handleCount >= binding.handleCapacity) {
    const uint32_t capacity = binding.handleCapacity == 0 ? 16 : binding.handleCapacity * 2;
    auto* grown = static_cast<Handle**>(std::realloc(binding.handles, capacity * sizeof(Handle*)));
    if (grown == nullptr) return nullptr;
    binding.handles = grown;
    binding.handleCapacity = capacity;
  }
  auto* handle = static_cast<Handle*>(std::calloc(1, sizeof(Handle)));
  if (handle == nullptr) return nullptr;
  if (id != 0) {
    binding.freeHandle = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(binding.handles[id]) >> 1);
  } else {
    id = binding.handleCount++;
  }
  binding.handleBytes += cost.bytes;
  binding.handles[id] = handle;
  handle->owner = &binding;
  handle->ref = LUA_NOREF;
  handle->id = id;
  handle->type = type;
  return handle;
}

// The function that stands for a Lua function.
napi_value makeFunction(StateBinding& binding, Handle* handle) noexcept {
  napi_env env = binding.data.env;
  napi_value function = nullptr;
  if (napi_create_function(env, "luaFunction", NAPI_AUTO_LENGTH, callLuaFunction, handle, &function) !=
      napi_ok)
    return nullptr;
  if (napi_type_tag_object(env, function, &kFunctionTag) != napi_ok) return nullptr;
  if (napi_wrap(env, function, handle, releaseHandle, nullptr, &handle->weak) != napi_ok) return nullptr;
  binding.retain();
  return function;
}

// A NativeReference, and what the host shows of it.
napi_value makeReference(StateBinding& binding, Handle* handle) noexcept {
  napi_env env = binding.data.env;
  napi_value constructor;
  napi_value token;
  napi_value reference = nullptr;
  napi_value arguments[3];
  if (napi_get_reference_value(env, binding.data.referenceClass, &constructor) != napi_ok ||
      napi_create_external(env, handle, nullptr, nullptr, &token) != napi_ok ||
      napi_new_instance(env, constructor, 1, &token, &reference) != napi_ok ||
      napi_type_tag_object(env, reference, &kReferenceTag) != napi_ok ||
      napi_wrap(env, reference, handle, releaseHandle, nullptr, &handle->weak) != napi_ok)
    return nullptr;
  binding.retain();
  arguments[0] = reference;
  napi_create_string_latin1(env, referenceTypeName(*handle), NAPI_AUTO_LENGTH, &arguments[1]);
  arguments[2] = binding.context();
  napi_value shown = binding.data.call(Callback::wrapReference, 3, arguments);
  if (shown == nullptr) return nullptr;
  if (napi_create_reference(env, shown, 0, &handle->shown) != napi_ok) handle->shown = nullptr;
  return shown;
}

// What a userdata or function that stands for a JavaScript object or function stands for; null for all
// others.
// [-0, +0, 1 slot]
const HostRef* hostValueAt(lua_State* L, int index) noexcept {
  if (lua_tocfunction(L, index) != callHostFunction) return hostRefAt(L, index);
  if (lua_getupvalue(L, index, 1) == nullptr) return nullptr;
  const HostRef* ref = hostRefAt(L, -1);
  lua_pop(L, 1);
  return ref;
}

// The live JavaScript value of a handle; null when it was collected.
napi_value shownOf(napi_env env, const Handle* handle) noexcept {
  napi_value value = nullptr;
  napi_ref reference = handle->type == LUA_TFUNCTION ? handle->weak : handle->shown;
  if (reference != nullptr) napi_get_reference_value(env, reference, &value);
  return value;
}

}  // namespace

bool handleToJs(StateBinding& binding, lua_State* L, int index, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  if (!lua_checkstack(L, 8)) {
    throwMemory(binding);
    return false;
  }
  const HostRef* object = hostValueAt(L, index);
  if (object != nullptr && object->owner == &binding) {
    *out = nullptr;
    return napi_get_reference_value(env, object->strong, out) == napi_ok && *out != nullptr;
  }
  const int absolute = lua_absindex(L, index);
  lua_rawgeti(L, LUA_REGISTRYINDEX, binding.idsRef);
  lua_Integer id = 0;
  if (lua_istable(L, -1)) {
    lua_pushvalue(L, absolute);
    lua_rawget(L, -2);
    id = lua_tointeger(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  if (id > 0 && id < lua_Integer{binding.handleCount} && !StateBinding::isFreeHandle(binding.handles[id])) {
    *out = shownOf(env, binding.handles[id]);
    if (*out != nullptr) return true;
  }
  if (++binding.handlesMade >= binding.sweepAfter) binding.sweepHandles();
  Handle* handle = newHandle(binding, lua_type(L, absolute));
  if (handle == nullptr) {
    throwMemory(binding);
    return false;
  }
  lua_pushvalue(L, absolute);
  const int status = vm::protect(L, 1, 0, [handle, &binding](lua_State* inner) {
    lua_pushvalue(inner, 1);
    handle->ref = luaL_ref(inner, LUA_REGISTRYINDEX);
    lua_rawgeti(inner, LUA_REGISTRYINDEX, binding.idsRef);
    lua_pushvalue(inner, 1);
    lua_pushinteger(inner, handle->id);
    lua_rawset(inner, -3);
    return 0;
  });
  if (status != LUA_OK) {
    throwFailure(binding, L, status);
    lua_pop(L, 1);
  } else {
    *out = handle->type == LUA_TFUNCTION ? makeFunction(binding, handle) : makeReference(binding, handle);
    if (*out != nullptr) return true;
    if (handle->weak != nullptr) return false;  // its object is there, and its finalizer frees the handle
  }
  binding.queue(handle);
  return false;
}

const char* referenceTypeName(const Handle& handle) noexcept {
  switch (handle.type) {
    case LUA_TTABLE:
      return "table";
    case LUA_TTHREAD:
      return "thread";
    default:
      return "userdata";
  }
}

Handle* handleOf(const AddonData& data, napi_value value) noexcept {
  return taggedPointer<Handle>(data.env, value, kFunctionTag);
}

Handle* referenceOf(const AddonData& data, napi_value value) noexcept {
  return taggedPointer<Handle>(data.env, value, kReferenceTag);
}

const Handle* readLuaFunction(const StateBinding& binding, napi_value value) noexcept {
  napi_valuetype type = napi_undefined;
  napi_typeof(binding.data.env, value, &type);
  const Handle* handle = type == napi_function ? handleOf(binding.data, value) : nullptr;
  const char* problem = nullptr;
  if (type != napi_function) {
    problem = "Expected a Lua function";
  } else if (handle == nullptr) {
    problem = "Expected a Lua function; a plain JavaScript function will not do";
  } else if (handle->owner != &binding) {
    problem = "Expected a function of this Lua runtime, this one belongs to a different runtime";
  } else if (handle->ref == LUA_NOREF || handle->released) {
    problem = "Expected a live Lua function, this one has been released";
  }
  if (problem != nullptr) throwError(binding.data, ErrorKind::argument, problem);
  return problem == nullptr ? handle : nullptr;
}

void releaseNow(StateBinding& binding, Handle* handle) noexcept {
  if (handle->released) return;
  handle->released = true;
  if (handle->ref == LUA_NOREF || !binding.usable()) return;
  if (binding.away) {
    binding.defer(handle);
    return;
  }
  lua_State* L = binding.state.current();
  if (!lua_checkstack(L, 8)) return;
  binding.forgetHandle(L, handle);
  handle->ref = LUA_NOREF;
}

napi_value callLuaFunction(napi_env env, napi_callback_info info) noexcept {
  constexpr size_t kFixed = 8;
  napi_value fixed[kFixed];
  napi_value* arguments = fixed;
  size_t count = kFixed;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, fixed, nullptr, &data) != napi_ok) return nullptr;
  auto* handle = static_cast<Handle*>(data);
  StateBinding& binding = *handle->owner;
  if (handle->ref == LUA_NOREF && binding.usable()) {
    throwError(binding.data, ErrorKind::argument, "Expected a live Lua function, this one has been released");
    return nullptr;
  }
  if (count > kFixed) {
    arguments = static_cast<napi_value*>(std::malloc(count * sizeof(napi_value)));
    if (arguments == nullptr || napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok) {
      std::free(arguments);
      throwMemory(binding);
      return nullptr;
    }
  }
  napi_value result = invoke(binding, {}, ResultMode::automatic, count, arguments, [handle](lua_State* L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, handle->ref);
    return LUA_OK;
  });
  if (arguments != fixed) std::free(arguments);
  return result;
}

}  // namespace binding
