import {
  invalidArgument,
  type LocalVariable,
  type NativeState,
  outOfRange,
  type StackFrame,
} from '@lua-native/core-native'
import { checkOptions, expectation } from './argument.ts'

/**
 * Options of `getStack`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * let depth = -1
 * lua.setGlobal('look', () => { depth = lua.getStack({ maxLevels: 1 }).length })
 * lua.executeScript('look()')
 * depth // => 1
 */
export interface StackOptions {
  /** Most frames to give, from the innermost: a non-negative integer. Default 200. */
  readonly maxLevels?: number | undefined
}

const DEFAULT_LEVELS = 200
/** The addon takes 32-bit integers; no stack of Lua is that deep. */
const MAX_LEVEL = 0x7fff_ffff

/** Implements `Runtime.getStack`. */
export function readStack(native: NativeState, value: unknown): StackFrame[] {
  const { maxLevels } = checkOptions<StackOptions>(value, ['maxLevels'], 'getStack')
  return native.getStack(maxLevels === undefined ? DEFAULT_LEVELS : readLevel('maxLevels', maxLevels))
}

/** Implements `Runtime.getLocals`. */
export function readLocals(native: NativeState, value: unknown): LocalVariable[] {
  const level = readLevel('level', value)
  const locals = native.getLocals(level)
  if (locals === undefined) throw outOfRange(expectation('level', 'a level of the running stack', level))
  return locals
}

function readLevel(name: string, value: unknown): number {
  const expected = 'a non-negative integer'
  if (typeof value !== 'number') throw invalidArgument(expectation(name, expected, value))
  if (!Number.isInteger(value) || value < 0 || value > MAX_LEVEL) throw outOfRange(expectation(name, expected, value))
  return value
}
