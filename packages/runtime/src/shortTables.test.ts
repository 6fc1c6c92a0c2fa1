import { describe, expect, it } from 'vitest'
import { createRuntime, LuaNull, type RuntimeOptions } from './index.ts'

// Small arrays at the top of a value cross one by one, those inside others in a message: both have to say the same.

const scalars: unknown[] = [
  ...[0, -0, 1, 127, 128, -1, 2 ** 31, 2 ** 53, 2 ** 63, 0.5, Number.NaN, Infinity],
  ...[true, false, null, undefined, LuaNull, 5n, 2n ** 60n],
  ...['', 'a', 'a\0b', 'é', '\u{1f600}', 'lone \ud800', 'x'.repeat(40), 'x'.repeat(59), 'x'.repeat(60), 'ü'.repeat(31)],
  ...['x'.repeat(64), 'x'.repeat(5000)],
]
const objects: unknown[] = [
  [],
  ['inner'],
  {},
  { a: 1 },
  new Date(5),
  Buffer.of(1, 255),
  new Map([[1, 2]]),
  (): void => {},
]

function arraysOf(values: readonly unknown[]): unknown[][] {
  const arrays: unknown[][] = [[], new Array(1), new Array(2), new Array(3)]
  for (const value of values) {
    arrays.push([value], [value, 'b'], ['a', value], [value, value, value], new Array<unknown>(17).fill(value))
  }
  return arrays
}

const described =
  'return function(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n, ' +
  'math.type(t[1]), math.type(t[2]), type(t[1]), type(t[2]), t[1], t[2], t[3] end'

describe('a short array', () => {
  it.each<RuntimeOptions>([
    {},
    { nulls: 'sentinel' },
    { binaryStrings: true },
    { tableAs: 'map' },
    { strictConversion: true },
  ])('is the same alone as inside another, both ways, with %o', (options) => {
    using lua = createRuntime(options)
    const describeTable = lua.executeScript<(value: unknown) => unknown>(described)
    const describeInner = lua.executeScript<(value: unknown) => unknown>(
      `local describe = (function() ${described} end)() return function(t) return describe(t[1]) end`,
    )
    const echo = lua.executeScript<(value: unknown) => unknown>('return function(t) return t end')
    const wrap = lua.executeScript<(value: unknown) => Iterable<unknown>>('return function(t) return { t } end')
    const outcome = (work: () => unknown): unknown => {
      try {
        return work()
      } catch (error) {
        return (error as Error).constructor.name
      }
    }
    const inner = (value: unknown): unknown => {
      const outer = wrap(value)
      return outer instanceof Map ? outer.get(1) : [...outer][0]
    }
    for (const array of arraysOf([...scalars, ...objects])) {
      expect(outcome(() => describeTable(array))).toEqual(outcome(() => describeInner([array])))
      expect(outcome(() => echo(array))).toEqual(outcome(() => inner(array)))
    }
  })

  it('comes out the same whatever its table looks like inside', () => {
    using lua = createRuntime()
    const tables = [
      '{}',
      '{ 1 }',
      '{ 1, 2, nil }',
      '{ nil, 2 }',
      '{ 1, nil, 3 }',
      '{ [1] = 1 }',
      '{ [2] = 2 }',
      '{ [1] = 1, [2] = "b", [3] = 1.5 }',
      '{ 1, x = 1 }',
      '(function() local t = { 1, 2, 3, 4, 5 } t[5] = nil t[4] = nil return t end)()',
      '(function() local t = { x = 1, y = 2 } t.x = nil t.y = nil return t end)()',
      '(function() local t = {} for i = 1, 16 do t[i] = i end return t end)()',
      '(function() local t = {} for i = 1, 17 do t[i] = i end return t end)()',
      '(function() local t = {} for i = 16, 1, -1 do t[i] = "n" .. i end return t end)()',
      '{ print == nil, {}, 1 }',
      '{ math.maxinteger, math.mininteger, -0.0, 1e300 }',
    ]
    for (const table of tables) {
      const [alone, [inner]] = lua.executeScript<[unknown, [unknown]]>(`return ${table}, { ${table} }`)
      expect(alone).toEqual(inner)
    }
  })

  it('has its accessors called, and fails with what they throw', () => {
    using lua = createRuntime()
    const length = lua.executeScript<(value: unknown) => number>('return function(t) return #t end')
    const accessor = (get: () => unknown): unknown[] =>
      Object.defineProperty([0], 0, { get, enumerable: true, configurable: true })
    expect(length(accessor(() => 'x'))).toBe(1)
    expect(length(accessor(() => length([1, 2])))).toBe(1)
    const error = new Error('mine')
    const fail = (): never => {
      throw error
    }
    expect(() => length(accessor(fail))).toThrow(error)
    const shrinking = accessor(() => {
      shrinking.length = 0
      return 1
    })
    shrinking.push('second')
    expect(length(shrinking)).toBe(1)
  })

  it('is shown to converters and classes first', () => {
    using lua = createRuntime()
    const echo = lua.executeScript<(value: unknown) => unknown>('return function(t) return t end')
    expect(echo([1])).toEqual([1])
    lua.registerTypeConverter(Array.isArray, (array: unknown[]) => `array of ${array.length}`)
    expect(echo([1])).toBe('array of 1')
    lua.reset()
    lua.executeScript('function length(t) return #t end')
    expect(lua.call('length', [1])).toBe('array of 1'.length)
    using other = createRuntime()
    other.registerFromLuaConverter(
      (value): value is unknown[] => Array.isArray(value),
      (array) => array.length,
    )
    expect(other.executeScript('return { "x", "y" }')).toBe(2)
  })

  it('counts against the memory limit', () => {
    using lua = createRuntime({ maxMemory: 4_000_000 })
    const script = `local s = ("x"):rep(1000000) local t = { s, s, s, s } return t`
    expect(() => lua.executeScript(script)).toThrow(expect.objectContaining({ code: 'LUA_MEMORY' }))
    expect(lua.executeScript('return { "x" }')).toEqual(['x'])
  })
})
