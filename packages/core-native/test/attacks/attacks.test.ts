/**
 * Every script of the corpus, in a process of its own, under a time limit alone and under an instruction limit
 * alone; and the endless ones again from every place where Lua code can run. The memory limit is always on.
 *
 * `ATTACKS=all` tries every endless script in every place. It takes half an hour.
 */
import { describe, expect, test } from 'vitest'
import type { Attack } from './attack.ts'
import { AttackProcess, type Job } from './attackProcess.ts'
import { corpus } from './corpus.ts'
import { type Bounds, judge } from './judge.ts'
import { wrappers } from './wrappers.ts'

const everything = process.env.ATTACKS === 'all'
const maxMemory = 64 * 1024 * 1024
const grownBytes = maxMemory + 16 * 1024 * 1024

interface Mode {
  readonly title: string
  readonly limits: Job['limits']
  readonly bounds: Bounds
}

const timeout = 500
// Under the sanitizers everything is slower and larger; there the same C code runs once, to see that it is clean.
const sanitized = process.env.LUA_NATIVE_ASAN === '1'
const underTime: Mode = {
  title: `a timeout of ${timeout} ms`,
  limits: { timeout },
  bounds: sanitized ? { ms: 10_000, grownBytes: Number.POSITIVE_INFINITY } : { ms: 2 * timeout + 200, grownBytes },
}
const underInstructions: Mode = {
  title: '5 million instructions',
  limits: { maxInstructions: 5_000_000 },
  bounds: { ms: 2500, grownBytes },
}
const modes: readonly Mode[] = sanitized ? [underTime] : [underTime, underInstructions]

/** Gives out two places; who finds none waits for one. */
function createPool(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = places
  const waiting: (() => void)[] = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}

const inPool = createPool(2)

/** Runs attacks one after another, in one process for as long as it lives; gives what went wrong. */
function problemsOf(attacks: readonly Attack[], { limits, bounds }: Mode): Promise<string[]> {
  return inPool(async () => {
    const problems: string[] = []
    let child = new AttackProcess()
    for (const attack of attacks) {
      const outcome = await child.run({ source: attack.source, maxMemory, limits })
      problems.push(...judge(attack, outcome, bounds).map((problem) => `${attack.name}: ${problem}`))
      if ('death' in outcome) child = new AttackProcess()
    }
    child.close()
    return problems
  })
}

for (const mode of modes) {
  describe.concurrent(`under ${mode.title}`, () => {
    for (const [family, attacks] of Object.entries(corpus)) {
      test.each(attacks.map((attack) => [attack.name, attack] as const))(`${family}: %s`, async (_, attack) => {
        expect(await problemsOf([attack], mode)).toEqual([])
      })
    }
  })
}

/** An endless script in one of the places: as an attack of its own. */
interface Placed {
  readonly mode: Mode
  readonly attack: Attack
}

/** Scripts that may end with another error than the limit's, which a finalizer turns into a warning. */
const warnsInFinalizer = new Set(['long arguments that are no text'])

/** Every endless script in every place and mode; or every fifth script, each in the next place and mode. */
function placedAttacks(): Placed[] {
  const combinations = Object.entries(wrappers).flatMap(([place, wrap]) => modes.map((mode) => ({ place, wrap, mode })))
  const endless = Object.entries(corpus).flatMap(([family, attacks]) =>
    attacks.filter(({ expected }) => expected === 'limit').map(({ name, source }) => ({ name, family, source })),
  )
  const placed = endless.map(({ name, family, source }) =>
    combinations.map(({ place, wrap, mode }) => ({
      mode,
      attack: {
        name: `${family}: ${name}, in ${place}`,
        expected: place === 'a finalizer' && warnsInFinalizer.has(name) ? ('any' as const) : ('limit' as const),
        source: wrap(source),
      },
    })),
  )
  if (everything) return placed.flat()
  return placed.filter((_, i) => i % 5 === 0).flatMap((all, i) => all.slice(i % all.length).slice(0, 1))
}

function chunksOf<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size))
}

for (const mode of modes) {
  describe.concurrent(`from other places, under ${mode.title}`, () => {
    const placed = placedAttacks().filter((each) => each.mode === mode)
    for (const chunk of chunksOf(placed, 7)) {
      const names = `${chunk[0]?.attack.name} and ${chunk.length - 1} more`
      test(names, async () => {
        expect(
          await problemsOf(
            chunk.map(({ attack }) => attack),
            mode,
          ),
        ).toEqual([])
      })
    }
  })
}
