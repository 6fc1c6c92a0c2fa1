import { type CoroutineStep, type LuaCoroutine, prepareResume, type Runtime } from '@lua-native/runtime'
import type { CallTarget } from '../asyncOptions.ts'
import { readTarget } from '../callTarget.ts'
import { queueOf } from '../queues.ts'

/**
 * Resumes a coroutine on a thread of its own, until it yields or ends; otherwise as `executeScriptAsync`. Options go
 * along with the coroutine.
 *
 * @example
 * import { resumeAsync } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ globals: { double: async (n: number) => 2 * n } })
 * const co = lua.createCoroutine('return function(n) coroutine.yield(double(n)) return "end" end')
 * const step = await resumeAsync(lua, co, 21)
 * step // => { status: 'suspended', values: [42] }
 */
export async function resumeAsync(
  runtime: Runtime,
  coroutine: LuaCoroutine | CallTarget<LuaCoroutine>,
  ...args: unknown[]
): Promise<CoroutineStep> {
  const { target, signal, options } = readTarget(coroutine)
  const { value, yielded } = await queueOf(runtime).add(prepareResume(runtime, target, args, options), signal)
  return { status: yielded ? 'suspended' : 'dead', values: value as unknown[] }
}
