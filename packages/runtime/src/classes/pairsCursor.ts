import { multi } from '@lua-native/core-native'

/** What `pairs` iterates with over a JavaScript iterable: counts from 1 and gives each element with its number. */
export class PairsCursor {
  readonly #iterator: Iterator<unknown>
  #index = 0
  #done = false

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator
  }

  /** The next number and element; nil at the end. */
  next(): unknown {
    if (this.#done) return undefined
    const { done, value } = this.#iterator.next()
    if (done === true) {
      this.#done = true
      return undefined
    }
    this.#index += 1
    return multi(this.#index, value)
  }

  /** Tells the iterator that no more elements are asked for. */
  close(): void {
    if (this.#done) return
    this.#done = true
    this.#iterator.return?.()
  }
}
