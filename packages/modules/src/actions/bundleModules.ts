import type { Runtime } from '@lua-native/runtime'
import { booleanOption, checkOptions, expectation, invalidArgument, outOfRange, textArgument } from '../argument.ts'
import { writeBytecodeBundle } from '../bundle/bytecodeBundle.ts'
import { collectModules, type DynamicRequire } from '../bundle/collectModules.ts'
import { writeSourceBundle } from '../bundle/sourceBundle.ts'
import { hostOf } from '../host.ts'

/**
 * Options of `bundleModules`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { type BundleOptions, moduleActions } from '@lua-native/modules'
 *
 * const options: BundleOptions = { external: ['db'] }
 * using lua = createRuntime().extend(moduleActions())
 * const bundle = lua.bundleModules('main', [{ main: 'return require("db").name' }], options)
 * bundle.external // => ['db']
 */
export interface BundleOptions {
  /** `'source'` (default): a Lua file. `'bytecode'`: compiled, and signed if the runtime has a `bytecodeKey`. */
  readonly format?: 'source' | 'bytecode' | undefined
  /** Whether bytecode is without debug information: smaller, but errors lose lines and names. Default `false`. */
  readonly strip?: boolean | undefined
  /** Modules that are not to be in the bundle, such as those that the host registers. */
  readonly external?: readonly string[] | undefined
  /** Modules that are to be in the bundle though no text names them. */
  readonly include?: readonly string[] | undefined
}

/**
 * A module in a bundle.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { type BundledModule, moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * const { modules } = lua.bundleModules('a', [{ a: 'require "b"', b: 'return 1' }])
 * const [first]: readonly BundledModule[] = modules
 * first // => { name: 'a', chunkName: '=a', requires: ['b'] }
 */
export interface BundledModule {
  readonly name: string
  /** How messages name its source, in Lua's notation. */
  readonly chunkName: string
  /** Names that it requires, as its text says them. */
  readonly requires: readonly string[]
}

/**
 * A bundle and what is in it.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type ModuleBundle } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * const bundle: ModuleBundle = lua.bundleModules('main', [{ main: 'return require(...)' }])
 * bundle.dynamic // => [{ module: 'main', line: 1 }]
 */
export interface ModuleBundle {
  /** The file: Lua source as UTF-8, or bytecode. */
  readonly code: Buffer
  /** The entry and everything that it requires, in the order in which they were found. */
  readonly modules: readonly BundledModule[]
  /** Modules that are required and left out: standard libraries, `external` ones, and optional ones not found. */
  readonly external: readonly string[]
  /** Calls of `require` whose text does not say the name. What they need has to be found at run time. */
  readonly dynamic: readonly DynamicRequire[]
}

/**
 * Makes one file of a module and all that it requires, found by parsing the sources. `roots` are directories and sets
 * of sources in memory, searched in that order. A source bundle is a Lua file that any Lua 5.4 or 5.5 runs; `addBundle`
 * serves either kind. A `require` inside `pcall` may find nothing.
 *
 * @throws {RangeError} LUA_OUT_OF_RANGE for a module that no root has; the message says who requires it.
 * @throws {LuaSyntaxError} LUA_SYNTAX for a module that does not compile.
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * const sources = { main: 'local part = require("part")\nreturn part(...)', part: 'return function(n) return n + 1 end' }
 * const { code, modules } = lua.bundleModules('main', [sources])
 * modules.map(({ name }) => name) // => ['main', 'part']
 * createRuntime().executeScript(code, { args: [41] }) // => 42
 */
export function bundleModules(
  runtime: Runtime,
  entry: string,
  roots: readonly (string | URL | Readonly<Record<string, string | Uint8Array>>)[],
  options?: BundleOptions,
): ModuleBundle {
  textArgument('entry', entry)
  if (!Array.isArray(roots) || roots.length === 0) {
    throw invalidArgument(expectation('roots', 'an array of directories and sources', roots))
  }
  const given = checkOptions<BundleOptions>(options, ['format', 'strip', 'external', 'include'], 'bundleModules')
  const bytecode = readFormat(given.format)
  const strip = booleanOption('strip', given.strip, false)
  const found = collectModules(hostOf(runtime), entry, roots, {
    include: readNames('include', given.include),
    external: readNames('external', given.external),
  })
  const modules = !bytecode
    ? found.modules
    : found.modules.map(({ content, ...module }) => ({
        ...module,
        content: runtime.compile(content, { chunkName: module.chunkName, strip, raw: true }),
      }))
  return {
    code: bytecode ? writeBytecodeBundle(runtime, entry, modules) : writeSourceBundle(entry, modules),
    modules: modules.map(({ name, chunkName, requires }) => ({ name, chunkName, requires })),
    external: found.external,
    dynamic: found.dynamic,
  }
}

function readFormat(value: unknown): boolean {
  if (value === undefined) return false
  const expected = '"source" or "bytecode"'
  if (typeof value !== 'string') throw invalidArgument(expectation('format', expected, value))
  if (value !== 'source' && value !== 'bytecode') throw outOfRange(expectation('format', expected, value))
  return value === 'bytecode'
}

function readNames(option: string, value: unknown): readonly string[] {
  if (value === undefined) return []
  const names: unknown = Array.isArray(value) ? Array.from<unknown>(value) : value
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
    throw invalidArgument(expectation(option, 'an array of strings', value))
  }
  return names as string[]
}
