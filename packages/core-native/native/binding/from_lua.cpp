#include "from_lua.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "failure_binding.hpp"
#include "invoke.hpp"
#include "type_tag.hpp"
#include "vm/protect.hpp"

namespace binding {
namespace {

constexpr lua_Integer kMaxSafeInteger = 9007199254740991;

void describe(Place place, char* out, size_t size) noexcept {
  if (place.index < 0) {
    std::snprintf(out, size, "%s", place.name);
  } else {
    std::snprintf(out, size, "%s[%d]", place.name, place.index);
  }
}

bool refuse(const StateBinding& binding, Place place, const char* expected) noexcept {
  char path[64];
  describe(place, path, sizeof(path));
  char message[160];
  std::snprintf(message, sizeof(message), "strict conversion: %s at %s", expected, path);
  ErrorDetail detail;
  detail.text = path;
  throwError(binding.data, ErrorKind::conversion, message, NAPI_AUTO_LENGTH, detail);
  return false;
}

bool isAscii(const char* text, size_t length) noexcept {
  for (size_t i = 0; i < length; i++)
    if ((static_cast<unsigned char>(text[i]) & 0x80u) != 0) return false;
  return true;
}

// Length of the UTF-8 sequence at `text`, 0 when it is not valid (Unicode 16, table 3-7).
size_t sequenceLength(const unsigned char* text, size_t left) noexcept {
  const unsigned first = text[0];
  if (first < 0x80) return 1;
  size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  }
  if (length == 0 || length > left || text[1] < low || text[1] > high) return 0;
  for (size_t i = 2; i < length; i++)
    if (text[i] < 0x80 || text[i] > 0xbf) return 0;
  return length;
}

bool isUtf8(const char* text, size_t length) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text);
  for (size_t i = 0; i < length;) {
    const size_t step = sequenceLength(at + i, length - i);
    if (step == 0) return false;
    i += step;
  }
  return true;
}

bool bytesToJs(napi_env env, const char* text, size_t length, napi_value* out) noexcept {
  void* bytes = nullptr;
  napi_value buffer;
  if (napi_create_arraybuffer(env, length, &bytes, &buffer) != napi_ok) return false;
  if (length > 0) std::memcpy(bytes, text, length);
  return napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, out) == napi_ok;
}

// The longest string that V8 makes.
constexpr size_t kMaxStringLength = 536870888;

bool stringToJs(StateBinding& binding, lua_State* L, int index, Place place, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  size_t length = 0;
  const char* text = lua_tolstring(L, index, &length);
  bool made = false;
  if ((binding.flags & kBinaryStrings) != 0) {
    made = bytesToJs(env, text, length, out);
  } else if (length <= kMaxStringLength) {
    if (isAscii(text, length)) {
      made = napi_create_string_latin1(env, text, length, out) == napi_ok;
    } else {
      if ((binding.flags & kStrictConversion) != 0 && !isUtf8(text, length))
        return refuse(binding, place, "a Lua string with bytes that are not valid UTF-8 (use binaryStrings)");
      made = napi_create_string_utf8(env, text, length, out) == napi_ok;
    }
  }
  if (made) return true;
  char path[64];
  describe(place, path, sizeof(path));
  char message[160];
  std::snprintf(message, sizeof(message), "Expected a string of at most %zu bytes, received %zu bytes at %s",
                kMaxStringLength, length, path);
  ErrorDetail detail;
  detail.text = path;
  throwError(binding.data, ErrorKind::conversion, message, NAPI_AUTO_LENGTH, detail);
  return false;
}

bool integerToJs(napi_env env, lua_Integer integer, napi_value* out) noexcept {
  if (integer >= INT32_MIN && integer <= INT32_MAX)
    return napi_create_int32(env, static_cast<int32_t>(integer), out) == napi_ok;
  if (integer >= -kMaxSafeInteger && integer <= kMaxSafeInteger)
    return napi_create_int64(env, integer, out) == napi_ok;
  return napi_create_bigint_int64(env, integer, out) == napi_ok;
}

// --- functions and references
// -------------------------------------------------------------------------------------

void releaseHandle(napi_env env, void* data, void*) noexcept {
  auto* handle = static_cast<Handle*>(data);
  StateBinding* owner = handle->owner;
  napi_delete_reference(env, handle->weak);
  handle->weak = nullptr;
  owner->queue(handle);
  owner->release();  // a binding without other owners frees the queue, and this handle with it
}

Handle* newHandle(StateBinding& binding, int type) noexcept {
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
  binding.handles[id] = handle;
  handle->owner = &binding;
  handle->ref = LUA_NOREF;
  handle->id = id;
  handle->type = type;
  return handle;
}

// The object for a handle: a function, or an instance of the reference class.
napi_value makeObject(StateBinding& binding, Handle* handle) noexcept {
  napi_env env = binding.data.env;
  napi_value object = nullptr;
  const napi_type_tag* tag = &kReferenceTag;
  if (handle->type == LUA_TFUNCTION) {
    tag = &kFunctionTag;
    if (napi_create_function(env, "luaFunction", NAPI_AUTO_LENGTH, callLuaFunction, handle, &object) !=
        napi_ok)
      return nullptr;
  } else {
    napi_value constructor;
    napi_value token;
    if (napi_get_reference_value(env, binding.data.referenceClass, &constructor) != napi_ok) return nullptr;
    if (napi_create_external(env, handle, nullptr, nullptr, &token) != napi_ok) return nullptr;
    if (napi_new_instance(env, constructor, 1, &token, &object) != napi_ok) return nullptr;
  }
  if (napi_type_tag_object(env, object, tag) != napi_ok) return nullptr;
  if (napi_wrap(env, object, handle, releaseHandle, nullptr, &handle->weak) != napi_ok) return nullptr;
  binding.retain();
  return object;
}

bool handleToJs(StateBinding& binding, lua_State* L, int index, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  if (!lua_checkstack(L, 8)) {
    throwMemory(binding);
    return false;
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
    *out = nullptr;
    if (binding.handles[id]->weak != nullptr) napi_get_reference_value(env, binding.handles[id]->weak, out);
    if (*out != nullptr) return true;
  }
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
    *out = makeObject(binding, handle);
    if (*out != nullptr) return true;
  }
  binding.queue(handle);
  return false;
}

// --- tables
// ---------------------------------------------------------------------------------------------------------

// Collects the functions and references of a table in an array, made when the first one comes.
class Handles final : public vm::HandleSink {
 public:
  explicit Handles(StateBinding& binding) noexcept : binding_(binding) {}

  int64_t add(lua_State* L, int index) noexcept override {
    napi_env env = binding_.data.env;
    napi_handle_scope scope;
    if (array_ == nullptr && napi_create_array(env, &array_) != napi_ok) return -1;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return -1;
    napi_value value = nullptr;
    const bool added =
        handleToJs(binding_, L, index, &value) && napi_set_element(env, array_, count_, value) == napi_ok;
    napi_close_handle_scope(env, scope);
    return added ? count_++ : -1;
  }

  [[nodiscard]] napi_value array() const noexcept { return array_; }

 private:
  StateBinding& binding_;
  napi_value array_ = nullptr;
  uint32_t count_ = 0;
};

bool decode(StateBinding& binding, const vm::ByteBuffer& bytes, napi_value handles, Place place,
            napi_value* out) noexcept {
  AddonData& data = binding.data;
  napi_env env = data.env;
  napi_value arguments[5];
  size_t count = 4;
  napi_get_undefined(env, &arguments[0]);
  if (bytes.length <= data.inboxLength) {
    std::memcpy(data.inbox, bytes.bytes, bytes.length);
  } else if (!bytesToJs(env, bytes.bytes, bytes.length, &arguments[0])) {
    return false;
  }
  napi_create_double(env, static_cast<double>(bytes.length), &arguments[1]);
  arguments[2] = handles;
  if (handles == nullptr) napi_get_undefined(env, &arguments[2]);
  napi_create_uint32(env, binding.flags, &arguments[3]);
  if ((binding.flags & kStrictConversion) != 0) {  // only then can decoding fail
    char path[64];
    describe(place, path, sizeof(path));
    napi_create_string_latin1(env, path, NAPI_AUTO_LENGTH, &arguments[count++]);
  }
  *out = data.call(Callback::decode, count, arguments);
  return *out != nullptr;
}

bool tableToJs(StateBinding& binding, lua_State* L, int index, Place place, napi_value* out) noexcept {
  vm::ByteBuffer bytes = binding.data.takePackBuffer();
  vm::PackFailure failure;
  Handles handles(binding);
  vm::PackOptions options;
  options.binaryStrings = (binding.flags & kBinaryStrings) != 0;
  const int top = lua_gettop(L);
  vm::PackStatus status;
  {
    // Making handles allocates in Lua; a finalizer could change the tables that are being walked.
    const vm::FinalizerHold hold(binding.state.meter);
    status = vm::pack(L, index, options, handles, bytes, failure);
  }
  lua_settop(L, top);
  bool made = false;
  if (status == vm::PackStatus::ok) {
    made = decode(binding, bytes, handles.array(), place, out);
    if (!made) throwMemory(binding);  // no effect when the decoder threw
  } else if (status == vm::PackStatus::refused || status == vm::PackStatus::memory) {
    throwMemory(binding);  // no effect when the handle threw
  } else {
    char name[64];
    describe(place, name, sizeof(name));
    throwPackFailure(binding.data, status, name, failure);
  }
  binding.data.givePackBuffer(bytes);
  return made;
}

napi_value constructReference(napi_env env, napi_callback_info info) noexcept {
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

napi_value referenceType(napi_env env, napi_callback_info info) noexcept {
  size_t count = 0;
  napi_value self;
  napi_value name;
  napi_get_cb_info(env, info, &count, nullptr, &self, nullptr);
  const AddonData* data = AddonData::of(env);
  const Handle* handle = data == nullptr ? nullptr : referenceOf(*data, self);
  const char* text = handle == nullptr ? "nil" : handle->type == LUA_TTHREAD ? "thread" : "userdata";
  return napi_create_string_latin1(env, text, NAPI_AUTO_LENGTH, &name) == napi_ok ? name : nullptr;
}

}  // namespace

bool toJs(StateBinding& binding, lua_State* L, int index, Place place, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  switch (lua_type(L, index)) {
    case LUA_TNIL:
      return napi_get_null(env, out) == napi_ok;
    case LUA_TBOOLEAN:
      return napi_get_boolean(env, lua_toboolean(L, index) != 0, out) == napi_ok;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) return integerToJs(env, lua_tointeger(L, index), out);
      return napi_create_double(env, lua_tonumber(L, index), out) == napi_ok;
    case LUA_TSTRING:
      return stringToJs(binding, L, index, place, out);
    case LUA_TTABLE:
      return tableToJs(binding, L, index, place, out);
    default:
      return handleToJs(binding, L, index, out);
  }
}

bool resultsToJs(StateBinding& binding, lua_State* L, int first, ResultMode mode, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  const int count = lua_gettop(L) - first + 1;
  if (mode != ResultMode::all) {
    if (count <= 0) return napi_get_undefined(env, out) == napi_ok;
    if (count == 1 || mode == ResultMode::first) return toJs(binding, L, first, Place{"result", -1}, out);
  }
  if (napi_create_array_with_length(env, static_cast<size_t>(count), out) != napi_ok) return false;
  for (int i = 0; i < count; i++) {
    napi_handle_scope scope;
    napi_value value;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
    const bool made = toJs(binding, L, first + i, Place{"result", i}, &value) &&
                      napi_set_element(env, *out, static_cast<uint32_t>(i), value) == napi_ok;
    napi_close_handle_scope(env, scope);
    if (!made) return false;
  }
  return true;
}

Handle* handleOf(const AddonData& data, napi_value value) noexcept {
  return taggedPointer<Handle>(data.env, value, kFunctionTag);
}

Handle* referenceOf(const AddonData& data, napi_value value) noexcept {
  return taggedPointer<Handle>(data.env, value, kReferenceTag);
}

napi_value defineReferenceClass(napi_env env) noexcept {
  const napi_property_descriptor properties[] = {
      {"type", nullptr, nullptr, referenceType, nullptr, nullptr, napi_enumerable, nullptr},
  };
  napi_value constructor;
  if (napi_define_class(env, "LuaReference", NAPI_AUTO_LENGTH, constructReference, nullptr, 1, properties,
                        &constructor) != napi_ok)
    return nullptr;
  return constructor;
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
