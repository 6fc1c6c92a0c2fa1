import type { Runtime } from '@lua-native/runtime'
import { textArgument } from '../argument.ts'
import { hostOf } from '../host.ts'

/**
 * Loads a module again, from where the searchers find it now. Scripts that hold the old one keep it, and its functions
 * go on working; later calls of `require` give the new one. When that fails, the old one stays. A registered object is
 * converted again.
 *
 * @throws {LuaRuntimeError} LUA_RUNTIME when it is not found or raises an error.
 * @throws {TypeError} LUA_INVALID_ARGUMENT for the name of a standard library.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerSource('price', 'return { of = function() return 1 end }')
 * const old = lua.executeScript<() => number>('return require("price").of')
 * lua.registerSource('price', 'return { of = function() return 2 end }', { replace: true })
 * lua.reloadModule('price')
 * old() // => 1
 * lua.executeScript('return require("price").of()') // => 2
 */
export function reloadModule(runtime: Runtime, name: string): void {
  const host = hostOf(runtime)
  host.checkNoLibrary(textArgument('name', name))
  host.registered.renew(name)
  host.lua.reload(name)
}
