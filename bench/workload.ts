import type { Toolchain } from './build.ts'
import type { Table } from './line.ts'

/** How thoroughly to measure. */
export interface Effort {
  readonly rounds: number
  /** Milliseconds that one sample of a short operation lasts. */
  readonly sampleMs: number
  /** States alive at once. */
  readonly alive: number
}

/** Measures one table. */
export type Workload = (toolchain: Toolchain, effort: Effort) => Promise<Table>
