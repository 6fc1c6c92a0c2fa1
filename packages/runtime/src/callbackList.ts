/** Functions to call when something happens, in the order in which they were added. */
export class CallbackList {
  readonly #callbacks = new Map<symbol, () => void>()

  /** Adds a function and returns one that takes it away again. */
  add(callback: () => void): () => void {
    const key = Symbol('callback')
    this.#callbacks.set(key, callback)
    return () => {
      this.#callbacks.delete(key)
    }
  }

  /** Calls all, also when one throws; then throws what they threw. */
  run(): void {
    this.#run(false)
  }

  /** Calls all and forgets them; otherwise as `run`. */
  runOnce(): void {
    this.#run(true)
  }

  #run(once: boolean): void {
    const errors: unknown[] = []
    for (const [key, callback] of [...this.#callbacks]) {
      if (!this.#callbacks.has(key)) continue
      if (once) this.#callbacks.delete(key)
      try {
        callback()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1) throw new AggregateError(errors, `Expected ${errors.length} callbacks not to throw`)
  }
}
