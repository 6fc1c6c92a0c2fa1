import { SharedTable, type SharedTableOptions } from './sharedTable.ts'

/**
 * Makes a table to share between runtimes, with a copy of what it is given: an array or a plain object. Nothing
 * is attached yet; see `sharedTables`.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for what no shared table can hold, and wrong options.
 * @throws {RangeError} LUA_OUT_OF_RANGE for keys that are empty or `__proto__`, and beyond a bound.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { createSharedTable, sharedTables } from '@lua-native/shared'
 *
 * using shared = createSharedTable({ features: { chat: false } })
 * using one = createRuntime().extend(sharedTables({ settings: shared }))
 * using two = createRuntime().extend(sharedTables({ settings: shared }, { mode: 'readonly' }))
 * shared.set('features.chat', true)
 * one.executeScript('return settings.features.chat') // => true
 * two.executeScript('return settings.features.chat') // => true
 */
export function createSharedTable<Shape extends object = Record<string, unknown>>(
  initial?: Shape,
  options?: SharedTableOptions,
): SharedTable<Shape> {
  return new SharedTable(initial, options)
}
