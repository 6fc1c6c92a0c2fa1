import type { LoadOptions, ResultShape, RunOptions } from '@lua-native/runtime'

/** What all off-thread runs can be told. */
export interface AsyncLimits {
  /** Ends the run when it is aborted, at any stage; the promise rejects with the signal's reason as `cause`. */
  readonly signal?: AbortSignal | undefined
  /** CPU time of the run in milliseconds; waits do not count. Default: no limit. */
  readonly cpuTimeout?: number | undefined
}

/**
 * Options of `executeScriptAsync` and `executeFileAsync`. `timeout` counts from the moment the run's turn has come, waits
 * for promises and for a processor included.
 */
export interface AsyncRunOptions extends RunOptions, AsyncLimits {}

/** Options of `loadAsync`. */
export interface AsyncLoadOptions extends LoadOptions, AsyncLimits {}

/** What `callAsync` calls, with options. */
export interface CallTarget<Target> extends AsyncLimits {
  /** A name or dotted path of a global, a Lua function, or for `resumeAsync` a coroutine. */
  readonly target: Target
  /** As in `RunOptions`. */
  readonly maxInstructions?: number | undefined
  /** As in `RunOptions`. */
  readonly timeout?: number | undefined
  /** As in `RunOptions`. */
  readonly results?: ResultShape | undefined
}
