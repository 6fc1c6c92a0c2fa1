#include "baselines.h"

#include <stdlib.h>

Bench* enter(napi_env env, napi_callback_info info, size_t argc, napi_value* argv) {
  Bench* bench = NULL;
  napi_get_instance_data(env, (void**)&bench);
  if (argc > 0) napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  return bench;
}

void addMethod(napi_env env, napi_value exports, const char* name, napi_callback method) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, method, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value throwLuaError(napi_env env, lua_State* L) {
  napi_throw_error(env, NULL, lua_tostring(L, -1));
  lua_pop(L, 1);
  return NULL;
}

napi_value scalarToJs(napi_env env, lua_State* L, int index) {
  napi_value result;
  switch (lua_type(L, index)) {
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) {
        lua_Integer integer = lua_tointeger(L, index);
        if (integer >= INT32_MIN && integer <= INT32_MAX)
          napi_create_int32(env, (int32_t)integer, &result);
        else
          napi_create_int64(env, integer, &result);
      } else {
        napi_create_double(env, lua_tonumber(L, index), &result);
      }
      return result;
    case LUA_TBOOLEAN:
      napi_get_boolean(env, lua_toboolean(L, index), &result);
      return result;
    case LUA_TSTRING: {
      size_t length;
      const char* bytes = lua_tolstring(L, index, &length);
      napi_create_string_utf8(env, bytes, length, &result);
      return result;
    }
    default:
      napi_get_undefined(env, &result);
      return result;
  }
}

void numberToLua(napi_env env, lua_State* L, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) {
    lua_pushnil(L);
    return;
  }
  const double exact = 9007199254740991.0;
  if (number >= -exact && number <= exact && (double)(lua_Integer)number == number)
    lua_pushinteger(L, (lua_Integer)number);
  else
    lua_pushnumber(L, number);
}

static void freeBench(napi_env env, void* data, void* hint) {
  (void)env;
  (void)hint;
  Bench* bench = data;
  for (uint32_t i = 0; i < bench->stateCount; i++) lua_close(bench->states[i]);
  free(bench->states);
  lua_close(bench->L);
  free(bench);
}

NAPI_MODULE_INIT() {
  Bench* bench = calloc(1, sizeof *bench);
  bench->env = env;
  bench->L = luaL_newstate();
  luaL_openlibs(bench->L);
  napi_set_instance_data(env, bench, freeBench, NULL);
  addCalls(env, exports);
  addStates(env, exports);
  addTables(env, exports);
  return exports;
}
