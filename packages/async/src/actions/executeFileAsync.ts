import { prepareFile, type Runtime } from '@lua-native/runtime'
import type { AsyncRunOptions } from '../asyncOptions.ts'
import { queueOf } from '../queues.ts'
import { splitSignal } from '../signalOption.ts'

/**
 * Runs a script file as `executeScriptAsync` runs source; it is read, without blocking, when its turn comes. An
 * unreadable file rejects with Node's own error.
 *
 * @example
 * import { writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { executeFileAsync } from '@lua-native/async'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * const file = join(tmpdir(), `double-${process.pid}.lua`)
 * writeFileSync(file, 'return 2 * ...')
 * using lua = createRuntime()
 * const doubled = await executeFileAsync(lua, file, { args: [21] })
 * doubled // => 42
 */
export async function executeFileAsync<Result = unknown>(
  runtime: Runtime,
  path: string | URL,
  options?: AsyncRunOptions,
): Promise<Result> {
  const { signal, rest } = splitSignal(options)
  const prepare = prepareFile(runtime, path, rest, 'executeFileAsync')
  return (await queueOf(runtime).addDeferred(prepare, signal)).value as Result
}
