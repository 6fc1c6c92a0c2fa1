#include "host_binding.hpp"

#include <cstdlib>
#include <cstring>

#include "failure_binding.hpp"
#include "from_lua.hpp"
#include "to_lua.hpp"
#include "type_tag.hpp"
#include "vm/collector.hpp"
#include "vm/protect.hpp"

namespace binding {
namespace {

constexpr int kFixedArguments = 8;
// What making and passing on an error costs, in units of the meter (about one VM instruction each).
constexpr ptrdiff_t kUnitsPerError = 2000;
// About what a JavaScript error with its stack takes. Lua's collector is told, or it would let many pile up.
constexpr size_t kBytesPerError = 3000;

// Converts the arguments and calls. Null: an exception is pending, or JavaScript cannot run.
napi_value callWithArguments(StateBinding& binding, lua_State* L, napi_value function, int count) noexcept {
  napi_env env = binding.data.env;
  napi_value fixed[kFixedArguments];
  napi_value* arguments = fixed;
  napi_value result = nullptr;
  napi_value receiver;
  if (count > kFixedArguments) {
    arguments = static_cast<napi_value*>(std::malloc(static_cast<size_t>(count) * sizeof(napi_value)));
    if (arguments == nullptr) {
      throwMemory(binding);
      return nullptr;
    }
  }
  bool converted = napi_get_undefined(env, &receiver) == napi_ok;
  binding.resetRoom();
  for (int i = 0; converted && i < count; i++)
    converted = toJs(binding, L, i + 1, Place{"args", i}, &arguments[i]);
  if (!converted) {
    throwMemory(binding);  // no effect when the conversion threw
  } else if (napi_call_function(env, receiver, function, static_cast<size_t>(count), arguments, &result) !=
             napi_ok) {
    result = nullptr;
  }
  if (arguments != fixed) std::free(arguments);
  return result;
}

// Finalizer of a LuaRuntimeError: queues the slot of its value, in the shape of a Handle.
void releaseKeptValue(napi_env env, void* data, void*) noexcept {
  auto* handle = static_cast<Handle*>(data);
  StateBinding* owner = handle->owner;
  napi_delete_reference(env, handle->weak);
  owner->queue(handle);
  owner->release();
}

// Pushes the original value when `error` is a LuaRuntimeError of this state.
bool pushKeptValue(StateBinding& binding, lua_State* L, napi_value error) noexcept {
  const auto* kept = taggedPointer<Handle>(binding.data.env, error, kErrorTag);
  if (kept == nullptr || kept->owner != &binding || kept->ref == LUA_NOREF) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, kept->ref);
  return true;
}

// Copies property `name` of `error` to field `name` of the table at `index` when it is a string. A getter
// that throws is passed over: the field is only for reading.
void copyText(StateBinding& binding, lua_State* L, napi_value error, const char* name, int index) noexcept {
  napi_env env = binding.data.env;
  napi_value property;
  napi_valuetype type = napi_undefined;
  if (napi_get_named_property(env, error, name, &property) != napi_ok) {
    napi_value ignored;
    napi_get_and_clear_last_exception(env, &ignored);
    return;
  }
  napi_typeof(env, property, &type);
  if (type != napi_string) return;
  if (pushJs(binding, L, property, kPlaceValue) != 1) {
    napi_value ignored;
    napi_get_and_clear_last_exception(env, &ignored);
    return;
  }
  lua_pushvalue(L, index);
  if (vm::protect(L, 2, 0, [name](lua_State* inner) {
        lua_pushvalue(inner, 1);
        lua_setfield(inner, 2, name);
        return 0;
      }) != LUA_OK)
    lua_pop(L, 1);
}

void copyMessage(StateBinding& binding, lua_State* L, napi_value error, int index) noexcept {
  napi_env env = binding.data.env;
  napi_valuetype type = napi_undefined;
  napi_typeof(env, error, &type);
  if (type == napi_object || type == napi_function) {
    copyText(binding, L, error, "name", index);
    copyText(binding, L, error, "message", index);
    copyText(binding, L, error, "code", index);
    return;
  }
  napi_value object;
  napi_value text;
  if (type == napi_symbol || napi_coerce_to_string(env, error, &text) != napi_ok)
    napi_create_string_latin1(env, "symbol", NAPI_AUTO_LENGTH, &text);
  if (napi_create_object(env, &object) != napi_ok ||
      napi_set_named_property(env, object, "message", text) != napi_ok)
    return;
  copyText(binding, L, object, "message", index);
}

// The inner frame: owns everything, raises nothing.
Outcome call(StateBinding& binding, lua_State* L, int* nresults, AsyncRun* run) noexcept {
  if (!binding.canCallHost()) return Outcome::closed;
  if (binding.releasedHostRefs != nullptr) binding.drainHostRefs();
  const HostRef* ref = hostRefAt(L, lua_upvalueindex(1));
  if (ref == nullptr || ref->owner != &binding) return Outcome::closed;
  napi_env env = binding.data.env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return Outcome::ended;
  vm::RunMeter& meter = binding.state.meter;
  lua_State* outer = binding.state.current();
  binding.state.setCurrent(L);
  meter.beforeHost();
  const int count = lua_gettop(L);
  napi_value function;
  napi_value result = nullptr;
  if (napi_get_reference_value(env, ref->strong, &function) == napi_ok && function != nullptr)
    result = callWithArguments(binding, L, function, count);
  Outcome outcome = Outcome::returned;
  if (run != nullptr && result != nullptr) {
    if (run->awaits(L, result)) {
      binding.state.setCurrent(outer);
      napi_close_handle_scope(env, scope);
      return Outcome::awaiting;
    }
    bool pending = false;
    if (napi_is_exception_pending(env, &pending) == napi_ok && pending) result = nullptr;
  }
  *nresults = result == nullptr ? -1 : pushJs(binding, L, result, kPlaceResult);
  if (*nresults < 0) {
    outcome = exceptionToLua(binding, L) ? Outcome::raised : Outcome::ended;
  }
  if (!meter.afterHost(L)) outcome = Outcome::ended;
  binding.state.setCurrent(outer);
  napi_close_handle_scope(env, scope);
  return outcome;
}

}  // namespace

Outcome callHostHere(lua_State* L, int* nresults, AsyncRun* run) noexcept {
  return call(*StateBinding::from(L), L, nresults, run);
}

int callHostFunction(lua_State* L) {
  int nresults = 0;
  StateBinding* binding = StateBinding::from(L);
  switch (binding->onRunThread ? binding->run->callHost(L, &nresults)
                               : call(*binding, L, &nresults, nullptr)) {
    case Outcome::returned:
      return nresults;
    case Outcome::raised:
      vm::noteExternalBytes(L, kBytesPerError);
      return lua_error(L);
    case Outcome::ended: {
      vm::RunMeter& meter = binding->state.meter;
      if (meter.goesOn(L)) meter.trip(L, vm::Trip::host);
      meter.raise(L);
    }
    case Outcome::suspended:
      binding->state.meter.suspending = binding->state.meter.waited = 1;
      return lua_yieldk(L, 0, 0, continueAfterWait);
    default:
      return luaL_error(L, "host function called while the Lua runtime is being closed");
  }
}

bool exceptionToLua(StateBinding& binding, lua_State* L) noexcept {
  napi_env env = binding.data.env;
  napi_value error = nullptr;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return false;
  if (napi_get_and_clear_last_exception(env, &error) != napi_ok || error == nullptr) return false;
  napi_valuetype type = napi_undefined;
  napi_typeof(env, error, &type);
  if ((type == napi_null || type == napi_undefined) && !binding.data.alive()) return false;
  if (binding.state.meter.tripped != 0) return false;  // it carries the trip itself
  if (!lua_checkstack(L, 16)) {
    binding.keepFatal(error);
    return false;
  }
  const int top = lua_gettop(L);
  binding.state.meter.fuel -= kUnitsPerError;  // the next poll sees it
  if ((type == napi_object || type == napi_function) && pushKeptValue(binding, L, error)) {
    binding.keepPassing(L, error);
    return true;
  }
  HostRef* ref = newHostRef(binding, error);
  const int status = ref == nullptr ? LUA_ERRMEM : vm::protect(L, 0, 1, [ref, &binding](lua_State* inner) {
    lua_createtable(inner, 0, 4);
    lua_rawgeti(inner, LUA_REGISTRYINDEX, binding.hostErrorsRef);
    lua_pushvalue(inner, -2);
    lua_rawgeti(inner, LUA_REGISTRYINDEX, binding.hostRefMetatableRef);
    pushHostRef(inner, ref, -1);
    lua_remove(inner, -2);
    lua_rawset(inner, -3);
    lua_pop(inner, 1);
    luaL_where(inner, 2);  // 1 is this body, called by the host function's frame
    lua_setfield(inner, -2, "where");
    lua_rawgeti(inner, LUA_REGISTRYINDEX, binding.errorMetatableRef);
    lua_setmetatable(inner, -2);
    return 1;
  });
  if (status != LUA_OK) {
    // Without memory for a table the error cannot be shown to the script: it ends the run.
    if (ref != nullptr && !ref->adopted) freeHostRef(ref);
    lua_settop(L, top);
    binding.keepFatal(error);
    return false;
  }
  copyMessage(binding, L, error, lua_gettop(L));
  lua_settop(L, top + 1);
  return true;
}

napi_value hostErrorAt(StateBinding& binding, lua_State* L, int index) noexcept {
  if (lua_type(L, index) != LUA_TTABLE || !lua_checkstack(L, 4)) return nullptr;
  const int top = lua_gettop(L);
  const int absolute = lua_absindex(L, index);
  napi_value error = nullptr;
  lua_rawgeti(L, LUA_REGISTRYINDEX, binding.hostErrorsRef);
  if (lua_istable(L, -1)) {
    lua_pushvalue(L, absolute);
    lua_rawget(L, -2);
    const HostRef* ref = hostRefAt(L, -1);
    if (ref != nullptr && ref->owner == &binding) {
      napi_get_reference_value(binding.data.env, ref->strong, &error);
      if (error != nullptr && ref->boxed && napi_get_element(binding.data.env, error, 0, &error) != napi_ok)
        error = nullptr;
    }
  }
  lua_settop(L, top);
  return error;
}

void throwRuntimeError(StateBinding& binding, lua_State* L, int index, const char* message, size_t length,
                       const ErrorDetail& detail) noexcept {
  napi_env env = binding.data.env;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return;
  napi_value error = makeError(binding.data, ErrorKind::runtime, message, length, detail);
  if (error == nullptr) return;
  auto* kept = static_cast<Handle*>(std::calloc(1, sizeof(Handle)));
  if (kept != nullptr && lua_checkstack(L, 4)) {
    kept->owner = &binding;
    kept->ref = LUA_NOREF;
    lua_pushvalue(L, index);
    const int status = vm::protect(L, 1, 0, [kept](lua_State* inner) {
      kept->ref = luaL_ref(inner, LUA_REGISTRYINDEX);
      return 0;
    });
    if (status != LUA_OK) lua_pop(L, 1);
    // Without a slot the error is thrown all the same; thrown back into Lua it is then a host error.
    if (kept->ref != LUA_NOREF && napi_type_tag_object(env, error, &kErrorTag) == napi_ok &&
        napi_wrap(env, error, kept, releaseKeptValue, nullptr, &kept->weak) == napi_ok) {
      binding.retain();
      kept = nullptr;
    } else if (kept->ref != LUA_NOREF) {
      binding.queue(kept);
      kept = nullptr;
    }
  }
  std::free(kept);
  napi_throw(env, error);
}

int describeHostError(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_getfield(L, 1, "where");
  lua_getfield(L, 1, "message");
  lua_pushfstring(L, "%s%s", lua_isstring(L, -2) ? lua_tostring(L, -2) : "",
                  lua_isstring(L, -1) ? lua_tostring(L, -1) : "host error");
  return 1;
}

}  // namespace binding
