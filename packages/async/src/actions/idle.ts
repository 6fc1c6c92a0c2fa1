import type { Runtime } from '@lua-native/runtime'
import { queueOf } from '../queues.ts'

/**
 * Settles when no off-thread run of the runtime waits or goes on.
 *
 * @example
 * import { executeScriptAsync, idle, queueSize } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * void executeScriptAsync(lua, 'x = 1')
 * void executeScriptAsync(lua, 'x = x + 1')
 * queueSize(lua) // => 2
 * await idle(lua)
 * lua.getGlobal('x') // => 2
 */
export async function idle(runtime: Runtime): Promise<void> {
  await queueOf(runtime).idle()
}
