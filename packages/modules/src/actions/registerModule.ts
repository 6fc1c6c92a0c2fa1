import type { Runtime } from '@lua-native/runtime'
import { booleanOption, checkOptions, expectation, invalidArgument, textArgument } from '../argument.ts'
import type { Crossable } from '../crossable.ts'
import { hostOf } from '../host.ts'

/**
 * Options of `registerModule`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type ModuleOptions } from '@lua-native/modules'
 *
 * const options: ModuleOptions = { replace: true }
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerModule('version', { major: 1 })
 * lua.registerModule('version', { major: 2 }, options)
 * lua.executeScript('return require("version").major') // => 2
 */
export interface ModuleOptions {
  /** Whether a module that has the name, also a loaded one, makes way. Default `false`. */
  readonly replace?: boolean | undefined
  /**
   * Whether scripts can only read the table, and the tables in it, so that none changes it for others. What it holds is
   * taken as it is now; classes and Lua tables with a metatable stay as they are. `next` finds nothing in it, `pairs`
   * does. With the library package, `rawset` can still write into it. Default `false`.
   */
  readonly readonly?: boolean | undefined
}

/**
 * Makes `require` find a module by name: an object of values, functions, nested objects and classes, the exports of an
 * ES module, or a function. It is converted now, once, so that what cannot cross is told here; scripts share the table.
 * Classes are registered as by `registerClass`, under their path in the module with colons, but are no globals.
 *
 * @throws {LuaConversionError} LUA_CONVERSION for a value that Lua cannot hold; its `path` says which.
 * @throws {TypeError} LUA_NAME_TAKEN for the name of a standard library, or of a module that is registered or loaded;
 * LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * class Point {
 *   constructor(readonly x: number, readonly y: number) {}
 *   length() { return Math.hypot(this.x, this.y) }
 * }
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerModule('geo', { unit: 'm', area: (w: number, h: number) => w * h, Point })
 * lua.executeScript('local geo = require("geo") return geo.area(2, 3) .. geo.unit, geo.Point(3, 4):length()') // => ['6m', 5]
 */
export function registerModule<Module extends object>(
  runtime: Runtime,
  name: string,
  module: Module & Crossable<Module>,
  options?: ModuleOptions,
): void {
  textArgument('name', name)
  const value: unknown = module
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || Array.isArray(value)) {
    throw invalidArgument(expectation('module', 'an object or function', value))
  }
  const given = checkOptions<ModuleOptions>(options, ['replace', 'readonly'], 'registerModule')
  hostOf(runtime).registered.addModule(name, value, {
    replace: booleanOption('replace', given.replace, false),
    readonly: booleanOption('readonly', given.readonly, false),
  })
}
