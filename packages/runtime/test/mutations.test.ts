/** Bytecode that was changed in any way is refused before Lua sees it: Lua would run it, and crash. */
import { createRuntime, LuaBytecodeError, type Runtime } from '@lua-native/runtime'
import { describe, expect, test } from 'vitest'

const source = `
  local t = {}
  for i = 1, 10 do t[i] = i * 2 end
  local function sum(list) local s = 0 for _, v in ipairs(list) do s = s + v end return s end
  return function(x) return x * 2, sum(t), "a constant", 1.5 end`

/** A repeatable sequence of integers below a bound (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Mutation = (good: Buffer, random: (below: number) => number) => Buffer

const mutations: readonly Mutation[] = [
  (good, random) => {
    const bad = Buffer.from(good)
    const at = random(bad.length)
    bad[at] = (bad[at] ?? 0) ^ (1 << random(8))
    return bad
  },
  (good, random) => {
    const bad = Buffer.from(good)
    for (let i = random(8); i >= 0; i--) bad[random(bad.length)] = random(256)
    return bad
  },
  (good, random) => good.subarray(0, random(good.length)),
  (good, random) => Buffer.concat([good.subarray(0, random(good.length)), good.subarray(random(good.length))]),
  (good, random) => Buffer.concat([good, Buffer.from(Array.from({ length: 1 + random(40) }, () => random(256)))]),
  (good, random) => {
    const bad = Buffer.from(good)
    const from = random(bad.length)
    bad.copyWithin(random(bad.length), from, from + random(64))
    return bad
  },
  (good, random) => {
    const bad = Buffer.from(good)
    const [a, b] = [random(bad.length), random(bad.length)]
    ;[bad[a], bad[b]] = [bad[b] ?? 0, bad[a] ?? 0]
    return bad
  },
  (good, random) => {
    const bad = Buffer.from(good)
    const at = random(bad.length)
    return bad.fill(random(256), at, Math.min(bad.length, at + 1 + random(32)))
  },
]

/** What `load` makes of a buffer: the error's class, or `accepted`. */
function verdict(lua: Runtime, bytecode: Uint8Array): string {
  try {
    lua.load(bytecode)
    return 'accepted'
  } catch (error) {
    return error instanceof LuaBytecodeError ? 'refused' : `other: ${error}`
  }
}

function countVerdicts(lua: Runtime, buffers: Iterable<Buffer>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const buffer of buffers) {
    const key = verdict(lua, buffer)
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

function* mutantsOf(good: Buffer, count: number, seed: number): Generator<Buffer> {
  const random = createRandom(seed)
  let made = 0
  while (made < count) {
    const bad = mutations[random(mutations.length)]?.(good, random)
    // A mutation may change nothing.
    if (bad === undefined || bad.equals(good)) continue
    made++
    yield bad
  }
}

const expectWorking = (lua: Runtime, good: Buffer): void => {
  const double = lua.load<(x: number) => unknown[]>(good)
  expect(double(21)).toEqual([42, 110, 'a constant', 1.5])
}

// The stacks of two hundred thousand errors are of no use.
const withoutStacks = <T>(work: () => T): T => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

describe.each([
  ['with a digest', undefined],
  ['with a signature', 'a secret of this test'],
])('bytecode %s', (_, bytecodeKey) => {
  const create = (): Runtime => createRuntime({ libraries: 'all', bytecodeKey })

  test('is refused after 100,000 random mutations, and loads unchanged', () => {
    const lua = create()
    const good = lua.compile(source)
    expectWorking(lua, good)
    expect(withoutStacks(() => countVerdicts(lua, mutantsOf(good, 100_000, 20260724)))).toEqual({ refused: 100_000 })
    expectWorking(lua, good)
    lua.dispose()
  })

  test('is refused with any one bit flipped', () => {
    const lua = create()
    const good = lua.compile(source)
    const flipped = function* (): Generator<Buffer> {
      for (let bit = 0; bit < good.length * 8; bit++) {
        const bad = Buffer.from(good)
        bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        yield bad
      }
    }
    expect(withoutStacks(() => countVerdicts(lua, flipped()))).toEqual({ refused: good.length * 8 })
    expectWorking(lua, good)
    lua.dispose()
  })

  test('is refused when cut anywhere', () => {
    const lua = create()
    const good = lua.compile(source)
    const cut = Array.from(good, (_, length) => good.subarray(0, length))
    expect(countVerdicts(lua, cut)).toEqual({ refused: good.length })
    lua.dispose()
  })

  test('is refused when put together from two good ones', () => {
    const lua = create()
    const one = lua.compile('return 1')
    const other = lua.compile('return 2')
    expect(other.length).toBe(one.length)
    const spliced = Array.from(one, (_, at) => Buffer.concat([one.subarray(0, at), other.subarray(at)])).filter(
      (buffer) => !buffer.equals(one) && !buffer.equals(other),
    )
    expect(spliced.length).toBeGreaterThan(0)
    expect(countVerdicts(lua, spliced)).toEqual({ refused: spliced.length })
    lua.dispose()
  })

  test("is refused as Lua's own dump", () => {
    const lua = create()
    expect(verdict(lua, lua.compile(source, { raw: true }))).toBe('refused')
    expect(verdict(lua, Buffer.from(source))).toBe('refused')
    expect(verdict(lua, Buffer.alloc(0))).toBe('refused')
    lua.dispose()
  })
})

test('bytecode of another key, or of none, is refused where a key is set', () => {
  const lua = createRuntime({ bytecodeKey: 'one' })
  const others = [createRuntime({ bytecodeKey: 'two' }), createRuntime(), createRuntime({ bytecodeKey: 'onf' })]
  expect(others.map((other) => verdict(lua, other.compile('return 1')))).toEqual(['refused', 'refused', 'refused'])
  expect(lua.load(createRuntime({ bytecodeKey: Buffer.from('one') }).compile('return 1'))).toBe(1)
})

test('bytecode that is signed is refused where no key is set', () => {
  expect(verdict(createRuntime(), createRuntime({ bytecodeKey: 'one' }).compile('return 1'))).toBe('refused')
})
