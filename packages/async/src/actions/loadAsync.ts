import { prepareLoad, type Runtime } from '@lua-native/runtime'
import type { AsyncLoadOptions } from '../asyncOptions.ts'
import { queueOf } from '../queues.ts'
import { splitSignal } from '../signalOption.ts'

/**
 * Runs bytecode as `load` does, otherwise as `executeScriptAsync`.
 *
 * @throws {LuaBytecodeError} (rejects) LUA_BYTECODE for bytes that `load` refuses.
 *
 * @example
 * import { loadAsync } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const answer = await loadAsync(lua, lua.compile('return 6 * ...'), { args: [7] })
 * answer // => 42
 */
export async function loadAsync<Result = unknown>(
  runtime: Runtime,
  bytecode: Uint8Array,
  options?: AsyncLoadOptions,
): Promise<Result> {
  const { signal, rest } = splitSignal(options)
  const run = prepareLoad(runtime, bytecode, rest, 'loadAsync')
  return (await queueOf(runtime).add(run, signal)).value as Result
}
