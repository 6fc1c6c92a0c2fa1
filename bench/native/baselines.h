// What the baselines share. They are as small as C allows, so that the bars measured against them are honest:
// no limits, no errors but the ones that would make a figure wrong, and memory that never runs out.
#ifndef BENCH_BASELINES_H
#define BENCH_BASELINES_H

#include <node_api.h>

#include "lauxlib.h"
#include "lua.h"
#include "lualib.h"

// One per environment; the environment frees it.
typedef struct Bench {
  napi_env env;
  lua_State* L;
  napi_ref host;       // the function that Lua calls
  lua_State** states;  // opened by openStates, closed by closeStates
  uint32_t stateCount;
} Bench;

// The instance data and, in `argv`, up to `argc` arguments.
Bench* enter(napi_env env, napi_callback_info info, size_t argc, napi_value* argv);

void addMethod(napi_env env, napi_value exports, const char* name, napi_callback method);

// Throws the Lua error on top of the stack as a JavaScript error and pops it.
napi_value throwLuaError(napi_env env, lua_State* L);

void addCalls(napi_env env, napi_value exports);
void addStates(napi_env env, napi_value exports);
void addTables(napi_env env, napi_value exports);

// [-0, +0] Converts a number, boolean, string or nil.
napi_value scalarToJs(napi_env env, lua_State* L, int index);

// [-0, +1] Pushes a number, integral ones as integers; anything else as nil.
void numberToLua(napi_env env, lua_State* L, napi_value value);

#endif
