import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
// Or the collections between samples would throw away the code of the sides that wait for their turn.
setFlagsFromString('--no-flush-bytecode')
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

/** What the first sample repeats its work for, in samples: JavaScript engines need that long to settle. */
const warmUpSamples = 16

/**
 * Makes a sampler of nanoseconds per repetition. `run(n)` repeats the work n times; n is found on the first sample, so
 * that one sample takes about `sampleMs`. Each sample is preceded by a run of the same length that does not count.
 */
export function perRepetition(run: (n: number) => void, sampleMs: number): () => number {
  let n = 0
  return () => {
    if (n === 0) n = calibrate(run, sampleMs)
    run(n)
    return cpuTime(() => run(n)) / n
  }
}

function calibrate(run: (n: number) => void, sampleMs: number): number {
  let n = 1
  for (let spent = 0; spent < warmUpSamples * sampleMs * 1e6; ) {
    const ns = cpuTime(() => run(n))
    spent += ns
    if (ns < sampleMs * 5e5) n *= 2
  }
  return n
}

/**
 * Nanoseconds of CPU time that `work` takes, of all threads of the process. Unlike the wall clock it leaves out what
 * other processes take meanwhile; it counts the garbage collector's threads, and has steps of a microsecond.
 */
export function cpuTime(work: () => void): number {
  const start = process.cpuUsage()
  work()
  return nanosecondsSince(start)
}

/** CPU time until the promise of `work` is settled. */
export async function cpuTimeAsync(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  return nanosecondsSince(start)
}

function nanosecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) * 1000
}
