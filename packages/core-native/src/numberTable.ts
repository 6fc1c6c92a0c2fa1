import { types } from 'node:util'
import { invalidArgument } from './errors.ts'

/** A typed array of numbers, as TypeScript knows them. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

/**
 * A typed array that crosses to Lua as a table of its numbers. Made by {@link asTable}.
 *
 * @example
 * import { asTable, NumberTable } from '@lua-native/runtime'
 *
 * const marked = asTable(Float64Array.of(1.5, 2))
 * marked instanceof NumberTable // => true
 * marked.numbers // => Float64Array.of(1.5, 2)
 */
export class NumberTable {
  /** The typed array itself: it is read when it crosses. */
  readonly numbers: NumberArray

  constructor(numbers: NumberArray) {
    this.numbers = numbers
    Object.freeze(this)
  }
}

/**
 * Marks a typed array to cross to Lua as a sequence of its numbers; unmarked it is a string of its bytes. Integral
 * numbers are integers in Lua, as everywhere. Its memory is copied once, whatever its length.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT for what is no typed array.
 *
 * @example
 * import { asTable, createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const script = 'local sum = 0 for _, x in ipairs(...) do sum = sum + x end return sum'
 * lua.executeScript(script, { args: [asTable(Float64Array.of(0.5, 1, 2))] }) // => 3.5
 * lua.executeScript('return #...', { args: [Float64Array.of(0.5, 1, 2)] }) // => 24
 */
export function asTable(numbers: NumberArray): NumberTable {
  if (!types.isTypedArray(numbers)) throw invalidArgument('Expected "numbers" to be a typed array')
  return new NumberTable(numbers)
}
