import { declareStandIn, LuaDisposedError, type NativeReference, resume, standFor } from '@lua-native/core-native'
import { AsyncCoroutineIterator } from './asyncCoroutineIterator.ts'
import { CoroutineIterator } from './coroutineIterator.ts'
import type { PromiseDriver } from './promiseDriver.ts'

/** Where a coroutine stands: `'running'` and `'normal'` (it resumed another one) are seen from inside runs only. */
export type CoroutineStatus = ReturnType<NativeReference['status']>

/**
 * What one resume led to.
 *
 * @example
 * import { createRuntime, type CoroutineStep } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const co = lua.createCoroutine('return function() coroutine.yield(1, 2) return 3 end')
 * const steps: CoroutineStep[] = [co.resume(), co.resume()]
 * steps // => [{ status: 'suspended', values: [1, 2] }, { status: 'dead', values: [3] }]
 */
export interface CoroutineStep {
  /** `'suspended'` after a yield, `'dead'` after the end. */
  readonly status: 'suspended' | 'dead'
  /** What was yielded or returned. */
  readonly values: unknown[]
}

/**
 * A coroutine of Lua. Handed back to Lua it is the very thread, and a thread that comes from Lua is always the same
 * object. Each resume is a run of its own: the limits of the runtime count afresh.
 *
 * Iteration gives what the coroutine yields: nothing as `undefined`, one value as it is, several as an array. Leaving
 * a loop early closes the coroutine. A coroutine that ended is empty.
 *
 * `for await` also drives promises. While it runs, a promise that a host function returns is a value in Lua, with one
 * method: `promise:await()` waits for it and returns what it was fulfilled with, or raises what it was rejected with,
 * which `pcall` can catch. A promise that is yielded as such is waited for too, and the coroutine goes on with what it
 * was fulfilled with; its rejection closes the coroutine and ends the loop.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const squares = lua.createCoroutine('return function() for i = 1, 3 do coroutine.yield(i * i) end end')
 * const list = [...squares]
 * list // => [1, 4, 9]
 * squares.status // => 'dead'
 */
export class LuaCoroutine implements Disposable {
  readonly #reference: NativeReference
  readonly #driver: PromiseDriver | undefined

  static {
    declareStandIn(this)
  }

  /** Only runtimes make instances: see `createCoroutine`. */
  constructor(reference: NativeReference, driver: PromiseDriver | undefined) {
    this.#reference = reference
    this.#driver = driver
    standFor(this, reference)
  }

  /** Lua's name of the type. */
  get type(): 'thread' {
    return 'thread'
  }

  /**
   * Where the coroutine stands.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const co = lua.createCoroutine('return function() end')
   * co.status // => 'suspended'
   * co.resume()
   * co.status // => 'dead'
   */
  get status(): CoroutineStatus {
    return this.#reference.status()
  }

  /**
   * Runs the coroutine until it yields or ends. The arguments are those of its body at first, later what
   * `coroutine.yield` returns inside.
   *
   * @throws {LuaRuntimeError} LUA_RUNTIME for an error that it raises, with the traceback of the coroutine, and when it
   * cannot be resumed because it is dead or running.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const co = lua.createCoroutine('return function(a) local b = coroutine.yield(a + 1) return a + b end')
   * co.resume(1).values // => [2]
   * co.resume(10).values // => [11]
   * co.resume() // throws LUA_RUNTIME
   */
  resume(...args: unknown[]): CoroutineStep {
    return resume(this.#reference, args)
  }

  /**
   * Ends the coroutine; its pending to-be-closed variables are closed. No effect on one that ended.
   *
   * @throws {LuaRuntimeError} LUA_RUNTIME for an error in a `__close` metamethod; the coroutine is dead all the same.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const co = lua.createCoroutine(`return function()
   *   local file <close> = setmetatable({}, { __close = function() closed = true end })
   *   coroutine.yield()
   * end`)
   * co.resume()
   * co.close()
   * lua.getGlobal('closed') // => true
   */
  close(): void {
    this.#reference.close()
  }

  /**
   * Closes the coroutine and lets go of it; any further use is refused. A second call does nothing.
   *
   * @throws {LuaRuntimeError} LUA_RUNTIME for an error in a `__close` metamethod; it is released all the same.
   */
  dispose(): void {
    if (this.#reference.released) return
    try {
      this.#reference.close()
    } finally {
      this.#reference.release()
    }
  }

  /** Same as `dispose()`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose()
  }

  /** Iterates over what the coroutine yields; what `next` is given is what the coroutine is resumed with. */
  [Symbol.iterator](): CoroutineIterator {
    return new CoroutineIterator(this)
  }

  /** Iterates as `Symbol.iterator` does and drives promises. */
  [Symbol.asyncIterator](): AsyncCoroutineIterator {
    if (this.#driver !== undefined) return new AsyncCoroutineIterator(this, this.#driver)
    throw new LuaDisposedError('Expected the runtime of the coroutine to be held, received one that has been collected')
  }
}
