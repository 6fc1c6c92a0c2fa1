import { outOfRange } from './argument.ts'
import type { Key } from './path.ts'

/**
 * What a listener hears: one write, after it was handed to the attached runtimes.
 *
 * @example
 * import { createSharedTable, type SharedChange } from '@lua-native/shared'
 *
 * const changes: SharedChange[] = []
 * using shared = createSharedTable({ ui: { color: 'red' } })
 * shared.subscribe('ui', (change) => changes.push(change))
 * shared.set('ui.color', 'blue')
 * changes // => [{ path: ['ui', 'color'], value: 'blue', version: 1 }]
 */
export interface SharedChange {
  /** Where it was written. */
  readonly path: readonly Key[]
  /** A copy of what stands there after the write, or the batch that it was part of; `undefined` when nothing does. */
  readonly value: unknown
  /** The table's version after it. */
  readonly version: number
}

/** Hears of changes. */
export type SharedListener = (change: SharedChange) => void
/** Hears of failures; see `SharedTable.onError`. */
export type SharedErrorListener = (error: unknown) => void

/** Changes that answer changes that answer changes …: more than this many in a row are taken for endless. */
const LONGEST_CHAIN = 100

/** Whoever listens to a shared table, in the order of subscription. */
export class Audience {
  readonly #listeners = new Map<symbol, { readonly path: readonly Key[]; readonly listener: SharedListener }>()
  readonly #errorListeners = new Map<symbol, SharedErrorListener>()
  readonly #queue: { readonly change: SharedChange; readonly chain: number }[] = []
  #errors: unknown[] = []
  #chain = 0
  #delivering = false

  subscribe(path: readonly Key[], listener: SharedListener): () => void {
    const key = Symbol('listener')
    this.#listeners.set(key, { path, listener })
    return () => void this.#listeners.delete(key)
  }

  onError(listener: SharedErrorListener): () => void {
    const key = Symbol('listener')
    this.#errorListeners.set(key, listener)
    return () => void this.#errorListeners.delete(key)
  }

  clear(): void {
    this.#listeners.clear()
    this.#errorListeners.clear()
  }

  /** Refuses a write that answers too long a chain of changes. */
  checkChain(): void {
    if (this.#chain < LONGEST_CHAIN) return
    throw outOfRange(`Expected listeners to stop answering changes with changes, received ${LONGEST_CHAIN} in a row`)
  }

  /** Whether anyone listens to a path. */
  hears(path: readonly Key[]): boolean {
    for (const each of this.#listeners.values()) if (overlap(each.path, path)) return true
    return false
  }

  /** Takes an error to those who listen for them, or keeps it to be thrown. */
  fail(error: unknown): void {
    if (this.#errorListeners.size === 0) {
      this.#errors.push(error)
      return
    }
    for (const listener of [...this.#errorListeners.values()]) {
      this.#guard(() => listener(error))
    }
  }

  /** Throws what was kept. */
  throwErrors(): void {
    if (this.#delivering || this.#errors.length === 0) return
    const errors = this.#errors
    this.#errors = []
    if (errors.length === 1) throw errors[0]
    throw new AggregateError(errors, `Expected a change to reach everyone, received ${errors.length} errors`)
  }

  /** Tells all, also when one throws, then throws what they threw. Changes made meanwhile are told after these. */
  publish(changes: readonly SharedChange[]): void {
    for (const change of changes) this.#queue.push({ change, chain: this.#chain + 1 })
    if (this.#delivering) return
    this.#delivering = true
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      this.#chain = next.chain
      this.#deliver(next.change)
    }
    this.#chain = 0
    this.#delivering = false
    this.throwErrors()
  }

  #deliver(change: SharedChange): void {
    for (const [key, { path, listener }] of [...this.#listeners]) {
      if (!this.#listeners.has(key) || !overlap(path, change.path)) continue
      this.#guard(() => listener(change))
    }
  }

  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#errors.push(error)
    }
  }
}

/** Whether one path leads to or through the other. A text may name an index. */
function overlap(a: readonly Key[], b: readonly Key[]): boolean {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) if (String(a[i]) !== String(b[i])) return false
  return true
}
