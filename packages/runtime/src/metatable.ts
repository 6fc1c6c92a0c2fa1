import { invalidArgument, type NativeReference, type NativeState, unwrapReference } from '@lua-native/core-native'
import { expectation } from './argument.ts'
import { tableOf } from './tableRegistry.ts'

/**
 * Metamethods and other fields of a metatable: functions, tables or plain values. A function gets what Lua passes, the
 * table or userdata itself first, and gives the result. `undefined` counts as not given; any other name is allowed.
 *
 * @example
 * import { createRuntime, type MetatableDefinition } from '@lua-native/runtime'
 *
 * const definition: MetatableDefinition = {
 *   __name: 'vector',
 *   __len: () => 2,
 *   __add: (a: { x: number }, b: { x: number }) => a.x + b.x,
 * }
 * using lua = createRuntime()
 * using vector = lua.createTable({ x: 20 })
 * vector.setMetatable(definition)
 * lua.setGlobal('v', vector)
 * lua.executeScript('return #v, v + { x = 1 }') // => [2, 21]
 */
export interface MetatableDefinition {
  /** Reads a missing key: `(table, key) => value`, or a table to read from. */
  readonly __index?: unknown
  /** Writes a missing key: `(table, key, value) => void`, or a table to write to. */
  readonly __newindex?: unknown
  /** Calls the table: `(table, ...args) => result`. */
  readonly __call?: unknown
  readonly __add?: unknown
  readonly __sub?: unknown
  readonly __mul?: unknown
  readonly __div?: unknown
  readonly __mod?: unknown
  readonly __pow?: unknown
  readonly __unm?: unknown
  readonly __idiv?: unknown
  readonly __band?: unknown
  readonly __bor?: unknown
  readonly __bxor?: unknown
  readonly __bnot?: unknown
  readonly __shl?: unknown
  readonly __shr?: unknown
  readonly __concat?: unknown
  readonly __len?: unknown
  readonly __eq?: unknown
  readonly __lt?: unknown
  readonly __le?: unknown
  readonly __tostring?: unknown
  readonly __pairs?: unknown
  /** Called when a `local t <close>` goes out of scope: `(table, error) => void`. */
  readonly __close?: unknown
  /** Called before Lua frees the table: `(table) => void`. A host function is not called when the runtime closes. */
  readonly __gc?: unknown
  /** `'k'`, `'v'` or `'kv'`: which of keys and values are held weakly. */
  readonly __mode?: unknown
  /** Name of the type in messages. */
  readonly __name?: unknown
  /** What `getmetatable` of a script gives instead of the metatable, which it then cannot change. */
  readonly __metatable?: unknown
  readonly [field: string]: unknown
}

/**
 * Gives a table the metatable that an argument describes: a table stands for itself, `null` for none. Nothing is
 * changed when the argument, or reading it, fails.
 */
export function setMetatable(native: NativeState, target: NativeReference, value: unknown): void {
  if (value === null) {
    target.setMetatable(null)
    return
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw invalidArgument(expectation('metatable', 'an object of metamethods, a LuaTable or null', value))
  }
  if (tableOf(value) !== undefined) {
    target.setMetatable(unwrapReference(value) ?? null)
    return
  }
  const fields = Object.entries(value)
  const metatable = unwrapReference(native.createTable(undefined))
  if (metatable === undefined) throw new Error('Expected a new table to have a reference')
  try {
    for (const [name, field] of fields) if (field !== undefined) metatable.set(name, field, true)
    target.setMetatable(metatable)
  } finally {
    metatable.release()
  }
}
