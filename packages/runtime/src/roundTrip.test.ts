import { describe, expect, it } from 'vitest'
import { createRuntime } from './index.ts'

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const edges: unknown[] = [
  0,
  -0,
  -1,
  127,
  128,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 31,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  2n ** 53n,
  -(2n ** 63n),
  2n ** 63n - 1n,
  0.1,
  5e-324,
  1.7976931348623157e308,
  2 ** 63,
  Number.NaN,
  Infinity,
  -Infinity,
  true,
  false,
  '',
  'a\0b',
  'é',
  '\u{1f600}',
  '\ufffd',
]

/** A value that comes back as it went: no nil, no empty object, and what is large and integral as BigInt. */
function arbitrary(random: () => number, depth: number): unknown {
  const below = (limit: number): number => Math.floor(random() * limit)
  const text = (): string =>
    Array.from({ length: below(random() < 0.1 ? 300 : 24) }, () =>
      String.fromCodePoint(
        random() < 0.9 ? 32 + below(95) : ([0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff][below(8)] ?? 0),
      ),
    ).join('')
  const scalars = [
    () => edges[below(edges.length)],
    () => below(300) - 100,
    () => below(2 ** 32) - 2 ** 31,
    () => random() * 1e6,
    text,
  ]
  const containers = [
    () => Array.from({ length: below(8) }, () => arbitrary(random, depth - 1)),
    () => Array.from({ length: below(400) }, () => below(2 ** 33)),
    () => {
      const keys = Array.from({ length: 1 + below(6) }, () => (random() < 0.5 ? `k${below(9)}` : `x${text()}`))
      return Object.fromEntries(keys.map((key) => [key, arbitrary(random, depth - 1)]))
    },
    () => {
      const keys = Array.from({ length: 1 + below(5) }, (_, index) => `field${index}`)
      return Array.from({ length: below(30) }, () => Object.fromEntries(keys.map((key) => [key, arbitrary(random, 0)])))
    },
  ]
  const makers = depth > 0 && random() < 0.6 ? containers : scalars
  return makers[below(makers.length)]?.()
}

describe('any value', () => {
  it.each([
    [1, true],
    [2, true],
    [3, true],
    [4, false],
    [5, false],
    [6, false],
  ])('comes back from Lua as it went (seed %i, strict %s)', (seed, strictConversion) => {
    const random = randomFrom(seed)
    using lua = createRuntime({ strictConversion })
    const echo = lua.executeScript<(value: unknown) => unknown>('return function(...) return ... end')
    lua.executeScript('function through(...) return host(...) end')
    for (let round = 0; round < 400; round++) {
      const value = arbitrary(random, 5)
      let seen: unknown
      lua.setGlobal('host', (argument: unknown) => {
        seen = argument
        return argument
      })
      expect(echo(value)).toEqual(value)
      expect(lua.call('through', value)).toEqual(value)
      expect(seen).toEqual(value)
      lua.setGlobal('stored', value)
      expect(lua.getGlobal('stored')).toEqual(value)
    }
  })
})
