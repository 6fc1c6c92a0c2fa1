import type { RunFigures } from '@lua-native/core-native'
import type { LibraryName } from './libraries.ts'

/**
 * What the last outermost run took; zeros before the first.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * lua.executeScript('local s = ("x"):rep(1000000)')
 * lua.lastRun.peakBytes > 1_000_000 // => true
 */
export interface RunStatistics {
  /** VM instructions, as the instruction limit counts them. */
  readonly instructions: number
  /** CPU time of the thread, in milliseconds. */
  readonly cpuMs: number
  /** Wall clock, in milliseconds. */
  readonly wallMs: number
  /** Most bytes that Lua held at any moment. */
  readonly peakBytes: number
  /** Calls across the boundary between Lua and JavaScript, in both directions. */
  readonly crossings: number
}

/**
 * What a runtime is and how it is limited.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ timeout: 100 })
 * const { version, timeout, maxMemory } = lua.info()
 * version.startsWith('Lua 5.') // => true
 * timeout // => 100
 * maxMemory // => Infinity
 */
export interface RuntimeInfo {
  /** `'Lua 5.5'` */
  readonly version: string
  /** `'Lua 5.5.1'` */
  readonly release: string
  /** 505 */
  readonly versionNumber: number
  /** Bytes that Lua holds now. */
  readonly memoryBytes: number
  /** Limit in bytes; Infinity when there is none. */
  readonly maxMemory: number
  /** Instructions per run; Infinity when there is no limit. */
  readonly maxInstructions: number
  /** Milliseconds per run; Infinity when there is no limit. */
  readonly timeout: number
  /** Standard libraries that were opened. */
  readonly libraries: readonly LibraryName[]
  /** The option `filesystem`. */
  readonly filesystem: 'allow' | 'deny'
}

/** Names the addon's figures. */
export function namedFigures(figures: RunFigures): RunStatistics {
  const [instructions, cpuMs, wallMs, peakBytes, crossings] = figures
  return { instructions, cpuMs, wallMs, peakBytes, crossings }
}

/** Turns a limit of the addon, where 0 is none, into one of the API. */
export function limitOrInfinity(limit: number): number {
  return limit === 0 ? Infinity : limit
}
