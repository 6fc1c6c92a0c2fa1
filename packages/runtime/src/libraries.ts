import { invalidArgument, LibraryBit, outOfRange } from '@lua-native/core-native'
import { describe, expectation } from './argument.ts'

/**
 * A standard library of Lua.
 *
 * @example
 * import { createRuntime, type LibraryName } from '@lua-native/runtime'
 *
 * const libraries: LibraryName[] = ['math', 'base']
 * using lua = createRuntime({ libraries })
 * lua.executeScript('return math.floor(2.5), string') // => [2, null]
 */
export type LibraryName = keyof typeof LibraryBit

/**
 * A selection of standard libraries. `'sandbox'`: base, coroutine, table, string, math and utf8 without `dofile`,
 * `loadfile` and `string.dump`. `'safe'`: all but io, os and debug; its package library, `dofile` and `loadfile` read
 * files. `'all'`: all. `'none'`: not even `print`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using sandbox = createRuntime({ libraries: 'sandbox' })
 * using all = createRuntime({ libraries: 'all' })
 * sandbox.getGlobal('io') // => null
 * all.getGlobal('io.open') === null // => false
 */
export type LibraryPreset = 'sandbox' | 'safe' | 'all' | 'none'

/** What to open of Lua's standard libraries. */
export interface LibrarySelection {
  /** In the order in which Lua opens them. */
  readonly names: readonly LibraryName[]
  /** Whether the functions that reach outside a sandbox are taken away. */
  readonly sandbox: boolean
}

const all = Object.keys(LibraryBit) as LibraryName[]

const presets: Readonly<Record<LibraryPreset, LibrarySelection>> = {
  sandbox: { names: ['base', 'coroutine', 'table', 'string', 'math', 'utf8'], sandbox: true },
  safe: { names: all.filter((name) => !['io', 'os', 'debug'].includes(name)), sandbox: false },
  all: { names: all, sandbox: false },
  none: { names: [], sandbox: false },
}

/** Reads the option `libraries`. */
export function selectLibraries(value: unknown): LibrarySelection {
  if (value === undefined) return presets.sandbox
  if (Array.isArray(value)) {
    const list: unknown[] = value
    for (const name of list) checkName(name)
    return { names: all.filter((name) => list.includes(name)), sandbox: false }
  }
  const expected = `${Object.keys(presets).map(describe).join(', ')} or a list of libraries`
  if (typeof value !== 'string') throw invalidArgument(expectation('libraries', expected, value))
  if (!Object.hasOwn(presets, value)) throw outOfRange(expectation('libraries', expected, value))
  return presets[value as LibraryPreset]
}

function checkName(name: unknown): void {
  const expected = `a list of names among ${all.map(describe).join(', ')}`
  if (typeof name !== 'string') throw invalidArgument(expectation('libraries', expected, name))
  if (!Object.hasOwn(LibraryBit, name)) throw outOfRange(expectation('libraries', expected, name))
}

/** The bits that the addon takes for a list of libraries. */
export function libraryBits(names: readonly LibraryName[]): number {
  return names.reduce((bits, name) => bits | LibraryBit[name], 0)
}
