import { addTaskLibrary, ErrorCode, type Runtime } from '@lua-native/runtime'
import { luaApiSource } from './luaApiSource.ts'
import { queueOf } from './queues.ts'

/** A host function that waits, whose timers end with the run. It must not lead to the runtime, which holds it. */
function sleeper(timers: Set<NodeJS.Timeout>): (ms: number) => Promise<void> {
  return (ms) =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        resolve()
      }, ms)
      timers.add(timer)
    })
}

/** Makes the global `async`. */
export function openLuaApi(runtime: Runtime): void {
  addTaskLibrary(runtime, luaApiSource, sleeper(queueOf(runtime).timers))
}

/** Reads the options of `asyncActions`. */
export function readLuaApi(options: unknown): boolean {
  if (options === undefined) return true
  if (typeof options !== 'object' || options === null) {
    throw Object.assign(new TypeError('Expected "options" to be an object with options of asyncActions'), {
      code: ErrorCode.invalidArgument,
    })
  }
  for (const name of Object.keys(options)) {
    if (name === 'luaApi') continue
    throw Object.assign(new TypeError(`Expected options of asyncActions to be "luaApi", received "${name}"`), {
      code: ErrorCode.unknownOption,
    })
  }
  const { luaApi = true } = options as { readonly luaApi?: unknown }
  if (typeof luaApi === 'boolean') return luaApi
  throw Object.assign(new TypeError('Expected "luaApi" to be a boolean'), { code: ErrorCode.invalidArgument })
}
