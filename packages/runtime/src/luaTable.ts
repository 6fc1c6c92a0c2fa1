// Longer than a file should be, most of it documentation: a class keeps its private state in one body.
import { type InspectOptions, inspect } from 'node:util'
import {
  addon,
  declareStandIn,
  invalidArgument,
  LuaDisposedError,
  type NativeReference,
  type NativeState,
  ResultMode,
  standFor,
} from '@lua-native/core-native'
import { type MetatableDefinition, setMetatable } from './metatable.ts'
import { RawTable } from './rawTable.ts'
import { pairsOf, rawKeys, sequenceOf, walkEntries } from './tableEntries.ts'
import { createTableProxy } from './tableProxy.ts'
import { knownTable, registerTable } from './tableRegistry.ts'
import { inspectTable, jsonOf } from './tableText.ts'

/** Gives the object that a table comes as when it leaves Lua with a metatable. */
let arriving: (table: LuaTable) => object

export { arriving as arrivingProxy }

/**
 * A key of a Lua table, as far as JavaScript can write it. Unlike property names, `1` and `'1'` are two keys; `1n` is
 * the same as `1`, and bytes the same as the string of them.
 *
 * @example
 * import { createRuntime, type LuaKey } from '@lua-native/runtime'
 *
 * const keys: LuaKey[] = [1, '1', true, 2n ** 60n, 0.5, Uint8Array.of(255)]
 * using lua = createRuntime()
 * using table = lua.createTable()
 * for (const key of keys) table.set(key, 'here')
 * keys.every((key) => table.has(key)) // => true
 * table.keys().length // => 6
 */
export type LuaKey = string | number | bigint | boolean | Uint8Array

/**
 * A Lua table by reference: nothing is copied until it is read, and Lua sees every change. Made by
 * `Runtime.createTable`, `Runtime.getGlobalRef`, {@link LuaTable.getRef} and, with `tableAs: 'reference'`, by everything
 * that gives a table. Passed to Lua it is that very table.
 *
 * Access honours metamethods, like an expression in Lua; {@link LuaTable.raw} ignores them. Values convert as
 * everywhere: plain tables inside are copied, tables with a metatable come as live proxies. Keys are scalars or bytes; a nil or NaN
 * key finds nothing and cannot be set.
 *
 * Every method but `release` throws `LuaDisposedError` (LUA_DISPOSED) once the runtime is closed, a `TypeError`
 * (LUA_INVALID_ARGUMENT) once the table is released, and what its metamethods throw. A table is held until it is
 * released or the object collected. A cycle through both heaps, such as a table that holds a host function which holds
 * the table's `LuaTable`, is never collected: release the table, or dispose the runtime.
 *
 * @example
 * import { createRuntime, LuaTable } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * using scores = lua.createTable({ ann: 3 })
 * scores instanceof LuaTable // => true
 * lua.setGlobal('scores', scores)
 * lua.executeScript('scores.bob = scores.ann + 1')
 * scores.get('bob') // => 4
 */
export class LuaTable implements Iterable<[key: unknown, value: unknown]> {
  readonly #reference: NativeReference
  readonly #owner: NativeState | undefined
  #arriving: object | undefined
  #live: object | undefined

  static {
    declareStandIn(this)
    arriving = (table) => table.#arrive()
    Object.defineProperty(this.prototype, inspect.custom, {
      value(this: LuaTable, depth: number, options: InspectOptions): string {
        return inspectTable(this.#reference, depth, options)
      },
    })
  }

  /** Only a runtime can make one. */
  constructor(reference: NativeReference, owner: NativeState | undefined) {
    if (!(reference instanceof addon().NativeReference)) {
      throw invalidArgument('Expected a LuaTable to be made by a runtime: use createTable()')
    }
    this.#reference = reference
    this.#owner = owner
    standFor(this, reference)
    registerTable(this, this)
  }

  /**
   * Reads a key; `null` for nil.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable(['a', 'b'])
   * table.get(1) // => 'a'
   * table.get('1') // => null
   */
  get<Value = unknown>(key: LuaKey): Value {
    return this.#reference.get(key) as Value
  }

  /**
   * Reads a key whose value is a table, by reference; `undefined` for nil.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when the value is something else.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using config = lua.createTable({ window: { width: 80 } })
   * config.getRef('window')?.set('width', 120)
   * config.get('window') // => { width: 120 }
   */
  getRef(key: LuaKey): LuaTable | undefined {
    const table = this.#reference.getReference(key)
    return table && knownTable(table)
  }

  /**
   * Writes a key; `undefined` and `null` take it out.
   *
   * @throws {LuaRuntimeError} LUA_RUNTIME for a key that is nil or NaN.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable()
   * table.set('list', [1, 2])
   * table.set(true, 'yes')
   * table.toMap() // => new Map<unknown, unknown>([['list', new Map([[1, 1], [2, 2]])], [true, 'yes']])
   */
  set(key: LuaKey, value: unknown): void {
    this.#reference.set(key, value, false)
  }

  /**
   * Whether a key has a value; `__index` counts.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable({ no: false })
   * table.has('no') // => true
   * table.has('other') // => false
   */
  has(key: LuaKey): boolean {
    return this.#reference.has(key, false)
  }

  /**
   * Takes a key out: `t[key] = nil`.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable({ a: 1, b: 2 })
   * table.delete('a')
   * table.toObject() // => { b: 2 }
   */
  delete(key: LuaKey): void {
    this.#reference.set(key, undefined, false)
  }

  /**
   * Lua's `#t`.
   *
   * @throws {LuaRuntimeError} LUA_RUNTIME when `__len` gives something else than an integer.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable([10, 20, 30])
   * table.length() // => 3
   */
  length(): number {
    return this.#reference.length(false)
  }

  /**
   * All entries, as Lua's `pairs` gives them: with `__pairs` if the table has it, else what it holds. One run of Lua.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable(['x', 'y'])
   * table.pairs() // => [[1, 'x'], [2, 'y']]
   */
  pairs(): [key: unknown, value: unknown][] {
    const metapairs = this.getMetatable()?.raw.get('__pairs')
    return pairsOf(this.#reference, this, metapairs, this.#native)
  }

  /**
   * The entries 1, 2, … up to the first nil, as Lua's `ipairs` gives them. One run of Lua.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable({ name: 'list' })
   * table.push('x', 'y')
   * table.ipairs() // => [[1, 'x'], [2, 'y']]
   */
  ipairs(): [index: number, value: unknown][] {
    return sequenceOf(this.#reference, this, this.#native).map((value, index) => [index + 1, value])
  }

  /**
   * All keys that the table holds; no value is converted.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable(new Map<unknown, unknown>([[1, 'a'], [true, {}]]))
   * table.keys() // => [1, true]
   */
  keys(): unknown[] {
    return rawKeys(this.#reference)
  }

  /**
   * Walks what the table holds, without metamethods, and fetches some entries at a time, so that a loop which ends early
   * is cheap. As in Lua, entries may be changed and taken out meanwhile; what happens when one is added is not defined.
   *
   * @throws {LuaRuntimeError} LUA_RUNTIME when the entry that it stands on is gone for good.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable(Array.from({ length: 100_000 }, (_, index) => index * 2))
   * let sum = 0
   * for (const [index, value] of table) {
   *   if (index > 3) break
   *   sum += value
   * }
   * sum // => 6
   */
  [Symbol.iterator](): IterableIterator<[key: unknown, value: unknown]> {
    return walkEntries(this.#reference)
  }

  /**
   * A deep copy, by the rules for tables that leave Lua: an array for a sequence, else an object. The table itself is
   * copied also when it has a metatable.
   *
   * @throws {LuaConversionError} LUA_CONVERSION for cycles and more than 100 levels.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable({ list: [1, 2], 7: 'seven' })
   * table.toObject() // => { list: [1, 2], 7: 'seven' }
   */
  toObject<Value = unknown>(): Value {
    return this.#reference.toValue(false) as Value
  }

  /**
   * A deep copy in which every table is a `Map`, so that keys keep their type.
   *
   * @throws {LuaConversionError} LUA_CONVERSION for cycles and more than 100 levels.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable()
   * table.set(1, 'number')
   * table.set('1', 'string')
   * table.toMap() // => new Map<unknown, unknown>([[1, 'number'], ['1', 'string']])
   */
  toMap(): Map<unknown, unknown> {
    return this.#reference.toValue(true) as Map<unknown, unknown>
  }

  /**
   * The numbers 1 to `#t`, raw, in one piece of memory: the fastest way out for many.
   *
   * @throws {LuaConversionError} LUA_CONVERSION when one of them is no number.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable([1, 2.5, -3])
   * table.toFloat64Array() // => Float64Array.of(1, 2.5, -3)
   */
  toFloat64Array(): Float64Array {
    return this.#reference.toFloat64Array()
  }

  /**
   * Appends values to the sequence, raw, in one step.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable(['a'])
   * table.push('b', { c: 1 })
   * table.toObject() // => ['a', 'b', { c: 1 }]
   */
  push(...values: unknown[]): void {
    this.#reference.append(values)
  }

  /**
   * Calls the table: `__call`. Results as with `executeScript`.
   *
   * @throws {LuaRuntimeError} LUA_RUNTIME when it has no `__call`.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable({ factor: 3 })
   * table.setMetatable({ __call: (self: { factor: number }, n: number) => self.factor * n })
   * table.call(14) // => 42
   */
  call<Result = unknown>(...args: unknown[]): Result {
    return this.#reference.call(args, ResultMode.auto) as Result
  }

  /**
   * The metatable, also when a `__metatable` field hides it from scripts.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable()
   * table.getMetatable() // => undefined
   * table.setMetatable({ __name: 'account' })
   * table.getMetatable()?.get('__name') // => 'account'
   */
  getMetatable(): LuaTable | undefined {
    const metatable = this.#reference.getMetatable()
    return metatable && knownTable(metatable)
  }

  /**
   * Gives the table a new metatable, made of JavaScript functions and values, or another table; `null` takes it away.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for what is no object.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable()
   * table.setMetatable({ __index: (_self: unknown, key: string) => `no ${key}`, __len: () => 99 })
   * table.get('sugar') // => 'no sugar'
   * table.length() // => 99
   */
  setMetatable(metatable: MetatableDefinition | LuaTable | null): void {
    setMetatable(this.#native, this.#reference, metatable)
  }

  /**
   * Access that no metamethod sees.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable()
   * table.setMetatable({ __newindex: () => undefined })
   * table.set('x', 1)
   * table.raw.set('y', 2)
   * table.raw.pairs() // => [['y', 2]]
   */
  get raw(): RawTable {
    return new RawTable(this.#reference)
  }

  /**
   * The table as an object whose properties are its entries, read and written live, also in tables inside: `t.a.b = 1`.
   * It honours metamethods, is always the same object, and passed to Lua it is the table.
   *
   * A name that JavaScript would write for a number (`1`, `-3`, `1.5`) means the number as a key, any other name the
   * string; a string key such as `'1'` is out of its reach. Enumeration is raw. `then` is always `undefined`, so that a
   * proxy can be awaited, and `toJSON` always a function, so that `JSON.stringify` needs no metamethod. Symbols cannot
   * be set, properties not be frozen or made accessors. It is no array, whatever it holds.
   *
   * A table with a metatable that leaves Lua comes as such an object too, with one difference: plain tables inside are
   * copies, as everywhere. `tableOf` finds the `LuaTable` behind either.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using table = lua.createTable({ window: { width: 80 } })
   * const config = table.proxy<{ window: { width: number; title?: string } }>()
   * config.window.width += 40
   * config.window.title = 'Lua'
   * delete config.window.title
   * table.toObject() // => { window: { width: 120 } }
   * JSON.stringify(config) // => '{"window":{"width":120}}'
   */
  proxy<Shape extends object = Record<string, unknown>>(): Shape {
    this.#live ??= createTableProxy(this.#reference, this, true)
    return this.#live as Shape
  }

  /**
   * Whether {@link LuaTable.release} was called.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const table = lua.createTable()
   * table.release()
   * table.released // => true
   */
  get released(): boolean {
    return this.#reference.released
  }

  /**
   * Lets go of the table now, instead of when this object is collected; Lua frees it unless something else holds it.
   * Its proxies are released with it. A second call does nothing.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const table = lua.createTable()
   * table.release()
   * table.get(1) // throws LUA_INVALID_ARGUMENT
   */
  release(): void {
    this.#reference.release()
  }

  /**
   * Same as `release()`, for `using`.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * let kept
   * {
   *   using table = lua.createTable()
   *   kept = table
   * }
   * kept.released // => true
   */
  [Symbol.dispose](): void {
    this.#reference.release()
  }

  /** What `JSON.stringify` writes: a copy without metamethods. */
  toJSON(): unknown {
    return jsonOf(this.#reference)
  }

  /** The state, which the table keeps open, unless it was first seen after its runtime had been dropped. */
  get #native(): NativeState {
    if (this.#owner !== undefined) return this.#owner
    throw new LuaDisposedError('Expected the runtime of the table to be held, received one that has been collected')
  }

  #arrive(): object {
    // Held, so that the addon finds this object for as long as the table is held.
    this.#arriving ??= createTableProxy(this.#reference, this, false)
    return this.#arriving
  }
}
