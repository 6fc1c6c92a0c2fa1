import type { Runtime } from '@lua-native/runtime'
import { RunQueue } from './runQueue.ts'

const queues = new WeakMap<Runtime, RunQueue>()

/** The queue of a runtime's off-thread runs. */
export function queueOf(runtime: Runtime): RunQueue {
  let queue = queues.get(runtime)
  if (queue === undefined) {
    queue = new RunQueue(runtime)
    queues.set(runtime, queue)
  }
  return queue
}
