import { types } from 'node:util'
import type { NativeState } from '@lua-native/core-native'
import { expectation } from '../argument.ts'
import type { HostTables } from '../classes/hostTables.ts'
import type { CoroutineStep, LuaCoroutine } from './luaCoroutine.ts'

/** A promise that a coroutine waits for. */
interface Waiting {
  readonly promise: unknown
  /** Whether the coroutine called `promise:await()`, and is resumed with a function. */
  readonly called: boolean
}

/** Runs the coroutines of one state and waits for their promises. */
export class PromiseDriver {
  readonly #native: NativeState
  readonly #tables: () => HostTables
  #prepared = false

  /** `tables` is asked when the first coroutine is driven. */
  constructor(native: NativeState, tables: () => HostTables) {
    this.#native = native
    this.#tables = tables
  }

  /** Resumes a coroutine, and again whenever a promise that it waits for is settled. */
  async resume(coroutine: LuaCoroutine, args: readonly unknown[]): Promise<CoroutineStep> {
    let step = this.#resume(coroutine, args)
    for (;;) {
      const waiting = this.#waitingFor(step)
      if (waiting === undefined) return step
      step = this.#resume(coroutine, [await this.#settle(coroutine, waiting)])
    }
  }

  #waitingFor({ status, values }: CoroutineStep): Waiting | undefined {
    if (status === 'dead') return undefined
    if (values[0] === this.#tables().metatables.awaitToken) return { promise: values[1], called: true }
    return values.length === 1 && types.isPromise(values[0]) ? { promise: values[0], called: false } : undefined
  }

  async #settle(coroutine: LuaCoroutine, { promise, called }: Waiting): Promise<unknown> {
    if (called && !types.isPromise(promise)) {
      const error = new TypeError(expectation('promise', 'a promise; await is called with a colon', promise))
      return () => {
        throw error
      }
    }
    try {
      const value = await promise
      return called ? () => value : value
    } catch (reason) {
      if (called) {
        return () => {
          throw reason
        }
      }
      coroutine.close()
      throw reason
    }
  }

  #resume(coroutine: LuaCoroutine, args: readonly unknown[]): CoroutineStep {
    const tables = this.#tables()
    if (!this.#prepared) {
      tables.definePromise(this.#native.getGlobal(['coroutine', 'yield']))
      this.#prepared = true
    }
    return tables.metatables.withPromises(() => coroutine.resume(...args))
  }
}
