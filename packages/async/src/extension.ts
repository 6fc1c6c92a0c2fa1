import { type Bound, bindActions, type Runtime } from '@lua-native/runtime'
import * as actions from './actions/index.ts'
import type { AsyncLoadOptions, AsyncRunOptions, CallTarget } from './asyncOptions.ts'
import { openLuaApi, readLuaApi } from './luaApi.ts'

type Generic = 'executeScriptAsync' | 'executeFileAsync' | 'loadAsync' | 'callAsync'

/** The methods that {@link asyncActions} adds. */
export interface AsyncMethods extends Bound<Omit<typeof actions, Generic>> {
  executeScriptAsync<Result = unknown>(source: string | Uint8Array, options?: AsyncRunOptions): Promise<Result>
  executeFileAsync<Result = unknown>(path: string | URL, options?: AsyncRunOptions): Promise<Result>
  loadAsync<Result = unknown>(bytecode: Uint8Array, options?: AsyncLoadOptions): Promise<Result>
  callAsync<Result = unknown>(
    target: actions.Callable | CallTarget<actions.Callable>,
    ...args: unknown[]
  ): Promise<Result>
}

/** Options of {@link asyncActions}. */
export interface AsyncOptions {
  /**
   * Whether scripts get the global `async` (`spawn`, `sleep`, `all`, `race`); it needs the library `base`, and works in
   * off-thread runs. Default `true`.
   */
  readonly luaApi?: boolean | undefined
}

/**
 * Gives a runtime methods that run Lua on threads.
 *
 * @example
 * import { asyncActions } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * const lua = createRuntime().extend(asyncActions())
 * const sum = await lua.executeScriptAsync<number>('local n = 0 for i = 1, 100 do n = n + i end return n')
 * sum // => 5050
 * await lua.disposeAsync()
 */
export function asyncActions(options?: AsyncOptions): (runtime: Runtime) => AsyncMethods {
  const opensLuaApi = readLuaApi(options)
  return (runtime) => {
    if (opensLuaApi && runtime.info().libraries.includes('base')) openLuaApi(runtime)
    return bindActions(runtime, actions) as AsyncMethods
  }
}
