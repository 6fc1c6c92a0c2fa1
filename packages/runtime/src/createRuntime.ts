import type { RuntimeOptions } from './options.ts'
import { Runtime } from './runtime.ts'

/**
 * Creates a Lua virtual machine of its own: separate memory, separate globals, closed by `dispose()` or `using`.
 *
 * @throws {TypeError} LUA_UNKNOWN_OPTION for an option that does not exist, LUA_INVALID_ARGUMENT for one of a wrong type.
 * @throws {RangeError} LUA_OUT_OF_RANGE for an option with a value that is not allowed.
 * @throws {LuaMemoryError} LUA_MEMORY when `maxMemory` is too small for the libraries and globals.
 * @throws {LuaConversionError} LUA_CONVERSION when a global cannot be converted.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ maxMemory: 8 * 1024 * 1024, timeout: 100, globals: { limit: 3 } })
 * lua.executeScript('local sum = 0 for i = 1, limit do sum = sum + i end return sum') // => 6
 */
export function createRuntime(options?: RuntimeOptions): Runtime {
  return new Runtime(options)
}
