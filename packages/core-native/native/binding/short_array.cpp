#include "short_array.hpp"

#include "failure_binding.hpp"
#include "vm/protect.hpp"
#include "vm/unpack.hpp"

namespace binding {
namespace {

// Longer arrays, and arrays of longer strings, take less time as messages.
constexpr uint32_t kMostElements = 2;
constexpr size_t kMostText = 64;

struct Element {
  napi_valuetype type;
  bool boolean;
  double number;
  size_t length;
  char text[kMostText];
};

// Reads an element. 0: it is none for a short array. -1: an exception is pending.
int readElement(napi_env env, napi_value array, uint32_t index, Element* element) noexcept {
  napi_value value;
  // The array may have accessors.
  if (napi_get_element(env, array, index, &value) != napi_ok) return -1;
  if (napi_typeof(env, value, &element->type) != napi_ok) return -1;
  switch (element->type) {
    case napi_undefined:
    case napi_null:
      return 1;
    case napi_boolean:
      return napi_get_value_bool(env, value, &element->boolean) == napi_ok ? 1 : -1;
    case napi_number:
      return napi_get_value_double(env, value, &element->number) == napi_ok ? 1 : -1;
    case napi_string:
      if (napi_get_value_string_utf8(env, value, element->text, kMostText, &element->length) != napi_ok)
        return -1;
      return element->length + 4 < kMostText ? 1 : 0;  // else it may have been cut, at a character
    default:
      return 0;
  }
}

// `sentinel`: null keeps its place. [-0, +1, 2 slots] May raise.
void pushElement(lua_State* L, const Element& element, bool sentinel) {
  switch (element.type) {
    case napi_string:
      lua_pushlstring(L, element.text, element.length);
      break;
    case napi_number:
      vm::pushNumber(L, element.number);
      break;
    case napi_boolean:
      lua_pushboolean(L, element.boolean ? 1 : 0);
      break;
    case napi_null:
      if (sentinel) {
        lua_pushlightuserdata(L, nullptr);
        break;
      }
      [[fallthrough]];
    default:
      lua_pushnil(L);
  }
}

}  // namespace

int pushShortArray(StateBinding& binding, lua_State* L, napi_value value) noexcept {
  napi_env env = binding.data.env;
  bool isArray = false;
  uint32_t count = 0;
  Element elements[kMostElements];
  // Proxies of arrays are none here.
  if (napi_is_array(env, value, &isArray) != napi_ok || !isArray ||
      napi_get_array_length(env, value, &count) != napi_ok || count > kMostElements)
    return 0;
  for (uint32_t i = 0; i < count; i++) {
    const int read = readElement(env, value, i, &elements[i]);
    if (read != 1) return read;
  }
  const bool sentinel = (binding.flags & kNullSentinel) != 0;
  const int status = vm::protect(L, 0, 1, [&elements, count, sentinel](lua_State* inner) {
    lua_createtable(inner, static_cast<int>(count), 0);
    for (uint32_t i = 0; i < count; i++) {
      pushElement(inner, elements[i], sentinel);
      lua_rawseti(inner, -2, lua_Integer{i} + 1);
    }
    return 1;
  });
  if (status == LUA_OK) return 1;
  throwFailure(binding, L, status);
  lua_pop(L, 1);
  return -1;
}

}  // namespace binding
