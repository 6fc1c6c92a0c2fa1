/** Functions to call once when something is closed, in the order in which they were added. */
export class Disposal {
  readonly #callbacks = new Map<symbol, () => void>()

  /** Adds a function and returns one that takes it away again. */
  add(callback: () => void): () => void {
    const key = Symbol('disposal')
    this.#callbacks.set(key, callback)
    return () => {
      this.#callbacks.delete(key)
    }
  }

  /** Calls all, each once, also when one throws; then throws what they threw. */
  run(): void {
    const errors: unknown[] = []
    for (const [key, callback] of this.#callbacks) {
      this.#callbacks.delete(key)
      try {
        callback()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length === 1) throw errors[0]
    if (errors.length > 1) throw new AggregateError(errors, `Expected ${errors.length} dispose callbacks not to throw`)
  }
}
