import { describe, expect, it } from 'vitest'
import { createRuntime, LuaConversionError, type LuaReference, multi, type RuntimeOptions } from './index.ts'

/** There and back: what `value` becomes in Lua and then in JavaScript, alone and nested. */
function trip(value: unknown, options: RuntimeOptions = {}): unknown {
  using lua = createRuntime(options)
  const [alone, [nested]] = lua.executeScript<[unknown, [unknown]]>('local a, b = ... return a, { b.deep.x }', {
    args: [value, { deep: { x: value } }],
  })
  expect(nested).toEqual(alone)
  return alone
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

const pathOf = (action: () => unknown): string => {
  const error = thrownBy(action)
  expect(error).toBeInstanceOf(LuaConversionError)
  return (error as LuaConversionError).path
}

describe('long text', () => {
  it.each(['a', 'ü', '\u20ac', '\u{1f600}', 'a\ud800', '\udc00b'])(
    'made of %j crosses whole, alone and nested',
    (part) => {
      for (const bytes of [4085, 4090, 4096, 4100, 70_000]) {
        const size = Math.ceil(bytes / Buffer.byteLength(part))
        for (const text of [part.repeat(size - 1), part.repeat(size), `x${part.repeat(size)}`]) {
          expect(trip(text)).toBe(text.replace(/\p{Surrogate}/gu, '\ufffd'))
        }
      }
    },
  )

  it('is refused when memory does not suffice, and leaves room for what comes', () => {
    using lua = createRuntime({ maxMemory: 4_000_000 })
    const length = lua.executeScript<(value: string) => number>('return function(text) return #text end')
    expect(() => length('x'.repeat(5_000_000))).toThrow(expect.objectContaining({ code: 'LUA_MEMORY' }))
    for (let i = 0; i < 20; i++) expect(length('x'.repeat(1_000_000))).toBe(1_000_000)
  })
})

describe('values that come back as they went', () => {
  it.each([
    [true],
    [0],
    [-1],
    [127],
    [128],
    [2 ** 31 - 1],
    [2 ** 31],
    [-(2 ** 31) - 1],
    [2 ** 53 - 1],
    [-(2 ** 53) + 1],
    [2n ** 53n],
    [-(2n ** 53n)],
    [2n ** 63n - 1n],
    [-(2n ** 63n)],
    [0.1],
    [-0],
    [Number.NaN],
    [Infinity],
    [-Infinity],
    [2 ** 63],
    [1e300],
    [''],
    ['text'],
    ['a\0b'],
    ['é\u{1f600}'],
    ['x'.repeat(100_000)],
    ['ü'.repeat(5000)],
    [[]],
    [[1, 2, 3]],
    [[0.5, -0, Number.NaN]],
    [['a', [1, ['b']]]],
    [{ a: 1, b: { c: [true, false] } }],
    [{ 'odd key': 1, '': 2, 'a\0b': 3, é: 4 }],
  ])('%s', (value) => {
    expect(trip(value)).toEqual(value)
  })

  it('a large table of rows', () => {
    const rows = Array.from({ length: 2000 }, (_, id) => ({ id, name: `n${id}`, score: id / 4, tags: ['a', `é${id}`] }))
    expect(trip(rows)).toEqual(rows)
  })
})

describe('values that change', () => {
  it.each<[string, unknown, unknown]>([
    ['a float beyond 2^53', 2 ** 60, 2n ** 60n],
    ['a small BigInt', 5n, 5],
    ['an empty object', {}, []],
    ['an object with nil', { a: undefined, b: 1 }, { b: 1 }],
    ['a Set', new Set([1, 2]), [1, 2]],
    [
      'a Map',
      new Map<unknown, unknown>([
        [1, 'a'],
        [2, 'b'],
      ]),
      ['a', 'b'],
    ],
    [
      'a Map with other keys',
      new Map<unknown, unknown>([
        [1.5, 'a'],
        ['k', 'b'],
      ]),
      { '1.5': 'a', k: 'b' },
    ],
    ['a Date', new Date(1234), 1234],
    ['a RegExp', /a+/g, 'a+'],
    ['a DataView', new DataView(Uint8Array.of(65, 66).buffer), 'AB'],
    ['invalid UTF-8', Uint8Array.of(0x61, 0xff), 'a\ufffd'],
    ['an Error', new RangeError('bad'), { name: 'RangeError', message: 'bad' }],
    ['a lone surrogate', 'a\ud800', 'a\ufffd'],
  ])('%s', (_name, value, expected) => {
    expect(trip(value)).toEqual(expected)
  })
})

describe('types in Lua', () => {
  it.each<[string, unknown, string]>([
    ['an integral number', 3, 'integer'],
    ['a float', 3.5, 'float'],
    ['-0', -0, 'float'],
    ['2^60', 2 ** 60, 'integer'],
    ['2^63', 2 ** 63, 'float'],
    ['a BigInt', 3n, 'integer'],
  ])('%s is a Lua %s', (_name, value, type) => {
    using lua = createRuntime()
    expect(
      lua.executeScript('local a, t = ... return math.type(a), math.type(t[1])', { args: [value, [value]] }),
    ).toEqual([type, type])
  })

  it('numeric-looking keys of objects stay text, keys of Maps keep their type', () => {
    using lua = createRuntime()
    const script = 'local t = ... return t["1"], t[1]'
    expect(lua.executeScript(script, { args: [{ 1: 'x' }] })).toEqual(['x', null])
    expect(lua.executeScript(script, { args: [new Map([[1, 'x']])] })).toEqual([null, 'x'])
  })

  it('__proto__ is data in both directions', () => {
    const value = trip(JSON.parse('{"__proto__": {"a": 1}, "b": 2}')) as object
    expect(Object.getOwnPropertyNames(value).sort()).toEqual(['__proto__', 'b'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('holes end nothing', () => {
    using lua = createRuntime()
    expect(lua.executeScript('local t = ... return t[1], t[2], t[3]', { args: [[1, null, 'c']] })).toEqual([
      1,
      null,
      'c',
    ])
  })
})

describe('keys of Lua tables', () => {
  it.each([
    ['{[1.5] = 1}', { '1.5': 1 }],
    ['{[1e300] = 1}', { '1e+300': 1 }],
    ['{[2^40] = 1}', { '1099511627776': 1 }],
    ['{[math.maxinteger] = 1}', { '9223372036854775807': 1 }],
    ['{[-3] = 1}', { '-3': 1 }],
    ['{[math.huge] = 1}', { inf: 1 }],
    ['{[true] = 1, a = 2}', { a: 2 }],
    ['{[{}] = 1, [print] = 2, a = 2}', { a: 2 }],
    ['{[2] = "b"}', { 2: 'b' }],
    ['{1, 2, a = 3}', { 1: 1, 2: 2, a: 3 }],
  ])('%s', (table, expected) => {
    using lua = createRuntime()
    expect(lua.executeScript(`return ${table}`)).toEqual(expected)
  })
})

describe('binaryStrings', () => {
  it('gives every string as bytes of its own, keys as text', () => {
    using lua = createRuntime({ binaryStrings: true })
    expect(lua.executeScript('return "a\\255", { k = "b", "" }')).toEqual([
      Uint8Array.of(97, 255),
      { 1: new Uint8Array(), k: Uint8Array.of(98) },
    ])
    const seen: unknown[] = []
    lua.setGlobal('see', (...args: unknown[]) => seen.push(...args))
    lua.executeScript('see("x")')
    expect(seen).toEqual([Uint8Array.of(120)])
  })
})

describe('strictConversion', () => {
  const strict = { strictConversion: true }

  it.each([
    ['[1, null]', [1, null], 'args[0][1]'],
    ['an instance', { a: new (class Point {})() }, 'args[0].a'],
    ['a lone surrogate', ['\ud800'], 'args[0][0]'],
  ])('refuses %s on the way to Lua', (_name, value, path) => {
    using lua = createRuntime(strict)
    expect(pathOf(() => lua.executeScript('', { args: [value] }))).toBe(path)
  })

  it.each(['{[true] = 1}', '{[print] = 1}', '{[1] = 1, ["1"] = 2}', '{"\\255"}', '"\\255"', '{x = {"\\255"}}'])(
    'refuses %s on the way to JavaScript',
    (table) => {
      using lua = createRuntime(strict)
      expect(thrownBy(() => lua.executeScript(`return ${table}`))).toBeInstanceOf(LuaConversionError)
    },
  )

  it('accepts what loses nothing', () => {
    expect(trip({ a: [1, 'x', 2n ** 60n] }, strict)).toEqual({ a: [1, 'x', 2n ** 60n] })
  })
})

describe('functions', () => {
  it('keep their identity in both directions', () => {
    using lua = createRuntime()
    const host = (): number => 1
    lua.setGlobal('host', host)
    lua.executeScript('function own() end list = { own, host }')
    expect(lua.getGlobal('host')).toBe(lua.getGlobal('host'))
    expect(lua.getGlobal('own')).toBe(lua.getGlobal('own'))
    expect(lua.getGlobal<unknown[]>('list')[0]).toBe(lua.getGlobal('own'))
    expect(
      lua.executeScript('local a, b = ... return a == own, b == host, a == b', {
        args: [lua.getGlobal('own'), host],
      }),
    ).toEqual([true, true, false])
  })

  it('get converted arguments, no this, and give one value or several by multi', () => {
    using lua = createRuntime()
    let received: unknown
    lua.setGlobal('host', function (this: unknown, ...args: unknown[]) {
      received = [this, args]
      return args.length === 0 ? multi(1, null, [3]) : ['one', 'table']
    })
    expect(lua.executeScript('return select("#", host(1, {2}))')).toBe(1)
    expect(received).toEqual([undefined, [1, [2]]])
    expect(lua.executeScript('return host()')).toEqual([1, null, [3]])
  })

  it('call each other 150 levels deep', () => {
    using lua = createRuntime()
    let down: (n: number) => number
    lua.setGlobal('up', (n: number) => (n === 0 ? 0 : down(n - 1) + 1))
    down = lua.executeScript<(n: number) => number>('return function(n) return up(n) end')
    expect(down(150)).toBe(150)
    expect(() => down(1_000_000)).toThrow()
    expect(down(10)).toBe(10)
  })

  it('nested in tables are callable', () => {
    using lua = createRuntime()
    const api = lua.executeScript<{ add: (a: number, b: number) => number }>(
      'return { add = function(a, b) return a + b end }',
    )
    expect(api.add(1, 2)).toBe(3)
    expect(lua.executeScript('return (...).f(5)', { args: [{ f: (n: number) => n * 2 }] })).toBe(10)
  })
})

describe('references', () => {
  it('stand for coroutines and userdata, keep their identity and go back as what they are', () => {
    using lua = createRuntime({ libraries: 'all' })
    const out = lua.executeScript<LuaReference>('return io.stdout')
    expect(out.type).toBe('userdata')
    expect(lua.executeScript('return io.stdout')).toBe(out)
    expect(
      lua.executeScript('local a, t = ... return a == io.stdout, t[1] == io.stdout', { args: [out, [out]] }),
    ).toEqual([true, true])
    const thread = lua.executeScript<LuaReference>('return coroutine.create(function(a) return a * 2 end)')
    expect(thread.type).toBe('thread')
    expect(lua.call('coroutine.resume', thread, 4)).toEqual([true, 8])
  })

  it('are refused by another runtime, and so are forged ones', () => {
    using lua = createRuntime()
    using other = createRuntime()
    const thread = lua.executeScript<LuaReference>('return coroutine.create(print)')
    expect(pathOf(() => other.setGlobal('t', { a: [thread] }))).toMatch(/^value/)
    const forged = Object.create(Object.getPrototypeOf(thread))
    expect(pathOf(() => lua.setGlobal('t', { a: [forged] }))).toBe('value.a[0]')
    lua.setGlobal('t', thread)
    expect(lua.getGlobal('t')).toBe(thread)
  })
})

describe('depth and cycles', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = []
    for (let level = 1; level < depth; level++) value = [value]
    return value
  }

  it('100 levels cross, 101 do not', () => {
    using lua = createRuntime()
    expect(lua.executeScript('return ...', { args: [nested(100)] })).toEqual(nested(100))
    expect(pathOf(() => lua.executeScript('', { args: [nested(101)] }))).toBe(`args[0]${'[0]'.repeat(100)}`)
    const deep = 'local t = {} for i = 2, ... do t = {t} end return t'
    expect(lua.executeScript(deep, { args: [100] })).toEqual(nested(100))
    pathOf(() => lua.executeScript(deep, { args: [101] }))
  })

  it('cycles are refused with their path', () => {
    using lua = createRuntime()
    const cycle: { items: unknown[] } = { items: [1, 2, 3] }
    cycle.items.push(cycle)
    expect(pathOf(() => lua.setGlobal('a', cycle))).toBe('value.items[3]')
    lua.setGlobal('f', () => cycle)
    expect(pathOf(() => lua.executeScript('f()'))).toBe('result.items[3]')
    pathOf(() => lua.executeScript('local t = {} t.self = t return t'))
  })
})

describe('code of the host that runs during a conversion', () => {
  it('may call Lua', () => {
    using lua = createRuntime()
    lua.executeScript('function double(t) return { t[1] * 2 } end')
    const value = {
      before: [1, 'a'],
      get inner() {
        return lua.call('double', [21])
      },
      after: 'z',
    }
    expect(lua.executeScript('return ...', { args: [value, { x: 1 }] })).toEqual([
      { before: [1, 'a'], inner: [42], after: 'z' },
      { x: 1 },
    ])
  })

  it('may make the buffer grow under a value that is on its way', () => {
    using lua = createRuntime()
    const value = {
      before: 'b',
      get inner() {
        return lua.executeScript('return #(...).text', { args: [{ text: 'y'.repeat(3_000_000) }] })
      },
      after: ['z'],
    }
    for (let round = 0; round < 3; round++) {
      expect(lua.executeScript('return ...', { args: [value] })).toEqual({
        before: 'b',
        inner: 3_000_000,
        after: ['z'],
      })
    }
  })

  it('cannot close the runtime', () => {
    using lua = createRuntime()
    const value = {
      get a() {
        lua.dispose()
        return 1
      },
    }
    expect(() => lua.setGlobal('x', value)).toThrow(expect.objectContaining({ code: 'LUA_BUSY' }))
    expect(lua.executeScript('return x')).toBe(null)
  })

  it('throws its own error through', () => {
    using lua = createRuntime()
    const error = new RangeError('mine')
    const value = {
      get a(): never {
        throw error
      },
    }
    expect(thrownBy(() => lua.setGlobal('x', value))).toBe(error)
    lua.setGlobal('f', () => value)
    expect(thrownBy(() => lua.executeScript('f()'))).toBe(error)
  })

  it('as a finalizer leaves a value that is on its way to Lua alone', () => {
    using lua = createRuntime()
    lua.setGlobal('junk', () => ({ junk: ['j'.repeat(30), 'k'.repeat(30)] }))
    lua.executeScript('function litter() for i = 1, 200 do setmetatable({}, { __gc = junk }) end end')
    const rows = Array.from({ length: 5000 }, (_, id) => ({ id, name: `name ${id}`, tags: [`t${id}`] }))
    for (let round = 0; round < 20; round++) {
      lua.call('litter')
      lua.setGlobal('rows', rows)
      expect(lua.getGlobal('rows')).toEqual(rows)
    }
  })
})

describe('objects that share keys with what is in them', () => {
  it.each([
    {
      a: 0,
      list: [
        {
          a: [
            { a: 1, z: 1 },
            { a: 2, z: 2 },
          ],
          z: 3,
        },
        { a: { a: 4, z: 5 } },
      ],
    },
    { c: [{ a: [], z: 1 }, [{ a: 2, z: 't' }]], a: { a: { c: { a: 't', z: true } }, c: { a: 't', z: 0 }, z: [] } },
    {
      list: [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
        { a: { a: 1, b: 2, c: 3 }, b: { a: 1, b: 2, c: 3 }, c: 1 },
        { a: 1, b: 2, c: 3 },
      ],
    },
  ])('arrive as they are: %j', (sent) => {
    using lua = createRuntime()
    expect(lua.executeScript('return ...', { args: [sent] })).toEqual(sent)
  })

  it('arrive as they are: many of them', () => {
    using lua = createRuntime()
    let state = 1
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % below
    }
    const make = (depth: number): unknown => {
      if (depth === 0 || random(3) === 0) return random(9)
      const names = ['a', 'b', 'c', 'd'].slice(0, random(4) + 1)
      if (random(4) === 0) return names.map(() => make(depth - 1))
      return Object.fromEntries(names.map((name) => [name, make(depth - 1)]))
    }
    for (let i = 0; i < 2000; i++) {
      const sent = make(5)
      expect(lua.executeScript('return ...', { args: [sent] })).toEqual(sent)
    }
  })
})
