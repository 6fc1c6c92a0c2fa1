import type { Runtime } from '@lua-native/runtime'
import { textArgument } from '../argument.ts'
import { hostOf } from '../host.ts'

/**
 * Forgets that a module is loaded: the next `require` loads it again. Scripts that hold its table keep it. Returns
 * whether it was loaded.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT for the name of a standard library.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerSource('ticket', 'last = (last or 0) + 1 return { number = last }')
 * lua.executeScript('return require("ticket").number') // => 1
 * lua.unloadModule('ticket') // => true
 * lua.executeScript('return require("ticket").number') // => 2
 */
export function unloadModule(runtime: Runtime, name: string): boolean {
  const host = hostOf(runtime)
  host.checkNoLibrary(textArgument('name', name))
  return host.lua.unload(name)
}
