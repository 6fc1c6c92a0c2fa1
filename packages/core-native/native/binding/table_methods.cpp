#include "table_methods.hpp"

#include <cstdio>

#include "arguments.hpp"
#include "from_lua.hpp"
#include "handle_binding.hpp"
#include "invoke.hpp"
#include "reference_call.hpp"
#include "to_lua.hpp"
#include "vm/protect.hpp"
#include "vm/text_field.hpp"

namespace binding {
namespace {

constexpr int kSlots = 16;
// Entries that one crossing may bring; all are on the Lua stack at once.
constexpr double kMostEntries = 100000;
// Entries for which the stack grows at a time.
constexpr int kEntriesAtOnce = 256;

// Enters Lua for a table method. `ready` is false when an exception is pending.
struct TableEntry {
  Entry entry;
  lua_State* L;
  bool ready;

  explicit TableEntry(StateBinding& binding, int slots = kSlots) noexcept
      : entry(binding, false), L(entry.L()), ready(entry.entered() && lua_checkstack(L, slots) != 0) {
    if (entry.entered() && !ready) throwMemory(binding);
  }
};

// Pushes table[key], honouring __index unless `raw`. [-2, +1] May raise.
int pushField(lua_State* L, bool raw) {
  if (raw) {
    lua_rawget(L, 1);
  } else {
    lua_gettable(L, 1);
  }
  return 1;
}

// Reads the field that `key` names onto the stack of `L`. False: an exception is pending.
template <size_t N>
bool readField(const ReferenceCall<N>& call, lua_State* L, napi_value key, bool raw) noexcept {
  call.push(L);
  if (pushJs(*call.binding, L, key, kPlaceValue) != 1) return false;
  const int status = vm::protect(L, 2, 1, [raw](lua_State* inner) { return pushField(inner, raw); });
  if (status == LUA_OK) return true;
  throwFailure(*call.binding, L, status);
  return false;
}

// The common read: a short name in a table without metatable. Nothing of Lua's runs or allocates, so no entry
// is made. False: it takes the long way.
bool readQuickly(const ReferenceCall<2>& call, napi_value* out) noexcept {
  char name[vm::kLongestShortName + 8];
  size_t length = 0;
  napi_valuetype type;
  StateBinding& binding = *call.binding;
  lua_State* L = binding.state.current();
  if (!binding.canCallHost() || napi_typeof(call.env, call.arguments[0], &type) != napi_ok) return false;
  double number = 0;
  if (type == napi_string) {
    if (napi_get_value_string_utf8(call.env, call.arguments[0], name, sizeof(name), &length) != napi_ok ||
        length > vm::kLongestShortName)
      return false;
  } else if (type != napi_number || napi_get_value_double(call.env, call.arguments[0], &number) != napi_ok) {
    return false;
  }
  if (!lua_checkstack(L, 4)) return false;
  const int top = lua_gettop(L);
  call.push(L);
  const bool found = lua_istable(L, -1) && (type == napi_string ? vm::pushTextField(L, -1, name, length)
                                                                : vm::pushNumberField(L, -1, number));
  const int kind = found ? lua_type(L, -1) : LUA_TNONE;
  const bool scalar = kind == LUA_TNIL || kind == LUA_TBOOLEAN || kind == LUA_TNUMBER || kind == LUA_TSTRING;
  const bool made = scalar && toJs(binding, L, -1, Place{"value", -1}, out);
  lua_settop(L, top);
  return made;
}

// Keys and values above `first` as one array; every `step`-th is a key. A key that is a table is a reference,
// so that it can be handed back.
bool entriesToJs(StateBinding& binding, lua_State* L, int first, int step, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  const int count = lua_gettop(L) - first + 1;
  if (napi_create_array_with_length(env, static_cast<size_t>(count), out) != napi_ok) return false;
  for (int i = 0; i < count; i++) {
    napi_handle_scope scope;
    napi_value value;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
    const bool key = i % step == 0 && lua_istable(L, first + i);
    const bool made = (key ? handleToJs(binding, L, first + i, &value)
                           : toJs(binding, L, first + i, Place{"value", -1}, &value)) &&
                      napi_set_element(env, *out, static_cast<uint32_t>(i), value) == napi_ok;
    napi_close_handle_scope(env, scope);
    if (!made) return false;
  }
  return true;
}

}  // namespace

napi_value tableGet(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<2> call(env, info, LUA_TTABLE);
  napi_value value = nullptr;
  bool raw = false;
  if (call.binding == nullptr) return nullptr;
  // The common call leaves the second argument out.
  if (call.count > 1 && !readBoolean(env, call.arguments[1], &raw))
    return call.refuse("Expected a key and a boolean");
  if (readQuickly(call, &value)) return value;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) return nullptr;
  TableEntry table(*call.binding);
  if (!table.ready || !readField(call, table.L, call.arguments[0], raw)) return nullptr;
  if (!toJs(*call.binding, table.L, -1, Place{"value", -1}, &value)) return nullptr;
  return table.entry.finish(value);
}

napi_value tableGetReference(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<1> call(env, info, LUA_TTABLE);
  if (call.binding == nullptr) return nullptr;
  TableEntry table(*call.binding);
  if (!table.ready || !readField(call, table.L, call.arguments[0], false)) return nullptr;
  if (lua_isnil(table.L, -1)) return table.entry.finish(undefinedValue(env));
  if (!lua_istable(table.L, -1)) {
    char message[96];
    std::snprintf(message, sizeof(message), "Expected a table in that field, received a %s",
                  luaL_typename(table.L, -1));
    return call.refuse(message);
  }
  napi_value value = nullptr;
  if (!handleToJs(*call.binding, table.L, -1, &value)) return nullptr;
  return table.entry.finish(value);
}

napi_value tableSet(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<3> call(env, info, LUA_TTABLE);
  bool raw = false;
  if (call.binding == nullptr) return nullptr;
  if (!readBoolean(env, call.arguments[2], &raw)) return call.refuse("Expected a key, a value and a boolean");
  TableEntry table(*call.binding);
  if (!table.ready) return nullptr;
  call.push(table.L);
  if (pushJs(*call.binding, table.L, call.arguments[0], kPlaceValue) != 1) return nullptr;
  if (pushJs(*call.binding, table.L, call.arguments[1], kPlaceValue) != 1) return nullptr;
  const int status = vm::protect(table.L, 3, 0, [raw](lua_State* inner) {
    if (raw) {
      if (lua_isnil(inner, 2)) return luaL_error(inner, "table index is nil");
      if (lua_type(inner, 2) == LUA_TNUMBER && lua_tonumber(inner, 2) != lua_tonumber(inner, 2))
        return luaL_error(inner, "table index is NaN");
      lua_rawset(inner, 1);
    } else {
      lua_settable(inner, 1);
    }
    return 0;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, table.L, status);
    return nullptr;
  }
  return table.entry.finish(undefinedValue(env));
}

napi_value tableHas(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<2> call(env, info, LUA_TTABLE);
  bool raw = false;
  if (call.binding == nullptr) return nullptr;
  if (!readBoolean(env, call.arguments[1], &raw)) return call.refuse("Expected a key and a boolean");
  TableEntry table(*call.binding);
  if (!table.ready || !readField(call, table.L, call.arguments[0], raw)) return nullptr;
  napi_value answer = nullptr;
  napi_get_boolean(env, !lua_isnil(table.L, -1), &answer);
  return table.entry.finish(answer);
}

napi_value tableLength(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<1> call(env, info, LUA_TTABLE);
  bool raw = false;
  if (call.binding == nullptr) return nullptr;
  if (!readBoolean(env, call.arguments[0], &raw)) return call.refuse("Expected a boolean");
  TableEntry table(*call.binding);
  if (!table.ready) return nullptr;
  call.push(table.L);
  const int status = vm::protect(table.L, 1, 1, [raw](lua_State* inner) {
    lua_pushinteger(inner, raw ? static_cast<lua_Integer>(lua_rawlen(inner, 1)) : luaL_len(inner, 1));
    return 1;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, table.L, status);
    return nullptr;
  }
  napi_value value = nullptr;
  napi_create_double(env, static_cast<double>(lua_tointeger(table.L, -1)), &value);
  return table.entry.finish(value);
}

napi_value tableEntries(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<3> call(env, info, LUA_TTABLE);
  double limit = 0;
  bool keysOnly = false;
  if (call.binding == nullptr) return nullptr;
  if (!readNumber(env, call.arguments[1], &limit) || !(limit >= 1) || limit > kMostEntries ||
      !readBoolean(env, call.arguments[2], &keysOnly))
    return call.refuse("Expected a key, a number of entries from 1 to 100000 and a boolean");
  const auto most = static_cast<int>(limit);
  TableEntry table(*call.binding, kSlots);
  if (!table.ready) return nullptr;
  const int base = lua_gettop(table.L);
  call.push(table.L);
  if (pushJs(*call.binding, table.L, call.arguments[0], kPlaceValue) != 1) return nullptr;
  const int status = vm::protect(table.L, 2, LUA_MULTRET, [most, keysOnly](lua_State* inner) {
    int count = 0;
    for (;;) {
      if (count % kEntriesAtOnce == 0) luaL_checkstack(inner, kEntriesAtOnce * 2 + 4, nullptr);
      if (lua_next(inner, 1) == 0) break;
      if (keysOnly) lua_pop(inner, 1);
      if (++count == most) break;
      lua_pushvalue(inner, keysOnly ? -1 : -2);
    }
    return keysOnly ? count : count * 2;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, table.L, status);
    return nullptr;
  }
  napi_value value = nullptr;
  if (!lua_checkstack(table.L, kSlots)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  if (!entriesToJs(*call.binding, table.L, base + 1, keysOnly ? 1 : 2, &value)) return nullptr;
  return table.entry.finish(value);
}

napi_value tableSequence(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<2> call(env, info, LUA_TTABLE);
  double from = 0;
  double limit = 0;
  if (call.binding == nullptr) return nullptr;
  if (!readNumber(env, call.arguments[0], &from) || !readNumber(env, call.arguments[1], &limit) ||
      !(limit >= 1) || limit > kMostEntries || !(from >= -9e15 && from <= 9e15))
    return call.refuse("Expected a first index and a number of values from 1 to 100000");
  const auto first = static_cast<lua_Integer>(from);
  const auto most = static_cast<int>(limit);
  TableEntry table(*call.binding, kSlots);
  if (!table.ready) return nullptr;
  const int base = lua_gettop(table.L);
  call.push(table.L);
  const int status = vm::protect(table.L, 1, LUA_MULTRET, [first, most](lua_State* inner) {
    int count = 0;
    for (; count < most; count++) {
      if (count % kEntriesAtOnce == 0) luaL_checkstack(inner, kEntriesAtOnce + 4, nullptr);
      if (lua_geti(inner, 1, first + count) != LUA_TNIL) continue;
      lua_pop(inner, 1);
      break;
    }
    return count;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, table.L, status);
    return nullptr;
  }
  napi_value value = nullptr;
  if (!lua_checkstack(table.L, kSlots)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  if (!resultsToJs(*call.binding, table.L, base + 1, ResultMode::all, &value)) return nullptr;
  return table.entry.finish(value);
}

napi_value tableAppend(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<1> call(env, info, LUA_TTABLE);
  Elements values;
  if (call.binding == nullptr) return nullptr;
  if (!values.read(env, call.arguments[0])) return call.refuse("Expected an array of values");
  // All are on the stack before the table changes.
  const auto count = static_cast<int>(values.count());
  TableEntry table(*call.binding, count + kSlots);
  if (!table.ready) return nullptr;
  call.push(table.L);
  for (size_t i = 0; i < values.count(); i++)
    if (pushJs(*call.binding, table.L, values.values()[i], kPlaceValue) != 1) return nullptr;
  const int status = vm::protect(table.L, count + 1, 0, [count](lua_State* inner) {
    const auto length = static_cast<lua_Integer>(lua_rawlen(inner, 1));
    for (int i = count; i >= 1; i--) lua_rawseti(inner, 1, length + i);
    return 0;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, table.L, status);
    return nullptr;
  }
  return table.entry.finish(undefinedValue(env));
}

napi_value tableToValue(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<1> call(env, info, LUA_TTABLE);
  bool asMap = false;
  if (call.binding == nullptr) return nullptr;
  if (!readBoolean(env, call.arguments[0], &asMap)) return call.refuse("Expected a boolean");
  TableEntry table(*call.binding);
  if (!table.ready) return nullptr;
  call.push(table.L);
  const uint32_t kept = call.binding->flags & ~static_cast<uint32_t>(kTablesAsMaps | kTablesAsReferences);
  napi_value value = nullptr;
  if (!tableToJs(*call.binding, table.L, -1, Place{"value", -1}, kept | (asMap ? kTablesAsMaps : 0u), &value))
    return nullptr;
  return table.entry.finish(value);
}

napi_value tableToFloats(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<0> call(env, info, LUA_TTABLE);
  if (call.binding == nullptr) return nullptr;
  TableEntry table(*call.binding);
  if (!table.ready) return nullptr;
  call.push(table.L);
  const auto length = static_cast<size_t>(lua_rawlen(table.L, -1));
  void* bytes = nullptr;
  napi_value buffer = nullptr;
  napi_value array = nullptr;
  if (length > (size_t{1} << 32) ||
      napi_create_arraybuffer(env, length * sizeof(double), &bytes, &buffer) != napi_ok) {
    throwMemory(*call.binding);
    return nullptr;
  }
  auto* numbers = static_cast<double*>(bytes);
  for (size_t i = 0; i < length; i++) {
    if (lua_rawgeti(table.L, -1, static_cast<lua_Integer>(i) + 1) != LUA_TNUMBER) {
      char path[48];
      char message[128];
      std::snprintf(path, sizeof(path), "value[%zu]", i);
      std::snprintf(message, sizeof(message), "Expected a table of numbers, received a %s at %s",
                    luaL_typename(table.L, -1), path);
      ErrorDetail detail;
      detail.text = path;
      throwError(call.binding->data, ErrorKind::conversion, message, NAPI_AUTO_LENGTH, detail);
      return nullptr;
    }
    numbers[i] = lua_tonumber(table.L, -1);
    lua_pop(table.L, 1);
  }
  if (napi_create_typedarray(env, napi_float64_array, length, buffer, 0, &array) != napi_ok) return nullptr;
  return table.entry.finish(array);
}

napi_value tableSetMetatable(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<1> call(env, info, LUA_TTABLE);
  if (call.binding == nullptr) return nullptr;
  TableEntry table(*call.binding);
  if (!table.ready) return nullptr;
  call.push(table.L);
  napi_valuetype type = napi_undefined;
  napi_typeof(env, call.arguments[0], &type);
  if (type == napi_null) {
    lua_pushnil(table.L);
  } else {
    const Handle* metatable =
        type == napi_object ? referenceOf(call.binding->data, call.arguments[0]) : nullptr;
    if (metatable == nullptr || metatable->owner != call.binding || metatable->type != LUA_TTABLE ||
        metatable->ref == LUA_NOREF)
      return call.refuse("Expected a live table of the same runtime, or null");
    lua_rawgeti(table.L, LUA_REGISTRYINDEX, metatable->ref);
  }
  const int status = vm::protect(table.L, 2, 0, [](lua_State* inner) {
    lua_setmetatable(inner, 1);
    return 0;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, table.L, status);
    return nullptr;
  }
  return table.entry.finish(undefinedValue(env));
}

napi_value tableGetMetatable(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<0> call(env, info, LUA_TTABLE);
  if (call.binding == nullptr) return nullptr;
  TableEntry table(*call.binding);
  if (!table.ready) return nullptr;
  call.push(table.L);
  if (lua_getmetatable(table.L, -1) == 0) return table.entry.finish(undefinedValue(env));
  napi_value value = nullptr;
  if (!handleToJs(*call.binding, table.L, -1, &value)) return nullptr;
  return table.entry.finish(value);
}

napi_value tableCall(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<2> call(env, info, LUA_TNONE);
  Elements arguments;
  double mode = 0;
  if (call.binding == nullptr) return nullptr;
  if (!arguments.read(env, call.arguments[0]) || !readNumber(env, call.arguments[1], &mode) || mode < 0 ||
      mode > 2)
    return call.refuse("Expected an array of arguments and a result mode");
  return invoke(*call.binding, {}, static_cast<ResultMode>(static_cast<int>(mode)), arguments.count(),
                arguments.values(), [&call](lua_State* L) {
                  call.push(L);
                  return LUA_OK;
                });
}

napi_value tableAnchor(napi_env env, napi_callback_info info) noexcept {
  const ReferenceCall<0> call(env, info, LUA_TTABLE);
  if (call.binding == nullptr) return nullptr;
  TableEntry table(*call.binding);
  if (!table.ready) return nullptr;
  call.push(table.L);
  const int status = vm::protect(table.L, 1, 1, [](lua_State* inner) {
    lua_pushinteger(inner, luaL_ref(inner, LUA_REGISTRYINDEX));
    return 1;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, table.L, status);
    return nullptr;
  }
  napi_value value = nullptr;
  napi_create_double(env, static_cast<double>(lua_tointeger(table.L, -1)), &value);
  return table.entry.finish(value);
}

}  // namespace binding
