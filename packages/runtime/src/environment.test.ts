import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRuntime, LuaLimitError, LuaMemoryError, LuaRuntimeError, LuaSyntaxError, type Runtime } from './index.ts'

let lua: Runtime
beforeEach(() => {
  lua = createRuntime({ globals: { limit: 10, shared: { n: 1 }, greet: () => 'hello' } })
})
afterEach(() => lua.dispose())

const invalid = expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' })

describe('createEnvironment', () => {
  it('shows the libraries and nothing else', () => {
    const env = lua.createEnvironment()
    expect(lua.executeScriptIn(env, 'return type(print), type(string.rep), limit, greet')).toEqual([
      'function',
      'function',
      null,
      null,
    ])
    expect(env.keys()).toEqual([])
  })

  it('shows what is on the whitelist, by value', () => {
    const env = lua.createEnvironment({ whitelist: ['limit', 'shared', 'math', 'unset'] })
    expect(
      lua.executeScriptIn(env, 'limit = limit + 1 shared.n = 2 return limit, math.pi > 3, unset, print, string'),
    ).toEqual([11, true, null, null, null])
    expect(lua.executeScript('return limit, shared.n')).toEqual([10, 2])
    expect(lua.executeScriptIn(lua.createEnvironment({ whitelist: [] }), 'return _G, print')).toEqual([null, null])
  })

  it('looks through to the globals with inherit', () => {
    const env = lua.createEnvironment({ inherit: true })
    expect(lua.executeScriptIn(env, 'own = 1 limit = 5 return greet(), limit')).toEqual(['hello', 5])
    expect(lua.executeScript('return own, limit')).toEqual([null, 10])
    lua.executeScript('later = "seen" alias = string')
    expect(lua.executeScriptIn(env, 'return later, rawequal(alias, string), pcall(rawset, alias, "x", 1)')).toEqual(
      expect.arrayContaining(['seen', true, false]),
    )
  })

  it('shares the libraries when asked to', () => {
    const [a, b] = [lua.createEnvironment({ libraries: 'shared' }), lua.createEnvironment({ libraries: 'shared' })]
    lua.executeScriptIn(a, 'string.shout = function(s) return s:upper() .. "!" end print = 1')
    expect(lua.executeScriptIn(b, 'return ("x"):shout(), type(print)')).toEqual(['X!', 'function'])
    expect(lua.executeScriptIn(a, 'return load("return _G == _ENV and print")()')).toBe(1)
    const both = lua.createEnvironment({ libraries: 'shared', inherit: true })
    expect(lua.executeScriptIn(both, 'return greet(), string.shout("a")')).toEqual(['hello', 'A!'])
  })

  it('keeps environments apart, and what they set', () => {
    const [a, b] = [lua.createEnvironment(), lua.createEnvironment()]
    lua.executeScriptIn(a, 'x = 1 function f() return x end')
    expect(lua.executeScriptIn(b, 'return x, f')).toEqual([null, null])
    expect(lua.executeScriptIn(a, 'return x, f()')).toEqual([1, 1])
    a.set('x', 2)
    expect(lua.executeScriptIn(a, 'return f()')).toBe(2)
    expect(new Set(a.keys())).toEqual(new Set(['x', 'f']))
    expect(a.get<() => unknown>('f')()).toBe(2)
    a.raw.set('print', () => 'mine')
    expect(lua.executeScriptIn(a, 'return print()')).toBe('mine')
  })

  it('has loaders that mean it', () => {
    const env = lua.createEnvironment()
    expect(
      lua.executeScriptIn(
        env,
        `load("made = 1")()
        local done
        load(function() if not done then done = true return "made2 = 2" end end)()
        load("made3 = 3", "c", "t", _G)()
        local own = {}
        load("made4 = 4", "c", "t", own)()
        local _, message = load("return +")
        return made, made2, made3, made4, own.made4, message`,
      ),
    ).toEqual([1, 2, 3, null, 4, expect.stringMatching(/unexpected symbol/)])
    expect(lua.getGlobal('made')).toBeNull()
  })

  it('refuses options that are none', () => {
    for (const wrong of [
      1,
      'x',
      null,
      [],
      { inherit: 1 },
      { whitelist: 'print' },
      { whitelist: [1] },
      { whitelist: {} },
      { libraries: 1 },
    ]) {
      expect(() => lua.createEnvironment(wrong as never)).toThrow(invalid)
    }
    expect(() => lua.createEnvironment({ libraries: 'other' as never })).toThrow(RangeError)
    expect(() => lua.createEnvironment({ other: 1 } as never)).toThrow(
      expect.objectContaining({ code: 'LUA_UNKNOWN_OPTION' }),
    )
    using bare = createRuntime({ libraries: ['string'] })
    expect(() => bare.createEnvironment()).toThrow(invalid)
  })

  it('meets the limits', () => {
    using small = createRuntime({ maxInstructions: 50 })
    expect(() => small.createEnvironment()).toThrow(LuaLimitError)
    const env = lua.createEnvironment()
    lua.setMaxInstructions(100_000)
    expect(() => lua.executeScriptIn(env, 'while true do end')).toThrow(LuaLimitError)
    expect(() => lua.executeScriptIn(env, 'local s = "x" while true do s = s .. s end')).toThrow(/./)
    lua.setMaxInstructions(Infinity)
    lua.setMemoryLimit(lua.getMemoryUsage() + 100_000)
    expect(() => lua.executeScriptIn(env, 'return ("x"):rep(1e8)')).toThrow(LuaMemoryError)
    expect(lua.executeScriptIn(env, 'return 1')).toBe(1)
  })

  it('is collected when it is dropped', () => {
    const settle = (): number => {
      lua.gc('collect')
      lua.gc('collect')
      return lua.getMemoryUsage()
    }
    const make = (): void => {
      for (let i = 0; i < 200; i++) {
        const env = lua.createEnvironment()
        lua.executeScriptIn(env, 'x = string.rep')
        env.release()
      }
    }
    make()
    const before = settle()
    make()
    expect(settle() - before).toBeLessThan(20_000)
  })
})

describe('executeScriptIn', () => {
  it('takes any live table, and options as executeScript does', () => {
    const table = lua.createTable({ a: 1 })
    expect(lua.executeScriptIn(table, 'b = a + 1 return b, print')).toEqual([2, null])
    expect(lua.executeScriptIn(table.proxy(), 'return b')).toBe(2)
    expect(lua.executeScriptIn(table, 'return ...', { args: [1, 2], results: 'first' })).toBe(1)
    expect(() => lua.executeScriptIn(table, 'x.y = 1', { chunkName: '@in.lua' })).toThrow(/in\.lua:1/)
    expect(() => lua.executeScriptIn(table, 'while true do end', { maxInstructions: 1000 })).toThrow(LuaLimitError)
    const proxy = lua.executeScript<object>('return setmetatable({}, { __index = function(_, k) return k end })')
    expect(lua.executeScriptIn(proxy, 'return hello')).toBe('hello')
  })

  it('works inside callbacks and coroutines', () => {
    const env = lua.createEnvironment()
    lua.setGlobal('run', (source: string) => lua.executeScriptIn(env, source))
    expect(
      lua.executeScript('run("n = 1") return coroutine.wrap(function() return run("n = n + 1 return n") end)()'),
    ).toBe(2)
  })

  it('refuses what is no table, no source, or no longer there', () => {
    const env = lua.createEnvironment()
    for (const wrong of [undefined, null, 1, 'x', {}, () => 1]) {
      expect(() => lua.executeScriptIn(wrong as never, 'return 1')).toThrow(invalid)
      if (typeof wrong !== 'string') expect(() => lua.executeScriptIn(env, wrong as never)).toThrow(invalid)
    }
    expect(() => lua.executeScriptIn(env, 'return +')).toThrow(LuaSyntaxError)
    expect(() => lua.executeScriptIn(env, 'error("x")')).toThrow(LuaRuntimeError)
    expect(() => lua.executeScriptIn(env, '\x1bLua')).toThrow(LuaSyntaxError)
    env.release()
    expect(() => lua.executeScriptIn(env, 'return 1')).toThrow(/released/)
  })
})
