import type { Runtime } from '@lua-native/runtime'
import { checkFunction, textArgument } from '../argument.ts'
import { hostOf } from '../host.ts'

/**
 * Sets `package.preload[name]`: a function, of JavaScript or of Lua, that `require` calls with the name and
 * `':preload:'` to get the module. It comes before every searcher. Over a reset a function of JavaScript stays; one of Lua is refused
 * from then on, as it is everywhere.
 *
 * @throws {TypeError} LUA_NAME_TAKEN when there is one for that name; LUA_INVALID_ARGUMENT for wrong arguments.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.preload('clock', (name) => ({ name, now: () => 12 }))
 * lua.executeScript('return require("clock").now()') // => 12
 */
export function preload(runtime: Runtime, name: string, loader: (name: string, data: string) => unknown): void {
  textArgument('name', name)
  checkFunction('loader', loader)
  hostOf(runtime).preload(name, loader)
}
