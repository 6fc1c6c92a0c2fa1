import { GcCommand, GcParameter, invalidArgument, type NativeState, outOfRange } from '@lua-native/core-native'
import { expectation } from './argument.ts'

/** Modes of Lua's collector. */
export type CollectorMode = 'incremental' | 'generational'

/** Parameters of Lua's collector, in Lua's own units (mostly percent). */
export type CollectorParameter = keyof typeof GcParameter

/**
 * Commands of Lua's `collectgarbage`, with the arguments of each and what it gives.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * lua.gc('stop')
 * lua.gc('isrunning') // => false
 * lua.gc('restart')
 * lua.gc('param', 'pause') > 0 // => true
 */
export interface CollectorCommands {
  /** Runs a full collection. */
  collect: { args: []; result: undefined }
  /** Stops the collector until `'restart'`. */
  stop: { args: []; result: undefined }
  /** Lets it run again. */
  restart: { args: []; result: undefined }
  /** Kilobytes in use, with a fraction. */
  count: { args: []; result: number }
  /** Runs a step, as if so many kilobytes had been allocated; `true` when it finished a cycle. */
  step: { args: [kilobytes?: number]; result: boolean }
  /** Whether it runs. */
  isrunning: { args: []; result: boolean }
  /** Changes the mode and gives the previous one. */
  incremental: { args: []; result: CollectorMode }
  /** Changes the mode and gives the previous one. */
  generational: { args: []; result: CollectorMode }
  /** Reads a parameter, or sets it and gives the previous value. */
  param: { args: [name: CollectorParameter, value?: number]; result: number }
}

/** Name of a command of {@link CollectorCommands}. */
export type CollectorCommand = keyof CollectorCommands

const mostArguments: Readonly<Record<CollectorCommand, number>> = {
  collect: 0,
  stop: 0,
  restart: 0,
  count: 0,
  step: 1,
  isrunning: 0,
  incremental: 0,
  generational: 0,
  param: 2,
}

/** Lua keeps parameters as C ints. */
const MAX_VALUE = 0x7fff_ffff

/** Validates a collector command and runs it. */
export function runCollector(
  native: NativeState,
  command: unknown,
  args: readonly unknown[],
): number | boolean | CollectorMode | undefined {
  const name = readCommand(command, args)
  switch (name) {
    case 'collect':
    case 'stop':
    case 'restart':
      native.gc(GcCommand[name], 0, 0)
      return undefined
    case 'incremental':
    case 'generational':
      return native.gc(GcCommand[name], 0, 0) === 1 ? 'generational' : 'incremental'
    case 'step':
      return native.gc(GcCommand.step, readAmount('kilobytes', args[0], 0), 0)
    case 'param':
      return native.gc(GcCommand.param, readParameter(args[0]), readAmount('value', args[1], -1))
    default:
      return native.gc(GcCommand[name], 0, 0)
  }
}

function readCommand(command: unknown, args: readonly unknown[]): CollectorCommand {
  if (typeof command !== 'string' || !Object.hasOwn(GcCommand, command)) {
    const names = Object.keys(GcCommand).map((name) => `"${name}"`)
    throw invalidArgument(expectation('command', `one of ${names.join(', ')}`, command))
  }
  const name = command as CollectorCommand
  const most = mostArguments[name]
  if (args.length > most) {
    throw invalidArgument(`Expected at most ${most} arguments of gc("${name}"), received ${args.length}`)
  }
  return name
}

function readParameter(value: unknown): number {
  if (typeof value !== 'string' || !Object.hasOwn(GcParameter, value)) {
    const names = Object.keys(GcParameter).map((name) => `"${name}"`)
    throw invalidArgument(expectation('name', `one of ${names.join(', ')}`, value))
  }
  return GcParameter[value as CollectorParameter]
}

function readAmount(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  const expected = `a non-negative integer of at most ${MAX_VALUE}`
  if (typeof value !== 'number') throw invalidArgument(expectation(name, expected, value))
  if (!Number.isInteger(value) || value < 0 || value > MAX_VALUE) throw outOfRange(expectation(name, expected, value))
  return value
}
