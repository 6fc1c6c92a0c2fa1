import { type Bound, bindActions, type Runtime } from '@lua-native/runtime'
import * as actions from './actions/index.ts'
import type { AsyncLoadOptions, AsyncRunOptions, CallTarget } from './asyncOptions.ts'

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
export function asyncActions(): (runtime: Runtime) => AsyncMethods {
  return (runtime) => bindActions(runtime, actions) as AsyncMethods
}
