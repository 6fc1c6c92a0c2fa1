import type { LuaCoroutine } from './luaCoroutine.ts'

/** Turns values into one as the results of a run are: none, one or several. */
export function shapeValues(values: unknown[]): unknown {
  return values.length > 1 ? values : values[0]
}

/**
 * Iterates over what a coroutine yields. All iterators of a coroutine share its one thread.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const co = lua.createCoroutine('return function(a) local b = coroutine.yield(a) return a + b end')
 * const steps = co[Symbol.iterator]()
 * steps.next(1) // => { done: false, value: 1 }
 * steps.next(2) // => { done: true, value: 3 }
 */
export class CoroutineIterator implements IterableIterator<unknown, unknown, unknown> {
  readonly #coroutine: LuaCoroutine
  #finished = false

  /** Made by `coroutine[Symbol.iterator]()`. */
  constructor(coroutine: LuaCoroutine) {
    this.#coroutine = coroutine
  }

  /** Resumes the coroutine with the arguments; what it returns at its end comes with `done`. */
  next(...args: unknown[]): IteratorResult<unknown, unknown> {
    if (this.#finished || this.#coroutine.status === 'dead') return { done: true, value: undefined }
    try {
      const { status, values } = this.#coroutine.resume(...args)
      this.#finished = status === 'dead'
      return { done: this.#finished, value: shapeValues(values) }
    } catch (error) {
      this.#finished = true
      throw error
    }
  }

  /** Closes the coroutine. */
  return(value?: unknown): IteratorResult<unknown, unknown> {
    this.#finished = true
    this.#coroutine.close()
    return { done: true, value }
  }

  [Symbol.iterator](): this {
    return this
  }
}
