import { type LuaState, lauxlib, lua, lualib, to_luastring } from 'fengari'
import { add, addSource, hostLoop, type Peer, type PeerSession, versionAt } from './peer.ts'

/** Lua written in JavaScript. Its C-like interface is used, which has the least between the two sides. */
export const fengari: Peer = {
  name: 'fengari',
  version: `fengari ${versionAt(new URL('../package.json', import.meta.resolve('fengari')))} (${lua.LUA_VERSION})`,
  open,
}

async function open(): Promise<PeerSession> {
  const L = newState()
  const run = (source: Uint8Array, nresults: number): void => {
    check(L, lauxlib.luaL_loadbuffer(L, source, source.length, source))
    check(L, lua.lua_pcall(L, 0, nresults, 0))
  }
  run(to_luastring(addSource), 0)
  lua.lua_getglobal(L, to_luastring('add'))
  const addRef = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX)
  const loop = to_luastring(hostLoop)
  check(L, lauxlib.luaL_loadbuffer(L, loop, loop.length, loop))
  const loopRef = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX)
  const states: LuaState[] = []

  const host = (state: LuaState): number => {
    lua.lua_pushnumber(state, add(lua.lua_tonumber(state, 1), lua.lua_tonumber(state, 2)))
    return 1
  }

  return {
    callLua(n) {
      let sum = 0
      for (let i = 0; i < n; i++) {
        lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, addRef)
        lua.lua_pushnumber(L, i)
        lua.lua_pushnumber(L, 2)
        check(L, lua.lua_pcall(L, 2, 1, 0))
        sum += lua.lua_tonumber(L, -1)
        lua.lua_pop(L, 1)
      }
      if (sum !== (n * (n - 1)) / 2 + 2 * n) throw new Error(`Expected the sum of ${n} calls, received ${sum}`)
    },
    callHost(n) {
      lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, loopRef)
      lua.lua_pushcfunction(L, host)
      lua.lua_pushinteger(L, n)
      check(L, lua.lua_pcall(L, 2, 1, 0))
      lua.lua_pop(L, 1)
    },
    runScript(source, n) {
      for (let i = 0; i < n; i++) {
        run(to_luastring(source), 1)
        lua.lua_pop(L, 1)
      }
    },
    loadScript(source, n) {
      for (let i = 0; i < n; i++) {
        const bytes = to_luastring(source)
        check(L, lauxlib.luaL_loadbuffer(L, bytes, bytes.length, loop))
        lua.lua_pop(L, 1)
      }
    },
    program(source) {
      run(to_luastring(`local run = (function() ${source}\nend)() return function() return tostring(run()) end`), 1)
      const ref = lauxlib.luaL_ref(L, lua.LUA_REGISTRYINDEX)
      return () => {
        lua.lua_rawgeti(L, lua.LUA_REGISTRYINDEX, ref)
        check(L, lua.lua_pcall(L, 0, 1, 0))
        const result = lua.lua_tojsstring(L, -1)
        lua.lua_pop(L, 1)
        return result
      }
    },
    async openStates(n) {
      for (let i = 0; i < n; i++) states.push(newState())
    },
    closeStates() {
      for (const state of states.splice(0)) lua.lua_close(state)
    },
    close() {
      lua.lua_close(L)
    },
  }
}

function newState(): LuaState {
  const L = lauxlib.luaL_newstate()
  lualib.luaL_openlibs(L)
  return L
}

function check(L: LuaState, status: number): void {
  if (status !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(L, -1))
}
