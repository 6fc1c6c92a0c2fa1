/**
 * Every `code` that an error of these packages can carry. A code never changes its meaning and is never given to
 * something else; messages may be reworded at any time, so programs match codes.
 *
 * @example
 * import { createRuntime, ErrorCode } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ maxInstructions: 10_000 })
 * let code
 * try {
 *   lua.executeScript('while true do end')
 * } catch (error) {
 *   code = error.code
 * }
 * code === ErrorCode.limit // => true
 */
export const ErrorCode = {
  /** Source text that does not compile: `LuaSyntaxError`. */
  syntax: 'LUA_SYNTAX',
  /** An error raised by the script and not caught by it: `LuaRuntimeError`. */
  runtime: 'LUA_RUNTIME',
  /** The memory limit, or the machine's memory, was reached: `LuaMemoryError`. */
  memory: 'LUA_MEMORY',
  /** The run was ended from outside: `LuaLimitError`. */
  limit: 'LUA_LIMIT',
  /** A value that the other side cannot hold: `LuaConversionError`. */
  conversion: 'LUA_CONVERSION',
  /** Bytecode that was refused: `LuaBytecodeError`. */
  bytecode: 'LUA_BYTECODE',
  /** Something that cannot be done while the runtime runs a script: `LuaBusyError`. */
  busy: 'LUA_BUSY',
  /** The runtime, or what belonged to it, is closed: `LuaDisposedError`. */
  disposed: 'LUA_DISPOSED',
  /** An argument or option of the wrong type: `TypeError`. */
  invalidArgument: 'LUA_INVALID_ARGUMENT',
  /** An argument or option of the right type with a value that is not allowed: `RangeError`. */
  outOfRange: 'LUA_OUT_OF_RANGE',
  /** An option that does not exist: `TypeError`. */
  unknownOption: 'LUA_UNKNOWN_OPTION',
  /** An extension whose method has a name that the runtime already uses: `TypeError`. */
  nameTaken: 'LUA_NAME_TAKEN',
} as const

/** One of the values of {@link ErrorCode}. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode]
