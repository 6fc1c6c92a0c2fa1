#include "to_lua.hpp"

#include <cstdlib>

#include "failure_binding.hpp"
#include "handle_binding.hpp"
#include "host_binding.hpp"
#include "short_array.hpp"
#include "vm/collector.hpp"
#include "vm/long_string.hpp"
#include "vm/protect.hpp"
#include "vm/unpack.hpp"

namespace binding {
namespace {

// What the userdata holds. The size and the mark tell it from all other userdata.
struct HostRefBox {
  static constexpr uint64_t kMark = 0x4c75614e61746976;
  uint64_t mark;
  HostRef* ref;
  uint64_t inverse;
};

// Functions and references in one value: all are on the Lua stack at once.
constexpr uint32_t kMaxHandles = 500000;
// About what a JavaScript function takes that only Lua holds. Lua's collector is told, or it would let many
// pile up.
constexpr size_t kBytesPerFunction = 256;

int failed(StateBinding& binding, lua_State* L, int status) noexcept {
  throwFailure(binding, L, status);
  lua_pop(L, 1);
  return -1;
}

// Pushes a text of `length` bytes of UTF-8, written straight into the string.
int pushLongString(StateBinding& binding, lua_State* L, napi_value value, size_t length) noexcept {
  char* place = nullptr;
  size_t written = 0;
  const int status = vm::protect(L, 0, 1, [&place, length](lua_State* inner) {
    place = vm::pushUnwrittenString(inner, length);
    return 1;
  });
  if (status != LUA_OK) return failed(binding, L, status);
  if (napi_get_value_string_utf8(binding.data.env, value, place, length + 1, &written) != napi_ok) {
    lua_pop(L, 1);
    throwMemory(binding);
    return -1;
  }
  if (written == length) return 1;
  // Bytes that were not written must not be seen.
  const int cut = vm::protect(L, 1, 1, [place, written](lua_State* inner) {
    lua_pushlstring(inner, place, written);
    return 1;
  });
  return cut == LUA_OK ? 1 : failed(binding, L, cut);
}

int pushString(StateBinding& binding, lua_State* L, napi_value value) noexcept {
  constexpr size_t kFirstTry = 4096;
  napi_env env = binding.data.env;
  size_t length = 0;
  char text[kFirstTry];
  if (napi_get_value_string_utf8(env, value, text, kFirstTry, &length) != napi_ok) {
    throwMemory(binding);
    return -1;
  }
  if (length + 4 >= kFirstTry) {  // it may have been cut, at a character
    if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) == napi_ok)
      return pushLongString(binding, L, value, length);
    throwMemory(binding);
    return -1;
  }
  const int status = vm::protect(L, 0, 1, [&text, length](lua_State* inner) {
    lua_pushlstring(inner, text, length);
    return 1;
  });
  return status == LUA_OK ? 1 : failed(binding, L, status);
}

// Pushes what stands for a function or object in Lua, or nil; `key` is its number. False: an exception is
// pending.
bool findHostValue(StateBinding& binding, lua_State* L, napi_value value, lua_Integer* key) noexcept {
  napi_value identity = binding.data.call(Callback::identify, 1, &value);
  double id = 0;
  if (identity == nullptr || napi_get_value_double(binding.data.env, identity, &id) != napi_ok) return false;
  *key = static_cast<lua_Integer>(id);
  lua_rawgeti(L, LUA_REGISTRYINDEX, binding.hostValuesRef);
  if (lua_istable(L, -1)) {
    lua_rawgeti(L, -1, *key);
    lua_remove(L, -2);
  }
  return true;
}

// Remembers the value on top as the one for `key`. [-0, +0, 2 slots] May raise.
void keepHostValue(lua_State* L, const StateBinding& binding, lua_Integer key) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, binding.hostValuesRef);
  if (lua_istable(L, -1)) {
    lua_pushvalue(L, -2);
    lua_rawseti(L, -2, key);
  }
  lua_pop(L, 1);
}

int pushHostFunction(StateBinding& binding, lua_State* L, napi_value function) noexcept {
  lua_Integer key = 0;
  if (!findHostValue(binding, L, function, &key)) {
    throwMemory(binding);  // no effect when identify threw
    return -1;
  }
  if (lua_isfunction(L, -1)) return 1;
  lua_pop(L, 1);
  HostRef* ref = newHostRef(binding, function);
  if (ref == nullptr) {
    throwMemory(binding);
    return -1;
  }
  const int status = vm::protect(L, 0, 1, [ref, key, &binding](lua_State* inner) {
    lua_rawgeti(inner, LUA_REGISTRYINDEX, binding.hostRefMetatableRef);
    pushHostRef(inner, ref, 1);
    lua_pushcclosure(inner, callHostFunction, 1);
    keepHostValue(inner, binding, key);
    return 1;
  });
  if (status == LUA_OK) {
    vm::noteExternalBytes(L, kBytesPerFunction);
    return 1;
  }
  if (!ref->adopted) freeHostRef(ref);
  return failed(binding, L, status);
}

// Pushes the metatable that `anchor` (a registry number, or a NativeReference) names. False: it names none.
bool pushMetatable(StateBinding& binding, lua_State* L, napi_value anchor) noexcept {
  double number = 0;
  int ref = LUA_NOREF;
  if (napi_get_value_double(binding.data.env, anchor, &number) == napi_ok) {
    if (number > 0 && number < 2147483648.0) ref = static_cast<int>(number);
  } else {
    const Handle* handle = referenceOf(binding.data, anchor);
    if (handle != nullptr && handle->owner == &binding) ref = handle->ref;
  }
  if (ref == LUA_NOREF) return false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
  if (lua_istable(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

// Pushes the userdata for an object: the same one while Lua holds it.
int pushObject(StateBinding& binding, lua_State* L, napi_value object, napi_value anchor) noexcept {
  lua_Integer key = 0;
  if (!lua_checkstack(L, 8) || !findHostValue(binding, L, object, &key)) {
    throwMemory(binding);  // no effect when identify threw
    return -1;
  }
  if (lua_type(L, -1) == LUA_TUSERDATA) return 1;
  lua_pop(L, 1);
  HostRef* ref = newHostRef(binding, object);
  if (ref == nullptr || !pushMetatable(binding, L, anchor)) {
    if (ref != nullptr) freeHostRef(ref);
    throwError(binding.data, ErrorKind::argument, "Expected the metatable of an object");
    return -1;
  }
  const int status = vm::protect(L, 1, 1, [ref, key, &binding](lua_State* inner) {
    lua_pushstring(inner, "__gc");  // before setmetatable looks for it
    lua_pushcfunction(inner, collectHostRef);
    lua_rawset(inner, 1);
    pushHostRef(inner, ref, 1);
    keepHostValue(inner, binding, key);
    return 1;
  });
  if (status == LUA_OK) return 1;
  if (!ref->adopted) freeHostRef(ref);
  return failed(binding, L, status);
}

int pushFunction(StateBinding& binding, lua_State* L, napi_value function) noexcept {
  const Handle* handle = handleOf(binding.data, function);
  if (handle != nullptr && handle->owner == &binding && handle->ref != LUA_NOREF) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, handle->ref);
    return 1;
  }
  return pushHostFunction(binding, L, function);
}

int pushHandle(StateBinding& binding, lua_State* L, napi_value value, int place) noexcept {
  napi_valuetype type;
  if (napi_typeof(binding.data.env, value, &type) != napi_ok) return -1;
  if (type == napi_function) return pushFunction(binding, L, value);
  bool isPair = false;
  if (napi_is_array(binding.data.env, value, &isPair) == napi_ok && isPair) {
    napi_value object;
    napi_value anchor;
    if (napi_get_element(binding.data.env, value, 0, &object) != napi_ok ||
        napi_get_element(binding.data.env, value, 1, &anchor) != napi_ok)
      return -1;
    return pushObject(binding, L, object, anchor);
  }
  const Handle* handle = referenceOf(binding.data, value);
  if (handle != nullptr && handle->owner == &binding && handle->ref != LUA_NOREF) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, handle->ref);
    return 1;
  }
  ErrorDetail detail;
  detail.text = place == kPlaceResult ? "result" : place == kPlaceValue ? "value" : "args";
  const bool released = handle != nullptr && handle->owner == &binding;
  throwError(
      binding.data, ErrorKind::conversion,
      released ? "Expected a live reference to a Lua value, this one has been released"
               : "Expected a reference of this Lua runtime, received one that belongs to a different runtime",
      NAPI_AUTO_LENGTH, detail);
  return -1;
}

int pushEncoded(StateBinding& binding, lua_State* L, napi_value value, int place) noexcept {
  AddonData& data = binding.data;
  napi_env env = data.env;
  const napi_value arguments[2] = {value, binding.context()};
  data.mailbox[kMailFlags] = binding.flags;
  data.mailbox[kMailPlace] = static_cast<uint32_t>(place);
  napi_value handles = data.call(Callback::encode, 2, arguments);
  if (handles == nullptr) {
    throwMemory(binding);  // no effect when the encoder threw
    return -1;
  }
  const size_t offset = data.mailbox[kMailOffset];
  const size_t length = data.mailbox[kMailLength];
  if (offset > data.outboxLength || length > data.outboxLength - offset) {
    throwError(data, ErrorKind::argument, "The encoder pointed outside its outbox");
    return -1;
  }
  // No JavaScript that could encode again, and so overwrite the message, runs from here to the end of unpack:
  // identify only looks functions up, and finalizers wait.
  const vm::FinalizerHold hold(binding.state.meter);
  const int base = lua_gettop(L);
  uint32_t count = 0;
  bool isArray = false;
  if (napi_is_array(env, handles, &isArray) == napi_ok && isArray)
    napi_get_array_length(env, handles, &count);
  if (count > kMaxHandles || !lua_checkstack(L, static_cast<int>(count) + 8)) {
    throwMemory(binding);
    return -1;
  }
  for (uint32_t i = 0; i < count; i++) {
    napi_handle_scope scope;
    napi_value handle;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return -1;
    const int pushed =
        napi_get_element(env, handles, i, &handle) == napi_ok ? pushHandle(binding, L, handle, place) : -1;
    napi_close_handle_scope(env, scope);
    if (pushed < 0) {
      lua_settop(L, base);
      return -1;
    }
  }
  const uint8_t* bytes = data.outbox + offset;
  const int handleCount = static_cast<int>(count);
  // The body finds its handles as its own arguments, from stack index 1 on.
  const int status = vm::protect(L, handleCount, LUA_MULTRET, [bytes, length, handleCount](lua_State* inner) {
    return vm::unpack(inner, bytes, length, 1, handleCount);
  });
  return status == LUA_OK ? lua_gettop(L) - base : failed(binding, L, status);
}

}  // namespace

void freeHostRef(HostRef* ref) noexcept {
  if (ref->strong != nullptr && !ref->owner->data.tornDown)
    napi_delete_reference(ref->owner->data.env, ref->strong);
  std::free(ref);
}

HostRef* newHostRef(StateBinding& binding, napi_value value) noexcept {
  napi_env env = binding.data.env;
  napi_valuetype type;
  auto* ref = static_cast<HostRef*>(std::calloc(1, sizeof(HostRef)));
  if (ref == nullptr) return nullptr;
  ref->owner = &binding;
  bool made = napi_typeof(env, value, &type) == napi_ok;
  if (made && type != napi_object && type != napi_function) {
    napi_value box;
    ref->boxed = true;
    made = napi_create_array_with_length(env, 1, &box) == napi_ok &&
           napi_set_element(env, box, 0, value) == napi_ok;
    value = box;
  }
  if (made && napi_create_reference(env, value, 1, &ref->strong) == napi_ok) return ref;
  freeHostRef(ref);
  return nullptr;
}

void pushHostRef(lua_State* L, HostRef* ref, int metatable) {
  const int absolute = lua_absindex(L, metatable);
  auto* box = static_cast<HostRefBox*>(lua_newuserdatauv(L, sizeof(HostRefBox), 0));
  *box = {HostRefBox::kMark, nullptr, 0};
  if (lua_istable(L, absolute)) {
    lua_pushvalue(L, absolute);
    lua_setmetatable(L, -2);
  }
  // From here on the userdata owns it: setting the metatable was the last thing that could raise.
  box->ref = ref;
  box->inverse = ~reinterpret_cast<uint64_t>(ref);
  ref->adopted = true;
}

HostRef* hostRefAt(lua_State* L, int index) noexcept {
  if (lua_type(L, index) != LUA_TUSERDATA || lua_rawlen(L, index) != sizeof(HostRefBox)) return nullptr;
  const auto* box = static_cast<const HostRefBox*>(lua_touserdata(L, index));
  if (box->mark != HostRefBox::kMark || box->ref == nullptr) return nullptr;
  return box->inverse == ~reinterpret_cast<uint64_t>(box->ref) ? box->ref : nullptr;
}

int collectHostRef(lua_State* L) {
  HostRef* ref = hostRefAt(L, 1);
  if (ref == nullptr) return 0;
  static_cast<HostRefBox*>(lua_touserdata(L, 1))->ref = nullptr;
  ref->nextReleased = ref->owner->releasedHostRefs;
  ref->owner->releasedHostRefs = ref;
  return 0;
}

int pushJs(StateBinding& binding, lua_State* L, napi_value value, int place) noexcept {
  napi_env env = binding.data.env;
  napi_valuetype type;
  if (!lua_checkstack(L, 12)) {
    throwMemory(binding);
    return -1;
  }
  if (napi_typeof(env, value, &type) != napi_ok) return -1;
  switch (type) {
    case napi_undefined:
    case napi_null:
      lua_pushnil(L);
      return 1;
    case napi_boolean: {
      bool boolean = false;
      napi_get_value_bool(env, value, &boolean);
      lua_pushboolean(L, boolean ? 1 : 0);
      return 1;
    }
    case napi_number: {
      double number = 0;
      napi_get_value_double(env, value, &number);
      vm::pushNumber(L, number);
      return 1;
    }
    case napi_string:
      return pushString(binding, L, value);
    case napi_function:
      return pushFunction(binding, L, value);
    case napi_bigint: {
      int64_t integer = 0;
      bool lossless = false;
      if (napi_get_value_bigint_int64(env, value, &integer, &lossless) == napi_ok && lossless) {
        lua_pushinteger(L, integer);
        return 1;
      }
      return pushEncoded(binding, L, value, place);
    }
    case napi_object:
      // Strict conversion looks at each character, and tells where it refused one.
      if (!binding.inspecting && (binding.flags & kStrictConversion) == 0) {
        const int pushed = pushShortArray(binding, L, value);
        if (pushed != 0) return pushed;
      }
      return pushEncoded(binding, L, value, place);
    default:
      return pushEncoded(binding, L, value, place);
  }
}

}  // namespace binding
