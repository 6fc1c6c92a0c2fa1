import { LuaLimitError } from '@lua-native/core-native'
import { checkFunction } from './argument.ts'

/**
 * What a protected call came to.
 *
 * @example
 * import { createRuntime, type PcallResult } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const half = lua.executeScript<(n: unknown) => number>('return function(n) return n / 2 end')
 * const good: PcallResult<number> = lua.pcall(half, 8)
 * good // => { ok: true, value: 4 }
 * const bad = lua.pcall(half, {})
 * bad.ok || (bad.error as Error).message.includes('attempt to perform arithmetic') // => true
 */
export type PcallResult<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: unknown }

/** Implements `Runtime.pcall`. */
export function protectedCall(fn: unknown, args: readonly unknown[]): PcallResult {
  checkFunction('fn', fn)
  try {
    return { ok: true, value: (fn as (...args: readonly unknown[]) => unknown)(...args) }
  } catch (error) {
    // A limit ends the whole run; no call inside it can go on.
    if (error instanceof LuaLimitError) throw error
    return { ok: false, error }
  }
}
