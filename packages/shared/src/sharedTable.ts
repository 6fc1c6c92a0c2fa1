// Longer than a file should be, most of it documentation: a class keeps its private state in one body.
import { checkFunction, checkOptions, describe, expectation, invalidArgument, outOfRange } from './argument.ts'
import type { SharedErrorListener, SharedListener } from './audience.ts'
import { Branch, copyIn, copyOut, type Entry, sameEntries } from './branch.ts'
import { Coordinator } from './coordinator.ts'
import { type Key, readPath, type SharedPath, showPath } from './path.ts'
import { proxyOf } from './tableProxy.ts'

/** Far below what crosses to Lua. */
const MAX_DEPTH = 64

/**
 * Options of `createSharedTable`. What exceeds a bound is refused whole; nothing is dropped to make room.
 *
 * @example
 * import { createSharedTable, type SharedTableOptions } from '@lua-native/shared'
 *
 * const options: SharedTableOptions = { maxKeys: 2 }
 * using shared = createSharedTable({ a: 1, b: 2 }, options)
 * shared.set('c', 3) // throws LUA_OUT_OF_RANGE
 * shared.toObject() // => { a: 1, b: 2 }
 */
export interface SharedTableOptions {
  /** Most bytes: those of keys and texts in UTF-8, and 8 for each other scalar. A positive integer. Default: no bound. */
  readonly maxBytes?: number | undefined
  /** Most keys, of all tables in it together. A positive integer. Default: no bound. */
  readonly maxKeys?: number | undefined
  /** Most levels of tables, itself included: 1 to 64. Default 64. */
  readonly maxDepth?: number | undefined
}

let coordinatorIn: (table: object) => Coordinator | undefined

/**
 * A table that runtimes see in Lua, each its own view, and that the host, and scripts with a live view, change; see `createSharedTable`. Values are
 * booleans, numbers, 64-bit bigints, strings, arrays and plain objects of those, copied in and out. Each write reaches
 * all attached runtimes before the method returns, as a patch of what changed; tables within stay the same in Lua.
 *
 * Methods throw `TypeError` (LUA_INVALID_ARGUMENT) and `RangeError` (LUA_OUT_OF_RANGE) for wrong paths and values, and
 * `LuaDisposedError` (LUA_DISPOSED) after `dispose()`; then nothing has changed. What a listener throws, and, without
 * `onError`, the failure of a runtime, is thrown once the write is done and everyone was told.
 *
 * @example
 * import { createSharedTable, SharedTable } from '@lua-native/shared'
 *
 * using shared = createSharedTable({ debug: false })
 * shared instanceof SharedTable // => true
 */
export class SharedTable<Shape extends object = Record<string, unknown>> {
  readonly #coordinator: Coordinator

  static {
    coordinatorIn = (table) => (#coordinator in table ? table.#coordinator : undefined)
  }

  /** Same as `createSharedTable(initial, options)`. */
  constructor(initial?: Shape, options?: SharedTableOptions) {
    const given = checkOptions<SharedTableOptions>(options, ['maxBytes', 'maxKeys', 'maxDepth'], 'createSharedTable')
    const bounds = {
      maxBytes: bound('maxBytes', given.maxBytes, Number.POSITIVE_INFINITY),
      maxKeys: bound('maxKeys', given.maxKeys, Number.POSITIVE_INFINITY),
      maxDepth: bound('maxDepth', given.maxDepth ?? MAX_DEPTH, MAX_DEPTH),
    }
    if (initial !== undefined && (typeof initial !== 'object' || initial === null)) {
      throw invalidArgument(expectation('initial', 'an array or plain object', initial))
    }
    const root = copyIn(initial ?? {}, [], bounds.maxDepth)
    this.#coordinator = new Coordinator(root as Branch, bounds)
  }

  /**
   * Gives a copy of what stands at a path; `undefined` when nothing does. The cost is that of the copy.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ list: ['a', { b: 1 }] })
   * shared.get('list.1') // => { b: 1 }
   * shared.get('list.1.b.c') // => undefined
   */
  get<Value = unknown>(path: SharedPath): Value | undefined {
    const entry = this.#coordinator.read(readPath(path))
    return (entry === undefined ? undefined : copyOut(entry)) as Value | undefined
  }

  /**
   * Whether anything stands at a path.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ list: [false] })
   * shared.has('list.0') // => true
   * shared.has('list.1') // => false
   */
  has(path: SharedPath): boolean {
    return this.#coordinator.read(readPath(path)) !== undefined
  }

  /**
   * Writes a value. The table it goes into must be there; in an array, items follow each other without a gap. Where an
   * object or array replaces one, only what differs is written.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ ui: { color: 'red' } })
   * shared.set('ui.color', 'blue')
   * shared.set('ui.sizes', [1, 2])
   * shared.set('ui.sizes.2', 3)
   * shared.toObject() // => { ui: { color: 'blue', sizes: [1, 2, 3] } }
   * shared.set('no.such', 1) // throws LUA_OUT_OF_RANGE
   * shared.set('ui.color', undefined) // throws LUA_INVALID_ARGUMENT
   */
  set(path: SharedPath, value: unknown): void {
    const keys = readPath(path)
    this.#coordinator.write(keys, this.#copyIn(keys, value))
  }

  /**
   * Takes away what stands at a path and says whether anything did. Of an array, only the last item can go.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ a: 1, list: [1, 2] })
   * shared.delete('a') // => true
   * shared.delete('a') // => false
   * shared.delete('list.0') // throws LUA_OUT_OF_RANGE
   */
  delete(path: SharedPath): boolean {
    const keys = readPath(path)
    if (this.#coordinator.read(keys) === undefined) return false
    this.#coordinator.write(keys, undefined)
    return true
  }

  /**
   * Writes what a function makes of the present value, and returns it; `undefined` takes it away. The function may not
   * return a promise: between reading and writing nobody else writes.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ list: [3, 1] })
   * shared.update<number[]>('list', (list = []) => list.sort()) // => [1, 3]
   */
  update<Value = unknown>(
    path: SharedPath,
    change: (value: Value | undefined) => Value | undefined,
  ): Value | undefined {
    checkFunction('change', change)
    return this.batch(() => {
      const value = change(this.get<Value>(path))
      if (value === undefined) this.delete(path)
      else this.set(path, value)
      return { value }
    }).value
  }

  /**
   * Adds to a number, counting from 0 when there is none, and returns the sum.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when what stands there is no number.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ hits: { home: 4 } })
   * shared.increment('hits.home') // => 5
   * shared.increment('hits.about', 2) // => 2
   */
  increment(path: SharedPath, by = 1): number {
    if (typeof by !== 'number') throw invalidArgument(expectation('by', 'a number', by))
    const keys = readPath(path)
    const before = this.#coordinator.read(keys) ?? 0
    if (typeof before !== 'number') {
      const received = before instanceof Branch ? 'a table' : describe(before)
      throw invalidArgument(`Expected "${showPath(keys)}" to be a number, received ${received}`)
    }
    this.#coordinator.write(keys, before + by)
    return before + by
  }

  /**
   * Writes a value if what stands there equals `expected`, and says whether it did. `undefined` stands for nothing: as
   * `expected`, that nothing is there; as `value`, that it is taken away.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({})
   * shared.replace('owner', undefined, 'ann') // => true
   * shared.replace('owner', undefined, 'bob') // => false
   * shared.replace('owner', 'ann', undefined) // => true
   */
  replace(path: SharedPath, expected: unknown, value: unknown): boolean {
    const keys = readPath(path)
    const wanted = expected === undefined ? undefined : this.#copyIn(keys, expected)
    const entry = value === undefined ? undefined : this.#copyIn(keys, value)
    const present = this.#coordinator.read(keys)
    if (!sameEntries(present, wanted)) return false
    if (present !== undefined || entry !== undefined) this.#coordinator.write(keys, entry)
    return true
  }

  /**
   * Runs a function whose writes count together, and returns its result: they reach runtimes and listeners at once when
   * it is done, or, if it throws, never happened.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when the function returns a promise.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ from: 10, to: 0 })
   * shared.batch(() => {
   *   shared.increment('from', -3)
   *   shared.increment('to', 3)
   * })
   * shared.version // => 1
   * shared.toObject() // => { from: 7, to: 3 }
   */
  batch<Result>(body: () => Result): Result {
    checkFunction('body', body)
    return this.#coordinator.transact(() => {
      const result = body()
      if (isThenable(result)) {
        // Its outcome is not asked for any more: the refusal below says what is wrong.
        result.then(undefined, () => undefined)
        throw invalidArgument('Expected a batch to return no promise, received one')
      }
      return result
    })
  }

  /**
   * Brings attached runtimes up to date: those that take patches only here, were busy elsewhere, or failed before.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   * import { createSharedTable, sharedTables } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ turn: 1 })
   * using lua = createRuntime().extend(sharedTables({ game: shared }, { updates: 'onSync' }))
   * shared.set('turn', 2)
   * lua.executeScript('return game.turn') // => 1
   * shared.sync()
   * lua.executeScript('return game.turn') // => 2
   */
  sync(): void {
    this.#coordinator.sync()
  }

  /**
   * Gives a copy of everything.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ a: [1] })
   * shared.toObject() // => { a: [1] }
   */
  toObject(): Shape {
    return copyOut(this.#coordinator.read([]) as Entry) as Shape
  }

  /**
   * Calls a function for each write to, above or below a path, or, without a path, for every write; returns a function
   * that ends it. Listeners run after the runtimes have the change. They may write; everyone hears of that after this
   * change. A chain of 100 changes that each answer the one before is refused as endless.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * const heard: unknown[] = []
   * using shared = createSharedTable({ ui: { color: 'red' }, other: 1 })
   * const unsubscribe = shared.subscribe('ui', ({ value }) => heard.push(value))
   * shared.set('ui.color', 'blue')
   * shared.set('other', 2)
   * unsubscribe()
   * shared.delete('ui')
   * heard // => ['blue']
   */
  subscribe(listener: SharedListener): () => void
  subscribe(path: SharedPath, listener: SharedListener): () => void
  subscribe(first: SharedPath | SharedListener, second?: SharedListener): () => void {
    const path = typeof first === 'function' ? [] : readPath(first)
    const listener = typeof first === 'function' ? first : second
    checkFunction('listener', listener)
    return this.#coordinator.audience.subscribe(path, listener as SharedListener)
  }

  /**
   * Calls a function when a runtime could not take a change, for example at its memory limit; returns a function that
   * ends it. The runtime keeps what it had until the next `sync()`. Without such a function the error is thrown by the
   * method that made the change.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   * import { createSharedTable, sharedTables } from '@lua-native/shared'
   *
   * const failures: unknown[] = []
   * using shared = createSharedTable({ text: '' })
   * using lua = createRuntime().extend(sharedTables({ shared }))
   * shared.onError((error) => failures.push((error as { code?: string }).code))
   * lua.setMemoryLimit(lua.getMemoryUsage() + 10_000)
   * shared.set('text', 'x'.repeat(100_000))
   * failures // => ['LUA_MEMORY']
   * lua.executeScript('return #shared.text') // => 0
   * lua.setMemoryLimit(Number.POSITIVE_INFINITY)
   * shared.sync()
   * lua.executeScript('return #shared.text') // => 100000
   */
  onError(listener: SharedErrorListener): () => void {
    checkFunction('listener', listener)
    return this.#coordinator.audience.onError(listener)
  }

  /**
   * How many writes and batches changed the table.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ a: 1 })
   * shared.set('a', 2)
   * shared.set('a', 2)
   * shared.version // => 1
   */
  get version(): number {
    return this.#coordinator.version
  }

  /**
   * How many keys there are, in all tables of it together.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ a: 1, list: [1, 2] })
   * shared.size // => 4
   */
  get size(): number {
    return this.#coordinator.keys
  }

  /**
   * An object that reads and writes the table as if it were a plain one. Each property that is written is one `set`.
   * Arrays have items and `length`, and no methods of arrays.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * using shared = createSharedTable({ config: { debug: false } })
   * shared.proxy.config.debug = true
   * shared.get('config.debug') // => true
   */
  get proxy(): Shape {
    return proxyOf(this, []) as Shape
  }

  /**
   * Detaches the table from all runtimes, whose globals of it become nil, and ends it. A second call does nothing.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * const shared = createSharedTable({ a: 1 })
   * shared.dispose()
   * shared.get('a') // throws LUA_DISPOSED
   */
  dispose(): void {
    this.#coordinator.dispose()
  }

  /**
   * Same as `dispose()`, for `using`.
   *
   * @example
   * import { createSharedTable } from '@lua-native/shared'
   *
   * let kept
   * {
   *   using shared = createSharedTable({ a: 1 })
   *   kept = shared
   * }
   * kept.has('a') // throws LUA_DISPOSED
   */
  [Symbol.dispose](): void {
    this.dispose()
  }

  #copyIn(path: readonly Key[], value: unknown): Entry {
    return copyIn(value, path, this.#coordinator.bounds.maxDepth)
  }
}

/** The coordinator of a genuine shared table. */
export function coordinatorOf(name: string, table: unknown): Coordinator {
  const coordinator = typeof table === 'object' && table !== null ? coordinatorIn(table) : undefined
  if (coordinator) return coordinator
  throw invalidArgument(expectation(name, 'a shared table made by createSharedTable', table))
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}

function bound(name: string, value: unknown, most: number): number {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return most
  const expected = most === Number.POSITIVE_INFINITY ? 'a positive integer' : `an integer from 1 to ${most}`
  if (typeof value !== 'number') throw invalidArgument(expectation(name, expected, value))
  if (!Number.isSafeInteger(value) || value < 1 || value > most) throw outOfRange(expectation(name, expected, value))
  return value
}
