// Baseline of table conversion: property by property through Node-API.
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
  char source[512];
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

void addTables(napi_env env, napi_value exports) {
  addMethod(env, exports, "setTable", setTable);
  addMethod(env, exports, "readTable", readTable);
}
