import { ErrorCode, LuaCoroutine } from '@lua-native/runtime'
import type { CallTarget } from './asyncOptions.ts'
import { splitSignal } from './signalOption.ts'

const names: ReadonlySet<string> = new Set(['target', 'maxInstructions', 'timeout', 'cpuTimeout', 'results'])

/** What is to be called, alone or with options. */
export function readTarget(value: unknown): {
  readonly target: unknown
  readonly signal: AbortSignal | undefined
  readonly options: Omit<CallTarget<unknown>, 'target' | 'signal'>
} {
  if (typeof value !== 'object' || value === null || value instanceof LuaCoroutine) {
    return { target: value, signal: undefined, options: {} }
  }
  const { signal, rest } = splitSignal(value)
  const { target, ...options } = rest as CallTarget<unknown>
  for (const name of Object.keys(options)) {
    if (names.has(name)) continue
    throw Object.assign(new TypeError(`Expected a call target to have known options, received "${name}"`), {
      code: ErrorCode.unknownOption,
    })
  }
  return { target, signal, options }
}
