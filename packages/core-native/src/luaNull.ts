import { inspect } from 'node:util'

class Null {
  /** `'null'`, as Lua's `tostring` of it. */
  toString(): string {
    return 'null'
  }

  /** `null`, so that it survives `JSON.stringify`. */
  toJSON(): null {
    return null
  }

  get [Symbol.toStringTag](): string {
    return 'LuaNull'
  }
}
Object.defineProperty(Null.prototype, inspect.custom, { value: () => 'LuaNull' })
Object.freeze(Null.prototype)

/**
 * A value that stands for null where nil would not stay: it keeps its place in a sequence and its key in a table. Lua
 * sees one value that is equal to itself, true in a condition, and prints as `null`; it comes back as this object, or
 * as `null` in a runtime with `nulls: 'sentinel'`.
 *
 * @example
 * import { createRuntime, LuaNull } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * lua.executeScript('return #..., (...)[2]', { args: [[1, LuaNull, 3]] }) // => [3, LuaNull]
 * JSON.stringify([LuaNull]) // => '[null]'
 */
export const LuaNull: LuaNull = Object.freeze(new Null())

/** The type of the one value {@link LuaNull}. */
export type LuaNull = Readonly<Null>
