// Baselines of calls: an empty native call, a host function called from Lua, and a chunk loaded and run.
#include <stdlib.h>

#include "baselines.h"

static napi_value empty(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  return NULL;
}

// What a Lua -> JS call cannot do without: convert the arguments, look the function up, call it, convert the
// result.
static int callHost(lua_State* L) {
  Bench* bench = lua_touserdata(L, lua_upvalueindex(1));
  napi_env env = bench->env;
  napi_handle_scope scope;
  napi_value function, receiver, result, argv[8];
  int argc = lua_gettop(L);
  napi_open_handle_scope(env, &scope);
  napi_get_reference_value(env, bench->host, &function);
  napi_get_undefined(env, &receiver);
  for (int i = 0; i < argc && i < 8; i++) argv[i] = scalarToJs(env, L, i + 1);
  if (napi_call_function(env, receiver, function, (size_t)argc, argv, &result) != napi_ok) abort();
  numberToLua(env, L, result);
  napi_close_handle_scope(env, scope);
  return 1;
}

// setHost(loop, function): `loop` is Lua source that gets the host function and a count as its arguments.
static napi_value setHost(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  Bench* bench = enter(env, info, 2, argv);
  char source[512];
  size_t length;
  napi_get_value_string_utf8(env, argv[0], source, sizeof source, &length);
  napi_create_reference(env, argv[1], 1, &bench->host);
  if (luaL_loadbuffer(bench->L, source, length, "=loop") != LUA_OK) return throwLuaError(env, bench->L);
  lua_setglobal(bench->L, "loop");
  return NULL;
}

// runHostLoop(n): Lua calls the host function n times.
static napi_value runHostLoop(napi_env env, napi_callback_info info) {
  napi_value argv[1];
  Bench* bench = enter(env, info, 1, argv);
  lua_State* L = bench->L;
  lua_getglobal(L, "loop");
  lua_pushlightuserdata(L, bench);
  lua_pushcclosure(L, callHost, 1);
  numberToLua(env, L, argv[0]);
  if (lua_pcall(L, 2, 1, 0) != LUA_OK) return throwLuaError(env, L);
  napi_value result = scalarToJs(env, L, -1);
  lua_pop(L, 1);
  return result;
}

// runChunks(source, n): loads and runs the source n times, all within C.
static napi_value runChunks(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  lua_State* L = enter(env, info, 2, argv)->L;
  char source[512];
  size_t length;
  uint32_t count;
  napi_get_value_string_utf8(env, argv[0], source, sizeof source, &length);
  napi_get_value_uint32(env, argv[1], &count);
  for (uint32_t i = 0; i < count; i++) {
    if (luaL_loadbuffer(L, source, length, source) != LUA_OK || lua_pcall(L, 0, 1, 0) != LUA_OK)
      return throwLuaError(env, L);
    lua_pop(L, 1);
  }
  return NULL;
}

// loadChunks(source: Buffer, n): compiles the source n times, running nothing.
static napi_value loadChunks(napi_env env, napi_callback_info info) {
  napi_value argv[2];
  lua_State* L = enter(env, info, 2, argv)->L;
  void* source;
  size_t length;
  uint32_t count;
  napi_get_buffer_info(env, argv[0], &source, &length);
  napi_get_value_uint32(env, argv[1], &count);
  for (uint32_t i = 0; i < count; i++) {
    if (luaL_loadbuffer(L, source, length, "=script") != LUA_OK) return throwLuaError(env, L);
    lua_pop(L, 1);
  }
  return NULL;
}

void addCalls(napi_env env, napi_value exports) {
  addMethod(env, exports, "empty", empty);
  addMethod(env, exports, "setHost", setHost);
  addMethod(env, exports, "runHostLoop", runHostLoop);
  addMethod(env, exports, "runChunks", runChunks);
  addMethod(env, exports, "loadChunks", loadChunks);
}
