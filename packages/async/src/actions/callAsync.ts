import { prepareCall, type Runtime } from '@lua-native/runtime'
import type { CallTarget } from '../asyncOptions.ts'
import { readTarget } from '../callTarget.ts'
import { queueOf } from '../queues.ts'

/** What `callAsync` can call: a name or dotted path of a global, or a Lua function. */
export type Callable = string | ((...args: never[]) => unknown)

/**
 * Calls a function of Lua's on a thread of its own; otherwise as `executeScriptAsync`. Options go along with the target.
 *
 * @example
 * import { callAsync } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const largest = await callAsync(lua, 'math.max', 4, 9)
 * largest // => 9
 * const limited = await callAsync(lua, { target: 'math.max', timeout: 100 }, 4, 9)
 * limited // => 9
 */
export async function callAsync<Result = unknown>(
  runtime: Runtime,
  target: Callable | CallTarget<Callable>,
  ...args: unknown[]
): Promise<Result> {
  const { target: callee, signal, options } = readTarget(target)
  return (await queueOf(runtime).add(prepareCall(runtime, callee, args, options), signal)).value as Result
}
