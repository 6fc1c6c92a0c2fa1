import { types } from 'node:util'
import { invalidArgument, outOfRange, ResultMode } from '@lua-native/core-native'
import { booleanOption, checkOptions, expectation, integerLimit, stringOption, timeLimit } from './argument.ts'

/**
 * How the results of a run are returned: see {@link RunOptions.results}.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * lua.executeScript('return 1, 2', { results: 'first' }) // => 1
 * lua.executeScript('return 1, 2', { results: 'all' }) // => [1, 2]
 * lua.executeScript('', { results: 'all' }) // => []
 */
export type ResultShape = keyof typeof ResultMode

/**
 * Options of what runs a chunk: `executeScript`, `executeFile`, `load`.
 *
 * @example
 * import { createRuntime, type RunOptions } from '@lua-native/runtime'
 *
 * const options: RunOptions = { chunkName: '@sum.lua', args: [1, 2, 3], results: 'first', timeout: 50 }
 * using lua = createRuntime()
 * lua.executeScript('return select("#", ...), "not returned"', options) // => 3
 */
export interface RunOptions {
  /**
   * Name of the chunk in messages and tracebacks, in Lua's notation: `@main.lua` for a file, `=stdin` for a plain
   * label, anything else for source text. Default: the source itself; for files `@` and the path.
   */
  readonly chunkName?: string | undefined
  /** What the chunk gets as `...`. */
  readonly args?: readonly unknown[] | undefined
  /**
   * Shape of the results. `'auto'` (default): none is `undefined`, one is the value, several are an array. `'first'`:
   * the first, `undefined` if there is none. `'all'`: always an array.
   */
  readonly results?: ResultShape | undefined
  /**
   * Instruction limit of this run; the smaller one of this and the runtime's counts. No effect inside a run that is
   * already going on.
   */
  readonly maxInstructions?: number | undefined
  /** Time limit of this run in milliseconds; otherwise as `maxInstructions`. */
  readonly timeout?: number | undefined
}

/**
 * Options of `load`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const dump = lua.compile('return 1', { raw: true })
 * lua.load(dump) // throws LUA_BYTECODE
 * lua.load(dump, { trusted: true }) // => 1
 */
export interface LoadOptions extends RunOptions {
  /**
   * Accepts a plain dump of Lua, as `compile(…, { raw: true })`, `string.dump` and `luac` write it. Lua does not verify
   * it, so a damaged or hostile one can crash or take over the process. Default `false`.
   */
  readonly trusted?: boolean | undefined
}

/**
 * Options of `compile` and `compileFile`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const source = 'local answer = 42 return answer'
 * lua.compile(source, { strip: true }).length < lua.compile(source).length // => true
 */
export interface CompileOptions {
  /** As in {@link RunOptions}; it is kept in the bytecode unless that is stripped. */
  readonly chunkName?: string | undefined
  /** Whether to leave out debug information: smaller, but errors lose lines and names. Default `false`. */
  readonly strip?: boolean | undefined
  /** Whether to return Lua's plain dump instead of an envelope that `load` can check. Default `false`. */
  readonly raw?: boolean | undefined
}

/** Run options after validation, in the addon's terms. */
export interface RunSettings {
  readonly chunkName: string
  readonly args: readonly unknown[] | undefined
  readonly resultMode: number
  readonly maxInstructions: number
  readonly timeout: number
}

/** Lua's stack holds a million values. */
const MAX_ARGS = 1_000_000

const runNames = ['chunkName', 'args', 'results', 'maxInstructions', 'timeout'] as const
const loadNames = [...runNames, 'trusted'] as const
const compileNames = ['chunkName', 'strip', 'raw'] as const

const unnamed: RunSettings = {
  chunkName: '',
  args: undefined,
  resultMode: ResultMode.auto,
  maxInstructions: 0,
  timeout: 0,
}

function readSettings(options: Partial<Record<keyof RunOptions, unknown>>, chunkName: string): RunSettings {
  return {
    chunkName: stringOption('chunkName', options.chunkName, chunkName),
    args: readArgs(options.args),
    resultMode: readResults(options.results),
    maxInstructions: integerLimit('maxInstructions', options.maxInstructions),
    timeout: timeLimit('timeout', options.timeout),
  }
}

/** Validates the options of `executeScript` and `executeFile`; `of` names the method in messages. */
export function readRunOptions(value: unknown, of: string, chunkName: string): RunSettings {
  if (value === undefined && chunkName === '') return unnamed
  return readSettings(checkOptions<RunOptions>(value, runNames, of), chunkName)
}

/** Validates the options of `load`. */
export function readLoadOptions(value: unknown): RunSettings & { readonly trusted: boolean } {
  const options = checkOptions<LoadOptions>(value, loadNames, 'load')
  return { ...readSettings(options, ''), trusted: booleanOption('trusted', options.trusted, false) }
}

/** Validates the options of `loadFunction`. */
export function readFunctionOptions(value: unknown): { readonly chunkName: string; readonly trusted: boolean } {
  const options = checkOptions<LoadOptions>(value, ['chunkName', 'trusted'], 'loadFunction')
  return {
    chunkName: stringOption('chunkName', options.chunkName, ''),
    trusted: booleanOption('trusted', options.trusted, false),
  }
}

/** Validates the options of `compile` and `compileFile`; `of` names the method in messages. */
export function readCompileOptions(
  value: unknown,
  of: string,
  chunkName: string,
): { readonly chunkName: string; readonly strip: boolean; readonly raw: boolean } {
  const options = checkOptions<CompileOptions>(value, compileNames, of)
  return {
    chunkName: stringOption('chunkName', options.chunkName, chunkName),
    strip: booleanOption('strip', options.strip, false),
    raw: booleanOption('raw', options.raw, false),
  }
}

/** Reads the option `args`. */
export function readArgs(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw invalidArgument(expectation('args', 'an array', value))
  if (value.length > MAX_ARGS)
    throw outOfRange(`Expected "args" to have at most ${MAX_ARGS} elements, received ${value.length}`)
  // The addon takes real arrays only.
  return types.isProxy(value) ? Array.from(value) : value
}

/** Reads the option `results`. */
export function readResults(value: unknown): number {
  if (value === undefined) return ResultMode.auto
  const expected = '"auto", "first" or "all"'
  if (typeof value !== 'string') throw invalidArgument(expectation('results', expected, value))
  if (!Object.hasOwn(ResultMode, value)) throw outOfRange(expectation('results', expected, value))
  return ResultMode[value as ResultShape]
}
