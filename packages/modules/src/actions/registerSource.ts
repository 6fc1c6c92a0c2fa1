import type { Runtime } from '@lua-native/runtime'
import { booleanOption, checkOptions, checkSource, textArgument } from '../argument.ts'
import { hostOf } from '../host.ts'

/**
 * Options of `registerSource`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type SourceOptions } from '@lua-native/modules'
 *
 * const options: SourceOptions = { chunkName: '@shipping.lua' }
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerSource('shipping', 'return 1 +', options)
 * const { ok, error } = lua.pcall(() => lua.executeScript('require("shipping")'))
 * ok || error.message.includes('shipping.lua:1:') // => true
 */
export interface SourceOptions {
  /** Name of the chunk in messages and tracebacks, in Lua's notation. Default: `=` and the name of the module. */
  readonly chunkName?: string | undefined
  /** Whether a module that has the name, also a loaded one, makes way. Default `false`. */
  readonly replace?: boolean | undefined
}

/**
 * Makes `require` find a module by name whose source is given here. It is compiled and run when a script first asks.
 *
 * @throws {TypeError} LUA_NAME_TAKEN for the name of a standard library, or of a module that is registered or loaded;
 * LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerSource('greet', 'return function(name) return "hello " .. name end')
 * lua.executeScript('return require("greet")("Lua")') // => 'hello Lua'
 * lua.registerSource('greet', 'return 1') // throws LUA_NAME_TAKEN
 */
export function registerSource(
  runtime: Runtime,
  name: string,
  source: string | Uint8Array,
  options?: SourceOptions,
): void {
  textArgument('name', name)
  checkSource('source', source)
  const given = checkOptions<SourceOptions>(options, ['chunkName', 'replace'], 'registerSource')
  const chunkName = textArgument('chunkName', given.chunkName, `=${name}`)
  const replace = booleanOption('replace', given.replace, false)
  hostOf(runtime).registered.addSource(name, source, chunkName, replace)
}
