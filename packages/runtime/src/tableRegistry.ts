import { invalidArgument, type NativeReference, unwrapReference } from '@lua-native/core-native'
import { expectation } from './argument.ts'
import type { LuaTable } from './luaTable.ts'

/** The table behind each `LuaTable` and proxy of one. */
const tables = new WeakMap<object, LuaTable>()

/** Makes an object count as a table. */
export function registerTable(object: object, table: LuaTable): void {
  tables.set(object, table)
}

/**
 * Returns the `LuaTable` behind a proxy of a table, and a `LuaTable` itself; `undefined` for all other values.
 *
 * @example
 * import { createRuntime, tableOf } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const proxy = lua.executeScript('return setmetatable({ x = 1 }, { __index = { y = 2 } })')
 * tableOf(proxy)?.raw.has('y') // => false
 * tableOf({}) // => undefined
 */
export function tableOf(value: unknown): LuaTable | undefined {
  return typeof value === 'object' && value !== null ? tables.get(value) : undefined
}

/** The table that an object of the addon's stands for. */
export function knownTable(object: object): LuaTable {
  const table = tables.get(object)
  if (table === undefined) throw new Error('Expected the object of a table')
  return table
}

/** Reads an argument that must be a table, as `LuaTable` or proxy. */
export function readTable(name: string, value: unknown): NativeReference {
  const reference = tableOf(value) && unwrapReference(value as object)
  if (reference === undefined) throw invalidArgument(expectation(name, 'a LuaTable or a proxy of one', value))
  return reference
}
