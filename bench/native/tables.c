// Baselines of conversion: property by property through Node-API, both ways.
#include <stdlib.h>

#include "baselines.h"

static napi_value toJs(napi_env env, lua_State* L, int index);

static napi_value arrayToJs(napi_env env, lua_State* L, int index, size_t length) {
  napi_value array;
  napi_create_array_with_length(env, length, &array);
  for (size_t i = 1; i <= length; i++) {
    napi_handle_scope scope;
    napi_open_handle_scope(env, &scope);
    lua_rawgeti(L, index, (lua_Integer)i);
    napi_set_element(env, array, (uint32_t)(i - 1), toJs(env, L, -1));
    lua_pop(L, 1);
    napi_close_handle_scope(env, scope);
  }
  return array;
}

// Keys must be strings: lua_next is confused by lua_tolstring on a number.
static napi_value objectToJs(napi_env env, lua_State* L, int index) {
  napi_value object;
  napi_create_object(env, &object);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    napi_value key = scalarToJs(env, L, -2);
    napi_set_property(env, object, key, toJs(env, L, -1));
    lua_pop(L, 1);
  }
  return object;
}

static napi_value toJs(napi_env env, lua_State* L, int index) {
  if (lua_type(L, index) != LUA_TTABLE) return scalarToJs(env, L, index);
  luaL_checkstack(L, 4, "nested too deeply");
  index = lua_absindex(L, index);
  size_t length = lua_rawlen(L, index);
  return length > 0 ? arrayToJs(env, L, index, length) : objectToJs(env, L, index);
}

// setTable(source): runs the source and keeps the table that it returns.
static napi_value setTable(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  lua_State* L = enter(env, info, 1, argv)->L;
  char source[4096];
  size_t length;
  napi_get_value_string_utf8(env, argv[0], source, sizeof source, &length);
  if (luaL_loadbuffer(L, source, length, "=table") != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK)
    return throwLuaError(env, L);
  lua_setglobal(L, "table_to_read");
  return NULL;
}

// readTable(): the table kept by setTable, as arrays and objects.
static napi_value readTable(napi_env env, napi_callback_info info) {
  lua_State* L = enter(env, info, 0, NULL)->L;
  lua_getglobal(L, "table_to_read");
  napi_value result = toJs(env, L, -1);
  lua_pop(L, 1);
  return result;
}

static void push(napi_env env, lua_State* L, napi_value value);

static void pushString(napi_env env, lua_State* L, napi_value value) {
  char small[256];
  size_t length;
  napi_get_value_string_utf8(env, value, NULL, 0, &length);
  char* text = length < sizeof small ? small : malloc(length + 1);
  napi_get_value_string_utf8(env, value, text, length + 1, &length);
  lua_pushlstring(L, text, length);
  if (text != small) free(text);
}

static void pushArray(napi_env env, lua_State* L, napi_value array) {
  uint32_t length;
  napi_get_array_length(env, array, &length);
  lua_createtable(L, (int)length, 0);
  for (uint32_t i = 0; i < length; i++) {
    napi_handle_scope scope;
    napi_value element;
    napi_open_handle_scope(env, &scope);
    napi_get_element(env, array, i, &element);
    push(env, L, element);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
    napi_close_handle_scope(env, scope);
  }
}

static void pushObject(napi_env env, lua_State* L, napi_value object) {
  napi_value names;
  uint32_t length;
  napi_get_property_names(env, object, &names);
  napi_get_array_length(env, names, &length);
  lua_createtable(L, 0, (int)length);
  for (uint32_t i = 0; i < length; i++) {
    napi_value name;
    napi_value property;
    napi_get_element(env, names, i, &name);
    napi_get_property(env, object, name, &property);
    pushString(env, L, name);
    push(env, L, property);
    lua_rawset(L, -3);
  }
}

static void push(napi_env env, lua_State* L, napi_value value) {
  napi_valuetype type;
  bool flag;
  luaL_checkstack(L, 4, "nested too deeply");
  napi_typeof(env, value, &type);
  switch (type) {
    case napi_number:
      numberToLua(env, L, value);
      return;
    case napi_string:
      pushString(env, L, value);
      return;
    case napi_boolean:
      napi_get_value_bool(env, value, &flag);
      lua_pushboolean(L, flag);
      return;
    case napi_object:
      napi_is_array(env, value, &flag);
      if (flag)
        pushArray(env, L, value);
      else
        pushObject(env, L, value);
      return;
    default:
      lua_pushnil(L);
  }
}

// writeTable(value): makes the value in Lua, and drops it.
static napi_value writeTable(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  lua_State* L = enter(env, info, 1, argv)->L;
  push(env, L, argv[0]);
  lua_pop(L, 1);
  return NULL;
}

void addTables(napi_env env, napi_value exports) {
  addMethod(env, exports, "setTable", setTable);
  addMethod(env, exports, "readTable", readTable);
  addMethod(env, exports, "writeTable", writeTable);
}
