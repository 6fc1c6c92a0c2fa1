import { invalidArgument, type LuaFunctionObject, type NativeState, unwrapReference } from '@lua-native/core-native'
import { expectation } from './argument.ts'

/** Implements `Runtime.release`. */
export function releaseValue(native: NativeState, value: unknown): void {
  if (typeof value === 'function') {
    native.releaseValue(value as LuaFunctionObject)
    return
  }
  const reference = typeof value === 'object' && value !== null ? unwrapReference(value) : undefined
  if (reference === undefined) {
    throw invalidArgument(expectation('value', 'a function, table, coroutine or other reference of Lua', value))
  }
  native.releaseValue(reference)
}
