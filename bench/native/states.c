// Baselines of states: luaL_newstate with luaL_openlibs, and lua_close.
#include <stdlib.h>

#include "baselines.h"

// openStates(n): opens n states and keeps them until closeStates().
static napi_value openStates(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  Bench* bench = enter(env, info, 1, argv);
  uint32_t count;
  napi_get_value_uint32(env, argv[0], &count);
  bench->states = realloc(bench->states, (bench->stateCount + count) * sizeof *bench->states);
  for (uint32_t i = 0; i < count; i++) {
    lua_State* L = luaL_newstate();
    luaL_openlibs(L);
    bench->states[bench->stateCount++] = L;
  }
  return NULL;
}

static napi_value closeStates(napi_env env, napi_callback_info info) {
  Bench* bench = enter(env, info, 0, NULL);
  while (bench->stateCount > 0) lua_close(bench->states[--bench->stateCount]);
  return NULL;
}

// useStates(source): runs the source in each open state.
static napi_value useStates(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  Bench* bench = enter(env, info, 1, argv);
  char source[512];
  size_t length;
  napi_get_value_string_utf8(env, argv[0], source, sizeof source, &length);
  for (uint32_t i = 0; i < bench->stateCount; i++) {
    lua_State* L = bench->states[i];
    if (luaL_loadbuffer(L, source, length, source) != LUA_OK || lua_pcall(L, 0, 0, 0) != LUA_OK)
      return throwLuaError(env, L);
  }
  return NULL;
}

// stateBytes(): what Lua itself counts in the last opened state.
static napi_value stateBytes(napi_env env, napi_callback_info info) {
  Bench* bench = enter(env, info, 0, NULL);
  lua_State* L = bench->stateCount > 0 ? bench->states[bench->stateCount - 1] : bench->L;
  napi_value result;
  napi_create_uint32(env, (uint32_t)(lua_gc(L, LUA_GCCOUNT) * 1024 + lua_gc(L, LUA_GCCOUNTB)), &result);
  return result;
}

void addStates(napi_env env, napi_value exports) {
  addMethod(env, exports, "openStates", openStates);
  addMethod(env, exports, "useStates", useStates);
  addMethod(env, exports, "closeStates", closeStates);
  addMethod(env, exports, "stateBytes", stateBytes);
}
