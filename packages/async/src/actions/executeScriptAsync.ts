import { prepareScript, type Runtime } from '@lua-native/runtime'
import type { AsyncRunOptions } from '../asyncOptions.ts'
import { queueOf } from '../queues.ts'
import { splitSignal } from '../signalOption.ts'

/**
 * Runs Lua source on a thread of its own, in the state of the runtime, and gives its results as `executeScript` does.
 * Runs of one runtime go one after another, in the order of the calls; until the last one is done, calls that enter Lua
 * throw `LuaBusyError`. What host functions promise is awaited: Lua sees the value, or an error.
 *
 * @throws {LuaError} (rejects) whatever `executeScript` throws; `LuaLimitError` with limit `'abort'` and the signal's
 * reason as `cause`, `'timeout'`, or `'cpuTimeout'`; `LuaBusyError` when called inside a run of the same runtime.
 *
 * @example
 * import { executeScriptAsync } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ globals: { fetchPrice: async (name: string) => name.length } })
 * const total = await executeScriptAsync(lua, 'return fetchPrice("apple") + fetchPrice("pear")')
 * total // => 9
 */
export async function executeScriptAsync<Result = unknown>(
  runtime: Runtime,
  source: string | Uint8Array,
  options?: AsyncRunOptions,
): Promise<Result> {
  const { signal, rest } = splitSignal(options)
  const run = prepareScript(runtime, source, rest, 'executeScriptAsync')
  return (await queueOf(runtime).add(run, signal)).value as Result
}
