import { describe, expect, it } from 'vitest'
import { asTable, createRuntime, LuaNull, LuaTable } from './index.ts'

describe('tableAs', () => {
  it("'object' is the default", () => {
    using lua = createRuntime({ tableAs: 'object' })
    expect(lua.executeScript('return {}, { 1 }, { a = 1 }')).toEqual([[], [1], { a: 1 }])
  })

  it("'map' keeps the types of keys, at every door", () => {
    using lua = createRuntime({ tableAs: 'map' })
    const got: unknown[] = []
    lua.setGlobal('take', (value: unknown) => got.push(value))
    const nested = new Map<unknown, unknown>([
      [1, new Map()],
      ['1', new Map([[1, 'x']])],
      [true, 1.5],
      [0.5, 2n ** 60n],
    ])
    lua.executeScript('t = { {}, ["1"] = { "x" }, [true] = 1.5, [0.5] = 1 << 60 } take(t) function get() return t end')
    got.push(lua.getGlobal('t'), lua.call('get'), lua.executeScript('return t'), lua.getGlobalRef('t')?.toMap())
    for (const value of got) expect(value).toEqual(nested)
    expect(lua.executeScript('return ...', { args: [nested] })).toEqual(nested)
    expect(lua.executeScript('return { 1.5, 2.5 }')).toEqual(
      new Map([
        [1, 1.5],
        [2, 2.5],
      ]),
    )
    expect(lua.getGlobalRef('t')?.getRef('1')?.toObject()).toEqual(['x'])
  })

  it("'map' and binaryStrings give bytes for values and text for keys, long and short, nested too", () => {
    using lua = createRuntime({ tableAs: 'map', binaryStrings: true })
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
    const entries = (value: unknown): unknown[] => [...(value as Map<unknown, unknown>)]
    expect(entries(lua.executeScript('return { ["a"] = "\\xff\\0" }'))).toEqual([['a', Uint8Array.of(255, 0)]])
    const many = lua.executeScript<Map<unknown, unknown>>(
      'local t = {} for i = 1, 100 do t[i] = { [i .. ""] = ("x"):rep(i) } end return t',
    )
    expect(many.size).toBe(100)
    expect(entries(many.get(100))).toEqual([['100', bytes('x'.repeat(100))]])
    lua.setGlobal('given', new Map([[bytes('key'), bytes('value')]]))
    expect(lua.executeScript('return given.key == "value"')).toBe(true)
  })

  it("'reference' gives a LuaTable for every table, nested too", () => {
    using lua = createRuntime({ tableAs: 'reference' })
    const t = lua.executeScript<LuaTable>('t = { inner = {} } return t')
    expect(t).toBeInstanceOf(LuaTable)
    expect(t.get('inner')).toBeInstanceOf(LuaTable)
    expect(t.get('inner')).toBe(t.getRef('inner'))
    expect(lua.getGlobal('t')).toBe(t)
    expect(lua.createTable([1]).toObject()).toEqual([1])
    lua.setGlobal('take', (value: unknown) => value === t)
    expect(lua.executeScript('return take(t)')).toBe(true)
    expect(t.toObject()).toEqual({ inner: [] })
  })

  it('refuses other values', () => {
    expect(() => createRuntime({ tableAs: 'array' as never })).toThrow(RangeError)
    expect(() => createRuntime({ tableAs: 1 as never })).toThrow(TypeError)
    expect(() => createRuntime({ nulls: 'null' as never })).toThrow(RangeError)
    expect(() => createRuntime({ nulls: null as never })).toThrow(TypeError)
  })
})

describe('LuaNull', () => {
  it('crosses both ways at every door', () => {
    using lua = createRuntime()
    lua.setGlobal('null', LuaNull)
    const got: unknown[] = []
    lua.setGlobal('take', (...values: unknown[]) => {
      got.push(...values)
      return LuaNull
    })
    expect(
      lua.executeScript('return null, { null }, { k = null }, take(null, { null }), #{ 1, null, 3 }, tostring(null)'),
    ).toEqual([LuaNull, [LuaNull], { k: LuaNull }, LuaNull, 3, 'null'])
    expect(got).toEqual([LuaNull, [LuaNull]])
    expect(
      lua.executeScript('return null == ..., null == (...), null ~= nil, null and 1', { args: [LuaNull] }),
    ).toEqual([true, true, true, 1])
    const t = lua.createTable([1, LuaNull, 3])
    expect([t.length(), t.get(2), t.has(2)]).toEqual([3, LuaNull, true])
    t.set('k', LuaNull)
    expect(t.toMap().get('k')).toBe(LuaNull)
  })

  it("is what null becomes with nulls: 'sentinel', and null is what it comes back as", () => {
    using lua = createRuntime({ nulls: 'sentinel' })
    expect(lua.executeScript('return ...', { args: [[1, null, { a: null, b: undefined }]] })).toEqual([
      1,
      null,
      { a: null },
    ])
    expect(lua.executeScript('local t = ... return #t, t[2] ~= nil, t[2]', { args: [[1, null, 3]] })).toEqual([
      3,
      true,
      null,
    ])
    expect(lua.executeScript('return #(...)', { args: [new Set([1, null, 2])] })).toBe(3)
    lua.setGlobal('get', () => [null, LuaNull])
    expect(lua.executeScript('local t = get() return t[1] == t[2], t')).toEqual([true, [null, null]])
  })
})

describe('asTable', () => {
  it('makes a sequence at every door, nested too', () => {
    using lua = createRuntime()
    const floats = asTable(Float64Array.of(1, 2.5, -0))
    lua.setGlobal('g', floats)
    lua.setGlobal('get', () => [floats])
    expect(lua.executeScript('return g, get()[1], math.type(g[1]), math.type(g[2])')).toEqual([
      [1, 2.5, -0],
      [1, 2.5, -0],
      'integer',
      'float',
    ])
    expect(lua.createTable(asTable(BigInt64Array.of(2n ** 62n))).get(1)).toBe(2n ** 62n)
    expect(lua.createTable(asTable(new Uint8Array(1000))).length()).toBe(1000)
  })

  it('carries a million numbers there and back', () => {
    using lua = createRuntime()
    const numbers = Float64Array.from({ length: 1_000_000 }, (_, i) => i / 3)
    expect(lua.createTable(asTable(numbers)).toFloat64Array()).toEqual(numbers)
  })
})
