import {
  ChunkMode,
  invalidArgument,
  type LuaFunctionObject,
  type NativeState,
  outOfRange,
  ResultMode,
} from '@lua-native/core-native'
import { booleanOption, checkOptions, expectation } from './argument.ts'
import { environmentSource } from './environmentSource.ts'
import type { LuaTable } from './luaTable.ts'
import { knownTable } from './tableRegistry.ts'

/**
 * Options of `createEnvironment`.
 *
 * @example
 * import { createRuntime, type EnvironmentOptions } from '@lua-native/runtime'
 *
 * const options: EnvironmentOptions = { whitelist: ['math', 'limit'] }
 * using lua = createRuntime({ globals: { limit: 10, secret: 'x' } })
 * const env = lua.createEnvironment(options)
 * lua.executeScriptIn(env, 'return math.min(limit, 99), secret, print') // => [10, null, null]
 */
export interface EnvironmentOptions {
  /** Whether scripts see, behind the environment's own, the runtime's other globals. Default `false`. */
  readonly inherit?: boolean | undefined
  /**
   * Names of the globals that scripts see; those of libraries as `libraries` says, others by value, tables among them
   * shared. Names that are not set are skipped. Default: all of the libraries and nothing else.
   */
  readonly whitelist?: readonly string[] | undefined
  /**
   * `'readonly'` (default): scripts see copies of the runtime's libraries that they cannot change, nor put others in
   * their place. `'shared'`: the libraries themselves, which a script can change for all.
   */
  readonly libraries?: 'readonly' | 'shared' | undefined
}

interface EnvironmentSettings {
  readonly inherit: boolean
  readonly names: readonly string[] | undefined
  readonly readonly: boolean
}

const known = ['inherit', 'whitelist', 'libraries'] as const

function readWhitelist(value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined
  const names: unknown = Array.isArray(value) ? Array.from<unknown>(value) : value
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw invalidArgument(expectation('whitelist', 'an array of strings', value))
  }
  return names
}

function readLibraries(value: unknown): boolean {
  if (value === undefined) return true
  const expected = '"readonly" or "shared"'
  if (typeof value !== 'string') throw invalidArgument(expectation('libraries', expected, value))
  if (value !== 'readonly' && value !== 'shared') throw outOfRange(expectation('libraries', expected, value))
  return value === 'readonly'
}

/** Validates the options of `createEnvironment`. */
export function readEnvironmentOptions(value: unknown): EnvironmentSettings {
  const options = checkOptions<EnvironmentOptions>(value, known, 'createEnvironment')
  return {
    inherit: booleanOption('inherit', options.inherit, false),
    names: readWhitelist(options.whitelist),
    readonly: readLibraries(options.libraries),
  }
}

/** The function of each state that fills environments. */
const builders = new WeakMap<NativeState, LuaFunctionObject>()

function builderOf(native: NativeState): LuaFunctionObject {
  let builder = builders.get(native)
  if (builder === undefined) {
    builder = native.execute(
      environmentSource,
      '=environment',
      ChunkMode.text,
      undefined,
      ResultMode.first,
      0,
      0,
    ) as LuaFunctionObject
    builders.set(native, builder)
  }
  return builder
}

/** Makes a table that is fit to be the globals of a chunk. */
export function createEnvironment(native: NativeState, { inherit, names, readonly }: EnvironmentSettings): LuaTable {
  const environment = knownTable(native.createTable(undefined))
  try {
    const args = [environment, readonly, inherit, names !== undefined, ...(names ?? [])]
    native.invoke(builderOf(native), args, ResultMode.first)
    return environment
  } catch (error) {
    environment.release()
    throw error
  }
}
