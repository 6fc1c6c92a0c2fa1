// The part of fengari's C-like interface that the bench uses; the package has no types.
declare module 'fengari' {
  type Bytes = Uint8Array
  interface LuaState {
    readonly opaque: unique symbol
  }
  export function to_luastring(text: string): Bytes
  export function to_jsstring(bytes: Bytes): string
  export const lauxlib: {
    luaL_newstate(): LuaState
    luaL_loadbuffer(L: LuaState, source: Bytes, length: number, name: Bytes): number
    luaL_ref(L: LuaState, table: number): number
  }
  export const lualib: { luaL_openlibs(L: LuaState): void }
  export const lua: {
    LUA_OK: number
    LUA_REGISTRYINDEX: number
    LUA_VERSION: string
    lua_close(L: LuaState): void
    lua_getglobal(L: LuaState, name: Bytes): number
    lua_pcall(L: LuaState, nargs: number, nresults: number, handler: number): number
    lua_pop(L: LuaState, n: number): void
    lua_pushcfunction(L: LuaState, f: (L: LuaState) => number): void
    lua_pushinteger(L: LuaState, value: number): void
    lua_pushnumber(L: LuaState, value: number): void
    lua_pushvalue(L: LuaState, index: number): void
    lua_rawgeti(L: LuaState, index: number, n: number): number
    lua_tojsstring(L: LuaState, index: number): string
    lua_tonumber(L: LuaState, index: number): number
  }
}
