import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRuntime, LuaConversionError, LuaLimitError, LuaTable, type Runtime, tableOf } from './index.ts'

let lua: Runtime
beforeEach(() => {
  lua = createRuntime()
})
afterEach(() => lua.dispose())

type Any = Record<string | number | symbol, unknown>

describe('table.proxy()', () => {
  it('reads and writes through, also in tables inside', () => {
    const t = lua.createTable({ a: { b: 1, c: { d: 2 } }, list: [1, [2]] })
    const p = t.proxy<{ a: { b: number; c: { d: number }; e?: unknown }; list: Any }>()
    p.a.b = 10
    p.a.c.d += 1
    p.a.e = { f: 'new' }
    p.list[3] = 'third'
    expect(t.toObject()).toEqual({ a: { b: 10, c: { d: 3 }, e: { f: 'new' } }, list: [1, [2], 'third'] })
    lua.setGlobal('t', t)
    lua.executeScript('t.a.b = "from Lua"')
    expect(p.a.b).toBe('from Lua')
  })

  it('is one object per table, inside as well', () => {
    const t = lua.createTable({ a: {} })
    const p = t.proxy<{ a: object; self?: unknown; missing?: unknown }>()
    expect(t.proxy()).toBe(p)
    expect(p.a).toBe(p.a)
    expect(tableOf(p)).toBe(t)
    expect(tableOf(p.a)).toBe(t.getRef('a'))
    p.self = p
    expect(p.self).toBe(p)
    expect(p.missing).toBeUndefined()
  })

  it('looks into a table that holds itself and so cannot be copied', () => {
    lua.executeScript('t = { inner = { n = 1 } } t.inner.up = t')
    const p = lua.getGlobalRef('t')?.proxy<{ inner: { n: number; up: unknown } }>()
    expect(p?.inner.n).toBe(1)
    expect(p?.inner.up).toBe(p)
  })

  it('leaves what is no table as it is', () => {
    const bytes = createRuntime({ binaryStrings: true })
    const p = bytes.createTable({ s: 'x', f: () => 1 }).proxy<{ s: Uint8Array; f: () => number }>()
    expect(p.s).toEqual(Uint8Array.of(120))
    expect(p.f()).toBe(1)
    bytes.dispose()
  })
})

describe('property names', () => {
  it('that are numbers mean numbers, all others strings', () => {
    const t = lua.createTable()
    const p = t.proxy<Any>()
    p[1] = 'one'
    p['-3'] = 'minus'
    p['1.5'] = 'half'
    p['01'] = 'text'
    p['9007199254740993'] = 'big'
    p['1e21'] = 'text too'
    p[''] = 'empty'
    p['NaN'] = 'no number'
    // biome-ignore lint/suspicious/noProto: that this name is a field like any other is what is tested
    p['__proto__'] = 'safe'
    expect(t.get(1)).toBe('one')
    expect(t.get(-3)).toBe('minus')
    expect(t.get(1.5)).toBe('half')
    expect(t.get('01')).toBe('text')
    expect(t.get(9007199254740993n)).toBe('big')
    expect(t.get('1e21')).toBe('text too')
    expect(t.get('')).toBe('empty')
    expect(t.get('NaN')).toBe('no number')
    expect(t.get('__proto__')).toBe('safe')
    expect(new Set(Object.keys(p))).toEqual(
      new Set(['1', '-3', '1.5', '01', '9007199254740993', '1e21', '', 'NaN', '__proto__']),
    )
    for (const name of Object.keys(p)) expect(p[name]).toBe((Object.entries(p).find(([key]) => key === name) ?? [])[1])
  })

  it('never clash in enumeration: string keys that look like numbers, booleans and tables are left out', () => {
    lua.executeScript('t = { [1] = "a", ["1"] = "b", [true] = "c", [{}] = "d", [1/0] = "e", x = "f" }')
    const p = lua.getGlobalRef('t')?.proxy<Any>() as Any
    expect(Object.keys(p).sort()).toEqual(['1', 'x'])
    expect({ ...p }).toEqual({ 1: 'a', x: 'f' })
    expect(p[1]).toBe('a')
  })
})

describe('traps', () => {
  it('has, delete, ownKeys, getOwnPropertyDescriptor, defineProperty', () => {
    const t = lua.createTable({ a: 1, b: 2 })
    const p = t.proxy<Any>()
    expect(['a' in p, 'z' in p, Object.hasOwn(p, 'a'), Object.hasOwn(p, 'z')]).toEqual([true, false, true, false])
    expect(delete p['a']).toBe(true)
    expect(delete p['a']).toBe(true)
    expect(t.keys()).toEqual(['b'])
    expect(Object.getOwnPropertyDescriptor(p, 'b')).toEqual({
      value: 2,
      writable: true,
      enumerable: true,
      configurable: true,
    })
    Object.defineProperty(p, 'c', { value: 3 })
    Object.assign(p, { d: 4 })
    expect(t.toObject()).toEqual({ b: 2, c: 3, d: 4 })
    p['c'] = undefined
    p['d'] = null
    expect(Object.entries(p)).toEqual([['b', 2]])
    const seen: string[] = []
    for (const name in p) seen.push(name)
    expect(seen).toEqual(['b'])
  })

  it('what Lua has not is refused', () => {
    const p = lua.createTable({ a: 1 }).proxy<Any>()
    expect(() => Object.defineProperty(p, 'a', { get: () => 1 })).toThrow(TypeError)
    expect(() => Object.defineProperty(p, 'a', { value: 1, enumerable: false })).toThrow(TypeError)
    expect(() => Object.freeze(p)).toThrow(TypeError)
    expect(() => Object.preventExtensions(p)).toThrow(TypeError)
    expect(() => Object.setPrototypeOf(p, {})).toThrow(TypeError)
    expect(() => {
      p[Symbol('s')] = 1
    }).toThrow(TypeError)
    expect(() => {
      p['a'] = Symbol('s')
    }).toThrow(LuaConversionError)
    expect(p[Symbol.iterator]).toBeUndefined()
    expect(Symbol.iterator in p).toBe(false)
    expect(delete p[Symbol.iterator]).toBe(true)
    expect(Object.getOwnPropertySymbols(p)).toEqual([])
    expect(p['a']).toBe(1)
  })

  it('then is undefined, toJSON a function, and both are hidden', async () => {
    const t = lua.executeScript<undefined>('t = { ["then"] = "x", toJSON = "y", when = 1 }') ?? lua.getGlobalRef('t')
    if (t === undefined) throw new Error('Expected a table')
    const p = t.proxy<Any>()
    expect(await p).toBe(p)
    expect(await Promise.all([p])).toEqual([p])
    expect(p['then']).toBeUndefined()
    expect('then' in p).toBe(false)
    expect(Object.keys(p)).toEqual(['when'])
    expect(Object.keys(JSON.parse(JSON.stringify(p))).sort()).toEqual(['then', 'toJSON', 'when'])
  })
})

describe('a table with a metatable that leaves Lua', () => {
  const source = `setmetatable({ own = 1, list = { 1, 2 } }, {
    __index = function(t, key) return "no " .. tostring(key) end,
    __newindex = function(t, key, value) rawset(t, key, { value }) end,
    __tostring = function(t) return "object " .. rawget(t, "own") end,
    __name = "object",
  })`

  it('comes as a live proxy that honours metamethods, at every door', () => {
    lua.executeScript(`object = ${source}`)
    const got: unknown[] = []
    lua.setGlobal('take', (value: unknown) => got.push(value))
    const p = lua.executeScript<Any>('return object')
    expect([p['own'], p['list'], p['other'], p[5], `${p}`]).toEqual([1, [1, 2], 'no other', 'no 5', 'object 1'])
    p['new'] = 'x'
    expect(lua.executeScript('return rawget(object, "new")')).toEqual(['x'])
    lua.executeScript('take(object) pcall(take, object) coroutine.wrap(take)(object)')
    got.push(lua.getGlobal('object'), lua.call('rawset', p, 'y', 1))
    got.push(lua.executeScript<unknown[]>('return { object }')[0], lua.executeScript<Any>('return { k = object }')['k'])
    got.push(
      lua.executeScript<unknown[]>('return 1, object')[1],
      lua.executeScript<() => unknown>('return function() return object end')(),
    )
    for (const value of got) expect(value).toBe(p)
    expect(lua.executeScript('return ... == object', { args: [p] })).toBe(true)
    expect(lua.executeScript('return (...)[1] == object', { args: [[p]] })).toBe(true)
  })

  it('gives tables inside as copies, and live ones through proxy()', () => {
    const p = lua.executeScript<{ list: number[] }>(`object = ${source} return object`)
    p.list.push(3)
    expect(p.list).toEqual([1, 2])
    const live = tableOf(p)?.proxy<{ list: Any }>() as { list: Any }
    live.list[3] = 3
    expect(p.list).toEqual([1, 2, 3])
    expect(lua.executeScript('return ... == object', { args: [live] })).toBe(true)
  })

  it('is made of a LuaTable when tables are references', () => {
    using references = createRuntime({ tableAs: 'reference' })
    expect(references.executeScript(`return ${source}`)).toBeInstanceOf(LuaTable)
  })

  it('refuses to change when its metamethods do', () => {
    const p = lua.executeScript<Any>(
      'return setmetatable({}, { __newindex = error, __index = { a = 1 }, __metatable = 1 })',
    )
    expect(() => {
      p['x'] = 1
    }).toThrow()
    expect(() => delete p['a']).toThrow()
    expect(p['a']).toBe(1)
  })
})

describe('printing, JSON and await', () => {
  const hostile = `local function loop() while true do end end
    return setmetatable({ 1, a = "x" }, {
      __index = loop, __newindex = loop, __len = loop, __pairs = loop, __tostring = loop, __call = loop, __eq = loop, __name = loop,
    })`

  it('run none of its Lua', async () => {
    using limited = createRuntime({ maxInstructions: 100_000 })
    const p = limited.executeScript<Any>(hostile)
    expect(inspect(p)).toBe("LuaTable { 1 => 1, 'a' => 'x' }")
    expect(inspect({ p }, { depth: Infinity })).toContain("'a' => 'x'")
    expect(JSON.stringify([p])).toBe('[{"1":1,"a":"x"}]')
    expect(await p).toBe(p)
    expect(Object.keys(p).sort()).toEqual(['1', 'a'])
    expect({ ...p }).toEqual({ 1: 1, a: 'x' })
    expect(() => p['b']).toThrow(LuaLimitError)
    expect(() => String(p)).toThrow(LuaLimitError)
    expect(p['a']).toBe('x')
  })

  it('show cycles as such', () => {
    const p = lua.executeScript<Any>('local t = setmetatable({}, {}) t.self = t t.list = { t } return t')
    expect(JSON.parse(JSON.stringify(p))).toEqual({ self: '[Circular]', list: ['[Circular]'] })
    expect(inspect(p, { depth: Infinity })).toContain('[Circular]')
    expect(inspect(p, { depth: -1 })).toBe('[LuaTable]')
    const plain = lua.executeScript<Any>('local t = {} t.t = t return setmetatable({ t = t }, {})')
    expect(JSON.stringify(plain)).toBe('"[Unreadable]"')
    expect(inspect(plain)).toBe('LuaTable <LUA_CONVERSION>')
  })

  it('write integers beyond 2^53 as digits', () => {
    const p = lua.executeScript('return setmetatable({ n = math.maxinteger }, {})')
    expect(JSON.stringify(p)).toBe('{"n":"9223372036854775807"}')
  })

  it('tell a released table', () => {
    const t = lua.createTable({ a: 1 })
    const p = t.proxy()
    t.release()
    expect(inspect(p)).toBe('LuaTable <released>')
    expect(inspect([p])).toContain('<released>')
  })
})
