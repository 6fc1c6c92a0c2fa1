import type { NativeReference } from '@lua-native/core-native'
import { rawPairs } from './tableEntries.ts'

/**
 * What a table itself holds: access that no metamethod sees. Made by `LuaTable.raw`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * using point = lua.createTable({ x: 1 })
 * point.setMetatable({ __index: () => 'a default' })
 * point.get('y') // => 'a default'
 * point.raw.get('y') // => null
 */
export class RawTable {
  readonly #reference: NativeReference

  constructor(reference: NativeReference) {
    this.#reference = reference
  }

  /** As Lua's `rawget`; `null` for nil. */
  get<Value = unknown>(key: unknown): Value {
    return this.#reference.get(key, true) as Value
  }

  /** As Lua's `rawset`. */
  set(key: unknown, value: unknown): void {
    this.#reference.set(key, value, true)
  }

  /** Whether the table holds the key. */
  has(key: unknown): boolean {
    return this.#reference.has(key, true)
  }

  /** Takes a key out. */
  delete(key: unknown): void {
    this.#reference.set(key, undefined, true)
  }

  /** As Lua's `rawlen`. */
  length(): number {
    return this.#reference.length(true)
  }

  /** All entries, in Lua's order. */
  pairs(): [key: unknown, value: unknown][] {
    return rawPairs(this.#reference)
  }
}
