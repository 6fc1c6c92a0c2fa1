import { type Bound, bindActions, type Runtime } from '@lua-native/runtime'
import * as actions from './actions/index.ts'
import type { ModuleOptions } from './actions/registerModule.ts'
import { checkFunction, checkOptions, invalidArgument } from './argument.ts'
import type { Crossable } from './crossable.ts'
import { fileLimit } from './directory.ts'
import { DEFAULT_MAX_FILE_BYTES, hasHost, openHost } from './host.ts'

/**
 * Options of `moduleActions`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { type ModuleActionsOptions, moduleActions } from '@lua-native/modules'
 *
 * const options: ModuleActionsOptions = { maxFileBytes: 64 * 1024 }
 * using lua = createRuntime().extend(moduleActions(options))
 * lua.listModules() // => []
 */
export interface ModuleActionsOptions {
  /** Most bytes of a file that is read as a module: a positive integer. Default 16 MiB. */
  readonly maxFileBytes?: number | undefined
  /**
   * Whether the run in progress waits for a promise that a host function returns, so that a searcher may answer with
   * one. Asked each time. Default: never, and such an answer is an error.
   */
  readonly canAwait?: (() => boolean) | undefined
}

/**
 * The methods that `moduleActions` adds: its functions, with the runtime bound.
 *
 * @example
 * import { createRuntime, type Runtime } from '@lua-native/runtime'
 * import { type ModuleMethods, moduleActions } from '@lua-native/modules'
 *
 * const addGreeting = (lua: Runtime & ModuleMethods) => lua.registerSource('greeting', 'return "hello"')
 * using lua = createRuntime().extend(moduleActions())
 * addGreeting(lua)
 * lua.executeScript('return require("greeting")', { results: 'first' }) // => 'hello'
 */
export interface ModuleMethods extends Omit<Bound<typeof actions>, 'registerModule'> {
  /** As the function {@link actions.registerModule}. */
  registerModule<Module extends object>(name: string, module: Module & Crossable<Module>, options?: ModuleOptions): void
}

/**
 * Makes the extension that gives a runtime `require` and the methods to serve modules with. Apply it before scripts
 * that are not trusted run: it takes Lua's own functions as they are then.
 *
 * Without the library package (the default libraries) `require` finds what the host added and nothing else;
 * `package.loaded` and `package.preload` can be read. With it, the searchers of the host stand in the real
 * `package.searchers`.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong options, and for a runtime without the library
 * base.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerModule('db', { find: (id: number) => ({ id, name: 'lamp' }) })
 * lua.registerSource('shop', 'local db = require("db") return { label = function(id) return db.find(id).name end }')
 * lua.executeScript('return require("shop").label(7)') // => 'lamp'
 */
export function moduleActions(options?: ModuleActionsOptions): (runtime: Runtime) => ModuleMethods {
  const given = checkOptions<ModuleActionsOptions>(options, ['maxFileBytes', 'canAwait'], 'moduleActions')
  const maxFileBytes = fileLimit('maxFileBytes', given.maxFileBytes, DEFAULT_MAX_FILE_BYTES)
  const { canAwait = () => false } = given
  checkFunction('canAwait', canAwait)
  return (runtime) => {
    if (!hasHost(runtime)) openHost(runtime, { maxFileBytes, canAwait: canAwait as () => boolean })
    else if (options !== undefined) {
      throw invalidArgument('Expected options of moduleActions before the first module action, received them after it')
    }
    return bindActions(runtime, actions)
  }
}
