import type { Runtime } from '@lua-native/runtime'
import { queueOf } from '../queues.ts'

/**
 * Counts the off-thread runs of the runtime that wait or go on.
 *
 * @example
 * import { queueSize } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * queueSize(lua) // => 0
 */
export function queueSize(runtime: Runtime): number {
  return queueOf(runtime).size
}
