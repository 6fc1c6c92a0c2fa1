import type { Runtime } from '@lua-native/runtime'
import { queueOf } from '../queues.ts'

/** Options of `disposeAsync`. */
export interface DisposeOptions {
  /** Whether to end the runs in place of waiting for them. Default `false`. */
  readonly abort?: boolean | undefined
  /** The `cause` of the errors of runs that are ended. */
  readonly reason?: unknown
}

/**
 * Disposes a runtime when its off-thread runs are done; calls that come later reject with `LuaDisposedError`.
 *
 * @example
 * import { disposeAsync, executeScriptAsync } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * const lua = createRuntime()
 * const endless = executeScriptAsync(lua, 'while true do end').catch((error) => error.limit)
 * await disposeAsync(lua, { abort: true })
 * const limit = await endless
 * limit // => 'abort'
 * lua.disposed // => true
 */
export async function disposeAsync(runtime: Runtime, options: DisposeOptions = {}): Promise<void> {
  const queue = queueOf(runtime)
  queue.close()
  if (options.abort === true) queue.abort(options.reason)
  await queue.idle()
  runtime.dispose()
}
