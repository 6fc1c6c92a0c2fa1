import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Whose time it is: the C baseline (or stock interpreter), this project, or a package compared with. */
export type SideName = 'baseline' | 'ours' | 'wasmoon' | 'fengari'

/** One of the things compared. */
export interface Side {
  readonly name: SideName
  /** Takes one sample. */
  readonly sample: () => number | Promise<number>
  /** Takes part in every n-th round only; 1 by default. For sides too slow to run as often as the others. */
  readonly every?: number
}

/** The samples of one side in the order they were taken, and what is said about them. */
export interface Samples {
  readonly values: readonly number[]
  readonly median: number
  /** Half the distance between the quartiles, as a part of the median. */
  readonly spread: number
}

/** What a comparison measured, by side. */
export type Measured = Partial<Record<SideName, Samples>>

/**
 * Samples all sides `rounds` times, one after the other within each round, so that what slows the machine down for a
 * while slows all of them. The order turns round with each round. The JavaScript heap is collected before each sample.
 */
export async function interleave(sides: readonly Side[], rounds: number): Promise<Measured> {
  const values = new Map<SideName, number[]>()
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      if (round % (side.every ?? 1) !== 0) continue
      collectGarbage()
      const list = values.get(side.name) ?? []
      list.push(await side.sample())
      values.set(side.name, list)
    }
  }
  return Object.fromEntries([...values].map(([name, list]) => [name, summarize(list)]))
}

/** Condenses samples into their median and spread. */
export function summarize(values: readonly number[]): Samples {
  const sorted = values.toSorted((a, b) => a - b)
  const median = quantile(sorted, 0.5)
  const spread = median === 0 ? 0 : (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 / median
  return { values, median, spread }
}

function quantile(sorted: readonly number[], part: number): number {
  const place = (sorted.length - 1) * part
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new RangeError('Expected at least one sample, received none')
  return below + (above - below) * (place - Math.floor(place))
}

/**
 * Makes a sampler of nanoseconds per repetition. `run(n)` repeats the work n times; n is found once, on the first
 * sample, so that one sample takes about `sampleMs`.
 */
export function perRepetition(run: (n: number) => void, sampleMs: number): () => number {
  let n = 0
  return () => {
    if (n === 0) n = calibrate(run, sampleMs)
    return elapsed(() => run(n)) / n
  }
}

function calibrate(run: (n: number) => void, sampleMs: number): number {
  // The doubling warms the code up as well.
  for (let n = 1; ; n *= 2) {
    const ns = elapsed(() => run(n))
    if (ns >= sampleMs * 2e5) return Math.max(1, Math.round((n * sampleMs * 1e6) / ns))
  }
}

/** Nanoseconds that `work` takes. */
export function elapsed(work: () => void): number {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start)
}

/** Nanoseconds until the promise of `work` is settled. */
export async function elapsedAsync(work: () => Promise<void>): Promise<number> {
  const start = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - start)
}
