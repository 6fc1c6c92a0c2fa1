import type { NativeReference } from './addon.ts'
import { resumedCount, resumeYielded } from './environment.ts'

/** What a resume of a coroutine led to. */
export interface Resumed {
  /** `'suspended'` after a yield, `'dead'` after the end. */
  readonly status: 'suspended' | 'dead'
  /** What was yielded or returned. */
  readonly values: unknown[]
}

/** Resumes a coroutine. Throws what it raised. */
export function resume(thread: NativeReference, args: readonly unknown[]): Resumed {
  const value = call(thread, args)
  const count = resumedCount()
  return {
    status: resumeYielded() ? 'suspended' : 'dead',
    values: count === 1 ? [value] : count === 0 ? [] : (value as unknown[]),
  }
}

/** Spread arguments keep the engine from calling the addon directly: that takes half as long again. */
function call(thread: NativeReference, args: readonly unknown[]): unknown {
  switch (args.length) {
    case 0:
      return thread.resume()
    case 1:
      return thread.resume(args[0])
    case 2:
      return thread.resume(args[0], args[1])
    default:
      return thread.resume(...args)
  }
}
