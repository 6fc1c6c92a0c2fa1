import { type HookFunction, HookMask, invalidArgument, outOfRange } from '@lua-native/core-native'
import { booleanOption, checkFunction, checkOptions, expectation } from './argument.ts'

/** What a hook is called for. */
export type HookEvent = Parameters<HookFunction>[0]

/** Where a hook is called. */
export interface HookLocation {
  /** Name of the chunk in Lua's notation, e.g. `@main.lua`. */
  readonly source: string
  /** `'Lua'`, `'C'` or `'main'`: what kind of function runs. */
  readonly what: string
  /** 1-based; -1 when unknown. */
  readonly currentLine: number
}

/**
 * Called for the events that were asked for. `line` is -1 and `name` (of the running function) `''` when unknown. An
 * error that it throws ends the run with that error.
 *
 * @example
 * import { createRuntime, type HookCallback } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const places: string[] = []
 * const hook: HookCallback = (event, line, name, { source }) => places.push(`${event} ${source}:${line}`)
 * lua.setHook(hook, { line: true })
 * lua.executeScript('local a = 1\nreturn a', { chunkName: '@a.lua' })
 * places // => ['line @a.lua:1', 'line @a.lua:2']
 */
export type HookCallback = (event: HookEvent, line: number, name: string, location: HookLocation) => void

/**
 * Events that a hook is called for; at least one.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * let calls = 0
 * lua.setHook(() => calls++, { count: 1000 })
 * lua.executeScript('for i = 1, 100000 do end')
 * calls >= 50 // => true
 */
export interface HookOptions {
  /** Calls of functions; tail calls come as `'tail call'`. */
  readonly call?: boolean | undefined
  /** Returns from functions. */
  readonly return?: boolean | undefined
  /** Each new line, and each jump back. */
  readonly line?: boolean | undefined
  /** Every so many instructions: a positive integer. */
  readonly count?: number | undefined
}

/** What the addon takes: the callback, the event mask and the instructions between count events. */
export interface HookSettings {
  readonly callback: HookFunction
  readonly mask: number
  readonly count: number
}

const known = ['call', 'return', 'line', 'count'] as const
const MAX_COUNT = 0x7fff_ffff

/** Validates the arguments of `setHook`. */
export function readHook(callback: unknown, value: unknown): HookSettings {
  checkFunction('callback', callback)
  const options = checkOptions<HookOptions>(value, known, 'setHook')
  const count = readCount(options.count)
  const mask =
    (booleanOption('call', options.call, false) ? HookMask.call : 0) |
    (booleanOption('return', options.return, false) ? HookMask.return : 0) |
    (booleanOption('line', options.line, false) ? HookMask.line : 0) |
    (count > 0 ? HookMask.count : 0)
  if (mask === 0) throw invalidArgument('Expected at least one of "call", "return", "line" and "count" to be given')
  return { callback: nativeHook(callback as HookCallback), mask, count }
}

function readCount(value: unknown): number {
  if (value === undefined) return 0
  const expected = `a positive integer of at most ${MAX_COUNT}`
  if (typeof value !== 'number') throw invalidArgument(expectation('count', expected, value))
  if (!Number.isInteger(value) || value <= 0 || value > MAX_COUNT)
    throw outOfRange(expectation('count', expected, value))
  return value
}

/** The callback in the form that the addon calls. */
function nativeHook(callback: HookCallback): HookFunction {
  return (event, line, name, source, what, currentLine) => {
    callback(event, line, name, { source, what, currentLine })
  }
}
