import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createRuntime,
  LuaConversionError,
  LuaDisposedError,
  type LuaKey,
  LuaLimitError,
  LuaNull,
  LuaRuntimeError,
  LuaTable,
  type Runtime,
  tableOf,
} from './index.ts'

let lua: Runtime
beforeEach(() => {
  lua = createRuntime()
})
afterEach(() => lua.dispose())

const invalid = expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' })

function table(source: string): LuaTable {
  lua.executeScript(`made = ${source}`)
  const made = lua.getGlobalRef('made')
  if (made === undefined) throw new Error('Expected a table')
  return made
}

describe('createTable', () => {
  it('makes an empty table, or one of anything that is a table in Lua', () => {
    expect(lua.createTable().toObject()).toEqual([])
    expect(lua.createTable([1, 'a', [2]]).toObject()).toEqual([1, 'a', [2]])
    expect(lua.createTable({ a: { b: 1 } }).toObject()).toEqual({ a: { b: 1 } })
    expect(lua.createTable(new Map([[1.5, 'x']])).get(1.5)).toBe('x')
    expect(lua.createTable(new Set(['x', 'y'])).toObject()).toEqual(['x', 'y'])
  })

  it('gives the same object for a table that has one', () => {
    const first = lua.createTable()
    expect(lua.createTable(first)).toBe(first)
    expect(lua.createTable(first.proxy())).toBe(first)
  })

  it.each([[null], [1], ['x'], [true], [() => 1], [new Date(0)], [new Uint8Array(2)]])('refuses %o', (value) => {
    expect(() => lua.createTable(value)).toThrow(invalid)
  })

  it('throws what reading the value throws, and the error of what cannot be held', () => {
    const thrown = new Error('mine')
    const object = {
      get a(): never {
        throw thrown
      },
    }
    expect(() => lua.createTable(object)).toThrow(thrown)
    expect(() => lua.createTable([Symbol('x')])).toThrow(LuaConversionError)
  })
})

describe('getGlobalRef', () => {
  it('finds tables by name and path, as one object each', () => {
    lua.executeScript('a = { b = { c = 1 } }')
    expect(lua.getGlobalRef('a.b')?.get('c')).toBe(1)
    expect(lua.getGlobalRef('a')?.getRef('b')).toBe(lua.getGlobalRef('a.b'))
    expect(lua.getGlobalRef('nothing')).toBeUndefined()
    expect(lua.getGlobalRef('a.nothing.more')).toBeUndefined()
  })

  it('gives the LuaTable of a table with a metatable', () => {
    lua.executeScript('m = setmetatable({}, { __index = { x = 1 } })')
    const m = lua.getGlobalRef('m')
    expect(m).toBeInstanceOf(LuaTable)
    expect(m?.get('x')).toBe(1)
    expect(tableOf(lua.getGlobal('m'))).toBe(m)
  })

  it('refuses other values and bad names', () => {
    lua.executeScript('n = 1')
    expect(() => lua.getGlobalRef('n')).toThrow(invalid)
    expect(() => lua.getGlobalRef('')).toThrow(invalid)
    expect(() => lua.getGlobalRef('a..b')).toThrow(invalid)
    expect(() => lua.getGlobalRef(1 as never)).toThrow(invalid)
  })
})

describe('keys', () => {
  const keys: [string, LuaKey, string][] = [
    ['an integer', 7, '7'],
    ['a negative integer', -1, '-1'],
    ['zero', 0, '0'],
    ['a float', 1.5, '1.5'],
    ['infinity', Infinity, 'math.huge'],
    ['2^53', 2 ** 53, '2^53|0'],
    ['a BigInt', 2n ** 62n, '1 << 62'],
    ['a string', 'name', '"name"'],
    ['digits', '7', '"7"'],
    ['an empty string', '', '""'],
    ['NUL', 'a\0b', '"a\\0b"'],
    ['text', 'ä€😀', '"ä€😀"'],
    ['__proto__', '__proto__', '"__proto__"'],
    ['true', true, 'true'],
    ['false', false, 'false'],
    ['bytes', Uint8Array.of(0xff, 0), '"\\xff\\0"'],
  ]

  it.each(keys)('%s means the same in both languages', (_name, key, source) => {
    const t = lua.createTable()
    lua.setGlobal('t', t)
    expect([t.has(key), t.get(key), t.raw.has(key)]).toEqual([false, null, false])
    t.set(key, 'here')
    expect(lua.executeScript(`return t[${source}]`)).toBe('here')
    expect([t.has(key), t.get(key), t.raw.get(key)]).toEqual([true, 'here', 'here'])
    lua.executeScript(`t[${source}] = nil`)
    expect(t.has(key)).toBe(false)
    t.raw.set(key, 1)
    t.delete(key)
    expect(t.raw.pairs()).toEqual([])
    t.set(key, 1)
    t.raw.delete(key)
    expect(t.has(key)).toBe(false)
  })

  it('-0 is 0, and 1 is 1n', () => {
    const t = lua.createTable()
    t.set(-0, 'zero')
    t.set(1n, 'one')
    expect([t.get(0), t.get(1)]).toEqual(['zero', 'one'])
  })

  it('NaN and nil find nothing and cannot be set', () => {
    const t = lua.createTable()
    for (const key of [Number.NaN, null, undefined]) {
      expect(t.get(key as never)).toBeNull()
      expect(t.has(key as never)).toBe(false)
      expect(() => t.set(key as never, 1)).toThrow(LuaRuntimeError)
      expect(() => t.raw.set(key as never, 1)).toThrow(LuaRuntimeError)
    }
    expect(t.keys()).toEqual([])
  })

  it('come back with their type', () => {
    const t = lua.createTable()
    for (const [, key] of keys) if (typeof key !== 'object') t.set(key, true)
    const expected = keys.map(([, key]) => (key === 2 ** 53 ? 2n ** 53n : key)).filter((key) => typeof key !== 'object')
    expect(new Set(t.keys())).toEqual(new Set(expected))
    expect(new Set(t.toMap().keys())).toEqual(new Set(t.keys()))
  })
})

describe('values', () => {
  it('convert as everywhere', () => {
    const t = lua.createTable()
    const callback = (): number => 7
    const nested = lua.createTable({ x: 1 })
    for (const [value, expected] of [
      [1.5, 1.5],
      [2n ** 60n, 2n ** 60n],
      ['é', 'é'],
      [
        [1, 2],
        [1, 2],
      ],
      [{ a: [1] }, { a: [1] }],
      [LuaNull, LuaNull],
      [nested, { x: 1 }],
    ]) {
      t.set('k', value)
      expect(t.get('k')).toEqual(expected)
    }
    t.set('f', callback)
    expect(t.get<() => number>('f')()).toBe(7)
    t.set('nested', nested)
    expect(t.getRef('nested')).toBe(nested)
    t.set('k', null)
    expect(t.has('k')).toBe(false)
    t.set('nested', undefined)
    expect(t.has('nested')).toBe(false)
  })

  it('that cannot be converted leave the table as it was', () => {
    const t = lua.createTable({ k: 1 })
    expect(() => t.set('k', Symbol('x'))).toThrow(LuaConversionError)
    expect(() => t.set(Symbol('x') as never, 1)).toThrow(LuaConversionError)
    expect(() => t.push(1, Symbol('x'))).toThrow(LuaConversionError)
    expect(t.toObject()).toEqual({ k: 1 })
  })

  it('may be the table itself', () => {
    const t = lua.createTable()
    t.set('self', t)
    lua.setGlobal('t', t)
    expect(lua.executeScript('return t.self == t')).toBe(true)
    expect(t.getRef('self')).toBe(t)
    expect(() => t.toObject()).toThrow(LuaConversionError)
  })
})

describe('length, push, ipairs, toFloat64Array', () => {
  it('see the sequence', () => {
    const t = lua.createTable()
    expect([t.length(), t.ipairs(), t.toFloat64Array()]).toEqual([0, [], new Float64Array()])
    t.push(1, 2.5)
    t.push()
    t.push(-3)
    expect(t.length()).toBe(3)
    expect(t.ipairs()).toEqual([
      [1, 1],
      [2, 2.5],
      [3, -3],
    ])
    expect(t.toFloat64Array()).toEqual(Float64Array.of(1, 2.5, -3))
    t.push('x')
    expect(() => t.toFloat64Array()).toThrow(LuaConversionError)
  })

  it('carry a hundred thousand and more', () => {
    const numbers = Array.from({ length: 250_001 }, (_, i) => i / 2)
    const t = lua.createTable(numbers)
    expect(t.length()).toBe(numbers.length)
    expect(t.ipairs().map(([, value]) => value)).toEqual(numbers)
    expect(t.pairs().length).toBe(numbers.length)
    expect(t.keys().length).toBe(numbers.length)
    expect([...t].map(([, value]) => value)).toEqual(numbers)
    expect([...t.toFloat64Array()]).toEqual(numbers)
  })
})

describe('iteration', () => {
  it('fetches a part at a time, and sees changes to what is still to come', () => {
    const t = lua.createTable(Array.from({ length: 100 }, (_, i) => i))
    const seen: unknown[] = []
    for (const [key, value] of t) {
      seen.push(value)
      if (key === 1) t.set(100, 'changed')
    }
    expect(seen).toHaveLength(100)
    expect(seen[99]).toBe('changed')
  })

  it('goes on when the entry that it stands on is cleared', () => {
    const t = lua.createTable(Array.from({ length: 200 }, (_, i) => i))
    let count = 0
    for (const [key] of t) {
      t.delete(key as number)
      count++
    }
    expect([count, t.keys()]).toEqual([200, []])
  })

  it('has cursors of their own, and ends with the table', () => {
    const t = lua.createTable(Array.from({ length: 100 }, (_, i) => i))
    const [a, b] = [t[Symbol.iterator](), t[Symbol.iterator]()]
    a.next()
    expect(b.next().value).toEqual([1, 0])
    t.release()
    const rest = (): unknown => [...a]
    expect(rest).toThrow(invalid)
  })

  it('survives keys that are tables and functions', () => {
    const t = table('{ [{}] = 1, [print] = 2, [true] = 3 }')
    expect(t.pairs().map(([, value]) => value)).toEqual(expect.arrayContaining([1, 2, 3]))
    expect([...t]).toHaveLength(3)
  })
})

describe('metamethods', () => {
  it('are honoured, and not by raw', () => {
    const t = table(`setmetatable({ own = 1 }, {
      __index = function(_, key) return "index " .. key end,
      __newindex = function(t, key, value) rawset(t, key, value * 2) end,
      __len = function() return 42 end,
      __call = function(self, a, b) return self.own, a + b end,
      __pairs = function(t) return function(_, key) if not key then return "paired", 1 end end, t, nil end,
    })`)
    expect([t.get('x'), t.raw.get('x'), t.has('x'), t.raw.has('x')]).toEqual(['index x', null, true, false])
    t.set('y', 4)
    t.raw.set('z', 4)
    expect([t.raw.get('y'), t.raw.get('z')]).toEqual([8, 4])
    expect([t.length(), t.raw.length()]).toEqual([42, 0])
    expect(t.call(1, 2)).toEqual([1, 3])
    expect(t.pairs()).toEqual([['paired', 1]])
    expect(new Map(t.raw.pairs())).toEqual(
      new Map([
        ['own', 1],
        ['y', 8],
        ['z', 4],
      ]),
    )
    expect(t.toObject()).toEqual({ own: 1, y: 8, z: 4 })
  })

  it('make ipairs end where __index does', () => {
    const t = table('setmetatable({ 1 }, { __index = function(_, i) if i < 4 then return i * 10 end end })')
    expect(t.ipairs()).toEqual([
      [1, 1],
      [2, 20],
      [3, 30],
    ])
  })

  it('give pairs without a value null', () => {
    const t = table(
      'setmetatable({}, { __pairs = function() return function(_, k) if not k then return "k" end end end })',
    )
    expect(t.pairs()).toEqual([['k', null]])
  })

  it('may fail, with the error that they raise', () => {
    const thrown = new Error('mine')
    lua.setGlobal('fail', () => {
      throw thrown
    })
    const t = table(
      'setmetatable({}, { __index = fail, __newindex = fail, __len = fail, __pairs = fail, __call = fail })',
    )
    for (const use of [
      () => t.get('x'),
      () => t.set('x', 1),
      () => t.has('x'),
      () => t.delete('x'),
      () => t.length(),
      () => t.pairs(),
      () => t.ipairs(),
      () => t.call(),
      () => t.getRef('x'),
    ]) {
      expect(use).toThrow(thrown)
    }
    expect(() => table('setmetatable({}, { __len = function() return "x" end })').length()).toThrow(LuaRuntimeError)
    expect(() => lua.createTable().call()).toThrow(LuaRuntimeError)
  })

  it('that never end meet the limits', () => {
    using limited = createRuntime({ maxInstructions: 100_000 })
    limited.executeScript(`
      local function loop() while true do end end
      hostile = setmetatable({}, { __index = loop, __newindex = loop, __len = loop, __call = loop, __pairs = loop })
      endless = setmetatable({}, {
        __index = function(_, i) return i end,
        __pairs = function() return function(_, k) return (k or 0) + 1, 1 end end,
      })`)
    const t = limited.getGlobalRef('hostile') as LuaTable
    const endless = limited.getGlobalRef('endless') as LuaTable
    for (const use of [
      () => t.get('x'),
      () => t.set('x', 1),
      () => t.has('x'),
      () => t.length(),
      () => t.pairs(),
      () => t.ipairs(),
      () => t.call(),
      () => endless.pairs(),
      () => endless.ipairs(),
    ]) {
      expect(use).toThrow(LuaLimitError)
    }
    expect(limited.executeScript('return 1')).toBe(1)
  })
})

describe('a LuaTable', () => {
  it('crosses as the table itself: as argument, result, global, element, key of nothing', () => {
    const t = lua.createTable({ n: 1 })
    lua.setGlobal('t', t)
    lua.setGlobal('get', () => t)
    lua.setGlobal('list', [t, { t }])
    expect(lua.executeScript('return ... == t, get() == t, list[1] == t, list[2].t == t', { args: [t] })).toEqual([
      true,
      true,
      true,
      true,
    ])
    const same = lua.executeScript<(a: unknown, b: unknown) => boolean>('return rawequal')
    expect(same(t, t.proxy())).toBe(true)
    expect(lua.call('rawequal', t, lua.getGlobalRef('t'))).toBe(true)
    const inside = lua.executeScript('return coroutine.wrap(function(x) return x == t end)(...)', { args: [t] })
    expect(inside).toBe(true)
  })

  it('can be used inside a callback and a finalizer of the same run', () => {
    const t = lua.createTable({ n: 0 })
    lua.setGlobal('bump', () => t.set('n', t.get<number>('n') + 1))
    lua.executeScript('for _ = 1, 10 do bump() end coroutine.wrap(bump)()')
    lua.executeScript('setmetatable({}, { __gc = bump }) collectgarbage()')
    expect(t.get('n')).toBe(12)
  })

  it('is refused by name once it is released', () => {
    const t = lua.createTable([1])
    const proxy = t.proxy<{ x?: number }>()
    const { raw } = t
    t.release()
    t.release()
    t[Symbol.dispose]()
    expect(t.released).toBe(true)
    for (const use of [
      () => t.get(1),
      () => t.set(1, 1),
      () => t.has(1),
      () => t.length(),
      () => t.pairs(),
      () => t.keys(),
      () => t.ipairs(),
      () => t.toObject(),
      () => t.toFloat64Array(),
      () => t.push(1),
      () => t.getMetatable(),
      () => t.setMetatable({}),
      () => [...t],
      () => raw.get(1),
      () => proxy.x,
      () => Object.keys(proxy),
    ]) {
      expect(use).toThrow(
        expect.objectContaining({ message: expect.stringMatching(/released/), code: 'LUA_INVALID_ARGUMENT' }),
      )
    }
    expect(() => lua.setGlobal('t', t)).toThrow(/released/)
    expect(() => lua.setGlobal('t', [proxy])).toThrow(/released/)
  })

  it('is refused by name once the runtime is closed, and by another runtime', () => {
    const t = lua.createTable()
    using other = createRuntime()
    expect(() => other.setGlobal('t', t)).toThrow(LuaConversionError)
    expect(() => other.executeScriptIn(t, 'return 1')).toThrow(/different/)
    expect(() => other.createTable().setMetatable(t)).toThrow(/runtime/)
    expect(() => other.setMetatable(t, other.createTable())).toThrow(/runtime/)
    lua.dispose()
    expect(() => t.get(1)).toThrow(LuaDisposedError)
    expect(() => t.proxy<{ x?: number }>().x).toThrow(LuaDisposedError)
    expect(() => lua.createTable()).toThrow(LuaDisposedError)
    t.release()
    expect(t.released).toBe(true)
  })

  it('is refused by name once the runtime was reset', () => {
    const t = lua.createTable({ a: 1 })
    const env = lua.createEnvironment()
    lua.reset()
    expect(() => t.get('a')).toThrow(LuaDisposedError)
    expect(() => lua.setGlobal('t', t)).toThrow(LuaConversionError)
    expect(() => lua.executeScriptIn(env, 'return 1')).toThrow(TypeError)
    expect(lua.executeScriptIn(lua.createEnvironment(), 'return ("x"):rep(2)')).toBe('xx')
  })

  it('is not constructed by hand', () => {
    expect(() => new LuaTable({} as never, {} as never)).toThrow(invalid)
  })

  it('prints and stringifies without running Lua', async () => {
    const t = table('setmetatable({ 1, a = { b = true } }, { __index = error, __len = error, __pairs = error })')
    const { inspect } = await import('node:util')
    expect(inspect(t)).toBe("LuaTable { 1 => 1, 'a' => { b: true } }")
    expect(JSON.stringify({ t })).toBe('{"t":{"1":1,"a":{"b":true}}}')
    t.release()
    expect(inspect(t)).toBe('LuaTable <released>')
    const other = lua.createTable()
    lua.dispose()
    expect(inspect(other)).toMatch(/^LuaTable </)
  })
})

describe('setMetatable', () => {
  it('makes metamethods of functions and values', () => {
    const v = lua.createTable({ x: 1 })
    type V = { x: number }
    v.setMetatable({
      __name: 'vector',
      __index: lua.createTable({ inherited: 'yes' }),
      __add: (a: V, b: V) => a.x + b.x,
      __eq: () => true,
      __lt: () => true,
      __le: () => false,
      __concat: () => 'joined',
      __unm: () => -1,
      __call: (_self: unknown, ...args: unknown[]) => args.length,
      __tostring: () => 'a vector',
      __close: () => closed.push('closed'),
      __metatable: 'locked',
      __mode: undefined,
    })
    const closed: string[] = []
    lua.setGlobal('v', v)
    expect(
      lua.executeScript(`do local c <close> = v end
        return v.inherited, v + v, v < v, v <= v, v .. 1, -v, v(1, 2), tostring(v), getmetatable(v)`),
    ).toEqual(['yes', 2, true, false, 'joined', -1, 2, 'a vector', 'locked'])
    expect(closed).toEqual(['closed'])
    expect(v.getMetatable()?.get('__name')).toBe('vector')
  })

  it('runs __gc when the table is collected, and no host function once the runtime is closed', () => {
    const collected: unknown[] = []
    const drop = lua.createTable({ name: 'dropped' })
    const keep = lua.createTable({ name: 'kept' })
    for (const t of [drop, keep]) t.setMetatable({ __gc: (self: { name: string }) => collected.push(self.name) })
    drop.release()
    lua.gc('collect')
    expect(collected).toEqual(['dropped'])
    lua.dispose()
    expect(collected).toEqual(['dropped'])
  })

  it('replaces, shares and takes away', () => {
    const t = lua.createTable()
    const mt = lua.createTable({ __index: { x: 1 } })
    t.setMetatable(mt)
    expect([t.getMetatable(), t.get('x')]).toEqual([mt, 1])
    mt.set('__index', { x: 2 })
    expect(t.get('x')).toBe(2)
    lua.setMetatable(t.proxy(), { __index: { x: 3 } })
    expect(t.get('x')).toBe(3)
    t.setMetatable(null)
    expect([t.getMetatable(), t.get('x')]).toEqual([undefined, null])
  })

  it('changes nothing when it fails', () => {
    const t = lua.createTable()
    t.setMetatable({ __name: 'kept' })
    const thrown = new Error('mine')
    const throwing = {
      __name: 'new',
      get __index(): never {
        throw thrown
      },
    }
    expect(() => t.setMetatable(throwing)).toThrow(thrown)
    expect(() => t.setMetatable({ __index: Symbol('x') })).toThrow(LuaConversionError)
    for (const wrong of [1, 'x', undefined, [], () => 1]) {
      expect(() => t.setMetatable(wrong as never)).toThrow(invalid)
      expect(() => lua.setMetatable(wrong as never, {})).toThrow(invalid)
    }
    expect(() => lua.setMetatable('missing', {})).toThrow(invalid)
    expect(() => lua.setMetatable({}, {})).toThrow(invalid)
    expect(t.getMetatable()?.get('__name')).toBe('kept')
  })
})
