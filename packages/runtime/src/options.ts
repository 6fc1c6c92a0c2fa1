import { invalidArgument, outOfRange, StateFlag } from '@lua-native/core-native'
import { booleanOption, checkFunction, checkOptions, expectation, integerLimit, timeLimit } from './argument.ts'
import { type LibraryName, type LibraryPreset, type LibrarySelection, selectLibraries } from './libraries.ts'

/**
 * Options of `createRuntime`. A value of `undefined` counts as not given; unknown names are refused.
 *
 * @example
 * import { createRuntime, type RuntimeOptions } from '@lua-native/runtime'
 *
 * const options: RuntimeOptions = { libraries: ['base', 'string'], maxInstructions: 1_000_000, globals: { name: 'Lua' } }
 * using lua = createRuntime(options)
 * lua.executeScript('return name:upper()') // => 'LUA'
 */
export interface RuntimeOptions {
  /** Which standard libraries scripts get: a preset or a list. Default `'sandbox'`. */
  readonly libraries?: LibraryPreset | readonly LibraryName[] | undefined
  /** Most bytes that Lua may hold, libraries included: a positive integer. Default none (`Infinity`). */
  readonly maxMemory?: number | undefined
  /**
   * Most VM instructions of one run: a positive integer. A run is what one call from JavaScript starts; calls back
   * into Lua from a host function are part of it. Default none (`Infinity`).
   */
  readonly maxInstructions?: number | undefined
  /** Most milliseconds of wall clock of one run, fractions allowed. Default none (`Infinity`). */
  readonly timeout?: number | undefined
  /** Values and functions that scripts see as globals. A name is taken as it is, dots included. */
  readonly globals?: Readonly<Record<string, unknown>> | undefined
  /** Gets the text that `print` and `io.write` put out. Default: standard output. */
  readonly print?: ((text: string) => void) | undefined
  /**
   * Secret under which `compile` signs bytecode and without which `load` accepts none. It protects from attackers;
   * without it bytecode carries only a digest, which protects from accidents.
   */
  readonly bytecodeKey?: string | Uint8Array | undefined
  /** Whether every Lua string comes out as a `Uint8Array`; names of properties and keys of a `Map` stay text. Default `false`. */
  readonly binaryStrings?: boolean | undefined
  /**
   * Whether a conversion that would lose something throws `LuaConversionError`: nil in an array, class instances,
   * flags of a RegExp, ill-formed text, keys that the other side cannot hold or tell apart. Default `false`.
   */
  readonly strictConversion?: boolean | undefined
  /**
   * Whether Lua's own `load`, `loadfile`, `dofile` and `require` take binary chunks. Lua verifies none of them: a
   * hostile one takes over the process. Default `false`.
   */
  readonly allowBytecode?: boolean | undefined
  /**
   * `'deny'` closes every door of the standard libraries to the disk: `io.open`, `dofile`, `loadfile`, `require` of
   * files, `os.remove` and the like fail and say so. What the host serves (`setFileReader`, modules, `setReadHandler`)
   * and what the host runs itself (`executeFile`) goes on working; `os.execute` and `io.popen` start programs and are
   * closed too. Default `'allow'`: what the libraries allow.
   */
  readonly filesystem?: 'allow' | 'deny' | undefined
  /**
   * What a Lua table becomes. `'object'` (default): an array when its keys are 1 to n, else an object. `'map'`: always a
   * `Map`, so that keys keep their type. `'reference'`: a `LuaTable`. A table with a metatable comes as a live proxy, or
   * with `'reference'` as a `LuaTable` too.
   */
  readonly tableAs?: 'object' | 'map' | 'reference' | undefined
  /**
   * What `null` becomes in Lua. `'nil'` (default): nil, which ends a sequence and keeps no key; `LuaNull` stands for a
   * null that stays. `'sentinel'`: that null, and it comes back as `null`; `undefined` is still nil.
   */
  readonly nulls?: 'nil' | 'sentinel' | undefined
  /** Makes string hashes and `math.random` repeatable: a non-negative integer. Default: random. */
  readonly seed?: number | undefined
}

/** Options after validation, in the addon's terms: 0 is no limit, a negative seed none. */
export interface RuntimeSettings {
  readonly libraries: LibrarySelection
  readonly maxMemory: number
  readonly maxInstructions: number
  readonly timeout: number
  readonly flags: number
  readonly denyFilesystem: boolean
  readonly seed: number
  readonly globals: Readonly<Record<string, unknown>>
  readonly print: ((text: string) => void) | undefined
  readonly bytecodeKey: Uint8Array | undefined
}

const known = [
  'libraries',
  'maxMemory',
  'maxInstructions',
  'timeout',
  'globals',
  'print',
  'bytecodeKey',
  'binaryStrings',
  'strictConversion',
  'allowBytecode',
  'filesystem',
  'tableAs',
  'nulls',
  'seed',
] as const

const tableFlags = { object: 0, map: StateFlag.tablesAsMaps, reference: StateFlag.tablesAsReferences } as const
const filesystemDenied = { allow: 0, deny: 1 } as const
const nullFlags = { nil: 0, sentinel: StateFlag.nullSentinel } as const

/** Reads an option that is one of some names, and gives the number behind it. */
function choice<Name extends string>(
  option: string,
  value: unknown,
  flags: Readonly<Record<Name, number>>,
  fallback: Name,
): number {
  if (value === undefined) return flags[fallback]
  const expected = Object.keys(flags)
    .map((name) => `"${name}"`)
    .join(' or ')
  if (typeof value !== 'string') throw invalidArgument(expectation(option, expected, value))
  if (!Object.hasOwn(flags, value)) throw outOfRange(expectation(option, expected, value))
  return flags[value as Name]
}

/** Validates the options of `createRuntime`, each option read once. */
export function readOptions(value: unknown): RuntimeSettings {
  const options = checkOptions<RuntimeOptions>(value, known, 'createRuntime')
  const libraries = selectLibraries(options.libraries)
  return {
    libraries,
    maxMemory: integerLimit('maxMemory', options.maxMemory),
    maxInstructions: integerLimit('maxInstructions', options.maxInstructions),
    timeout: timeLimit('timeout', options.timeout),
    flags:
      (booleanOption('binaryStrings', options.binaryStrings, false) ? StateFlag.binaryStrings : 0) |
      (booleanOption('strictConversion', options.strictConversion, false) ? StateFlag.strictConversion : 0) |
      (booleanOption('allowBytecode', options.allowBytecode, false) ? StateFlag.allowBytecode : 0) |
      (libraries.sandbox ? StateFlag.sandbox : 0) |
      choice('tableAs', options.tableAs, tableFlags, 'object') |
      choice('nulls', options.nulls, nullFlags, 'nil'),
    denyFilesystem: choice('filesystem', options.filesystem, filesystemDenied, 'allow') === 1,
    seed: readSeed(options.seed),
    globals: readGlobals(options.globals),
    print: readPrint(options.print),
    bytecodeKey: readKey(options.bytecodeKey),
  }
}

function readSeed(value: unknown): number {
  if (value === undefined) return -1
  if (typeof value !== 'number') throw invalidArgument(expectation('seed', 'a non-negative integer', value))
  if (!Number.isSafeInteger(value) || value < 0) {
    throw outOfRange(expectation('seed', 'a non-negative integer', value))
  }
  return value
}

function readGlobals(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument(expectation('globals', 'an object of names and values', value))
  }
  return value as Readonly<Record<string, unknown>>
}

function readPrint(value: unknown): ((text: string) => void) | undefined {
  if (value === undefined) return undefined
  checkFunction('print', value)
  return value as (text: string) => void
}

function readKey(value: unknown): Uint8Array | undefined {
  if (value === undefined) return undefined
  const expected = 'a string or Uint8Array that is not empty'
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
    throw invalidArgument(expectation('bytecodeKey', expected, value))
  }
  if (value.length === 0) throw outOfRange(`Expected "bytecodeKey" to be ${expected}, received an empty one`)
  return Buffer.from(value)
}
