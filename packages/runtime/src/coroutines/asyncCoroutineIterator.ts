import { shapeValues } from './coroutineIterator.ts'
import type { LuaCoroutine } from './luaCoroutine.ts'
import type { PromiseDriver } from './promiseDriver.ts'

/**
 * Iterates over what a coroutine yields and drives its promises. Calls that come while one is in progress wait for it.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ globals: { load: async (id: number) => `page ${id}` } })
 * const pages = lua.createCoroutine(`return function()
 *   for id = 1, 2 do coroutine.yield(load(id):await()) end
 * end`)
 * const seen: unknown[] = []
 * for await (const page of pages) seen.push(page)
 * seen // => ['page 1', 'page 2']
 */
export class AsyncCoroutineIterator implements AsyncIterableIterator<unknown, unknown, unknown> {
  readonly #coroutine: LuaCoroutine
  readonly #driver: PromiseDriver
  #finished = false
  #last: Promise<unknown> = Promise.resolve()

  /** Made by `coroutine[Symbol.asyncIterator]()`. */
  constructor(coroutine: LuaCoroutine, driver: PromiseDriver) {
    this.#coroutine = coroutine
    this.#driver = driver
  }

  /** Resumes the coroutine with the arguments until it yields something but a promise, or ends. */
  next(...args: unknown[]): Promise<IteratorResult<unknown, unknown>> {
    return this.#queue(async () => {
      if (this.#finished || this.#coroutine.status === 'dead') return { done: true, value: undefined }
      try {
        const { status, values } = await this.#driver.resume(this.#coroutine, args)
        this.#finished = status === 'dead'
        return { done: this.#finished, value: shapeValues(values) }
      } catch (error) {
        this.#finished = true
        throw error
      }
    })
  }

  /** Closes the coroutine. */
  return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    return this.#queue(async () => {
      this.#finished = true
      this.#coroutine.close()
      return { done: true, value: await value }
    })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #queue<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work)
    // A failure is reported by the promise that the caller has; the next call starts all the same.
    this.#last = result.catch(() => undefined)
    return result
  }
}
