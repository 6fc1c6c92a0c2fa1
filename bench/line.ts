import type { Measured } from './measure.ts'

/** The unit of a line's samples: nanoseconds, seconds, bytes or times the baseline. */
export type Unit = 'ns' | 's' | 'B' | '×'

/** One line of a table: what was compared, what came out, and what was promised. */
export interface Line {
  readonly name: string
  readonly unit: Unit
  /** What the side `baseline` is. */
  readonly baseline?: string
  readonly measured: Measured
  readonly bar?: Bar
}

/** The most that the ratio to the baseline, or the value itself, may be. */
export interface Bar {
  readonly on: 'ratio' | 'value'
  readonly max: number
}

/** A table: the lines of one workload. */
export interface Table {
  readonly title: string
  /** How it was measured, in a sentence or two. */
  readonly method: string
  readonly lines: readonly Line[]
}

/** Ours over the baseline. */
export function ratioOf(line: Line): number | undefined {
  const { ours, baseline } = line.measured
  return ours && baseline ? ours.median / baseline.median : undefined
}

/** Whether a line keeps its bar; `undefined` when it has none. */
export function isMet(line: Line): boolean | undefined {
  if (!line.bar) return undefined
  const figure = line.bar.on === 'ratio' ? ratioOf(line) : line.measured.ours?.median
  return figure !== undefined && figure <= line.bar.max
}
