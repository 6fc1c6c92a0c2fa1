import { ErrorKind } from './addon.ts'
import { ErrorCode } from './errorCodes.ts'
import { addLuaFrames } from './luaFrames.ts'

/** Where in a script an error arose; what is unknown may be left out. */
export interface LuaErrorOrigin {
  /** Chunk as Lua's messages show it, e.g. `main.lua` or `[string "return 1"]`. */
  readonly chunk?: string
  /** 1-based line of the chunk. */
  readonly line?: number
  /** Lua's traceback. */
  readonly traceback?: string
}

// V8 writes the header of `stack` while the Error constructor runs, so the name has to be on the prototype by then.
function nameOf(prototype: object, name: string): void {
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true })
}

/**
 * Base of every error that stems from Lua. A JavaScript error thrown by a host function is not wrapped: it leaves
 * the runtime as the object that was thrown.
 *
 * @example
 * import { createRuntime, LuaError } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * let caught
 * try {
 *   lua.executeScript('local t = nil\nreturn t.x', { chunkName: '@demo.lua' })
 * } catch (error) {
 *   caught = error
 * }
 * caught instanceof LuaError // => true
 * caught.code // => 'LUA_RUNTIME'
 * caught.chunk // => 'demo.lua'
 * caught.line // => 2
 */
export class LuaError extends Error {
  /** Says what went wrong; see {@link ErrorCode}. */
  readonly code: ErrorCode
  /** Chunk in which the error arose, as Lua shows it; `''` when unknown. */
  readonly chunk: string
  /** 1-based line in that chunk; -1 when unknown. */
  readonly line: number
  /** Lua's traceback at the point of the error; `''` when there is none. The same frames are part of `stack`. */
  readonly traceback: string

  constructor(code: ErrorCode, message: string, origin: LuaErrorOrigin = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.chunk = origin.chunk ?? ''
    this.line = origin.line ?? -1
    this.traceback = origin.traceback ?? ''
    addLuaFrames(this, this.traceback)
  }

  static {
    nameOf(this.prototype, 'LuaError')
  }

  /**
   * Tells an error that was made before Lua was known (a value that did not convert) where in Lua it arose.
   *
   * @internal
   */
  static locate(error: unknown, origin: Required<LuaErrorOrigin>): void {
    if (!(error instanceof LuaError) || error.traceback !== '') return
    const located: { -readonly [Field in keyof LuaErrorOrigin]: LuaErrorOrigin[Field] } = error
    located.chunk = origin.chunk
    located.line = origin.line
    located.traceback = origin.traceback
  }
}

/**
 * Source text that does not compile.
 *
 * @example
 * import { createRuntime, LuaSyntaxError } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * let caught
 * try {
 *   lua.executeScript('for i = 1, 3 do')
 * } catch (error) {
 *   caught = error
 * }
 * caught instanceof LuaSyntaxError // => true
 * caught.incomplete // => true
 */
export class LuaSyntaxError extends LuaError {
  /** Whether more input could complete the chunk: what an interactive prompt asks. */
  readonly incomplete: boolean

  constructor(message: string, incomplete: boolean, origin?: LuaErrorOrigin) {
    super(ErrorCode.syntax, message, origin)
    this.incomplete = incomplete
  }

  static {
    nameOf(this.prototype, 'LuaSyntaxError')
  }
}

/**
 * An error that a script raised and did not catch.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * let caught
 * try {
 *   lua.executeScript('error({ status = 404 })')
 * } catch (error) {
 *   caught = error
 * }
 * caught.value // => { status: 404 }
 */
export class LuaRuntimeError extends LuaError {
  /** The error value as the script raised it, converted. A text for most errors of Lua itself. */
  readonly value: unknown

  constructor(message: string, value: unknown, origin?: LuaErrorOrigin) {
    super(ErrorCode.runtime, message, origin, value instanceof Error ? { cause: value } : undefined)
    this.value = value
  }

  static {
    nameOf(this.prototype, 'LuaRuntimeError')
  }
}

/**
 * Memory ran out: the limit was reached, or the machine had none left. The runtime stays usable.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ maxMemory: 1_000_000 })
 * lua.executeScript('return #("x"):rep(2000000)') // throws LUA_MEMORY
 * lua.executeScript('return 1') // => 1
 */
export class LuaMemoryError extends LuaError {
  /** Bytes in use when the allocation was refused. */
  readonly used: number
  /** The limit in bytes; 0 when none was set. */
  readonly max: number

  constructor(message: string, used: number, max: number, origin?: LuaErrorOrigin) {
    super(ErrorCode.memory, message, origin)
    this.used = used
    this.max = max
  }

  static {
    nameOf(this.prototype, 'LuaMemoryError')
  }
}

/** What ended a run: its limit of instructions, of time or of CPU time, or a call of `cancel()` or a signal. */
export type LimitName = 'instructions' | 'timeout' | 'cpuTimeout' | 'abort'

/**
 * A run was ended: by its instruction limit, its time limit, or a call of `cancel()`. No `pcall` of the script can
 * catch this. The runtime stays usable.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ timeout: 20 })
 * let caught
 * try {
 *   lua.executeScript('while true do pcall(error) end')
 * } catch (error) {
 *   caught = error
 * }
 * caught.limit // => 'timeout'
 * caught.max // => 20
 */
export class LuaLimitError extends LuaError {
  /** Which limit it was. */
  readonly limit: LimitName
  /** Instructions or milliseconds used. */
  readonly used: number
  /** The limit: instructions or milliseconds; 0 for `'abort'`. */
  readonly max: number

  constructor(message: string, limit: LimitName, used: number, max: number, origin?: LuaErrorOrigin) {
    super(ErrorCode.limit, message, origin)
    this.limit = limit
    this.used = used
    this.max = max
  }

  static {
    nameOf(this.prototype, 'LuaLimitError')
  }
}

/**
 * A value that the other language cannot hold, or, under `strictConversion`, cannot hold without a loss.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * let caught
 * try {
 *   lua.setGlobal('order', { items: [1, Symbol('two')] })
 * } catch (error) {
 *   caught = error
 * }
 * caught.path // => 'value.items[1]'
 */
export class LuaConversionError extends LuaError {
  /** Where the value sits, in JavaScript notation: `args[0].items[3]`, `value.a`, `result.a`. */
  readonly path: string

  constructor(message: string, path: string, origin?: LuaErrorOrigin) {
    super(ErrorCode.conversion, message, origin)
    this.path = path
  }

  static {
    nameOf(this.prototype, 'LuaConversionError')
  }
}

/**
 * Why bytecode was refused: `foreign` is no bytecode at all, `raw` is a plain dump where none was allowed, `format`
 * an envelope of another version of this package, `version` another Lua or machine, `unsigned` and `signed` an
 * envelope made without a key or with one where the opposite is expected, `truncated`, `trailing` (bytes after the
 * end) and `altered` a damaged one; `altered` is also what a wrong key looks like.
 */
export type BytecodeRefusal =
  | 'foreign'
  | 'raw'
  | 'format'
  | 'version'
  | 'unsigned'
  | 'signed'
  | 'truncated'
  | 'trailing'
  | 'altered'

/**
 * Bytecode that was refused. Nothing of it reached Lua.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const bytecode = lua.compile('return 1')
 * bytecode[bytecode.length - 1] ^= 1
 * let caught
 * try {
 *   lua.load(bytecode)
 * } catch (error) {
 *   caught = error
 * }
 * caught.code // => 'LUA_BYTECODE'
 * caught.reason // => 'altered'
 */
export class LuaBytecodeError extends LuaError {
  /** Why it was refused. */
  readonly reason: BytecodeRefusal

  constructor(message: string, reason: BytecodeRefusal, origin?: LuaErrorOrigin) {
    super(ErrorCode.bytecode, message, origin)
    this.reason = reason
  }

  static {
    nameOf(this.prototype, 'LuaBytecodeError')
  }
}

/**
 * Something that cannot be done while the runtime is running a script.
 *
 * @example
 * import { createRuntime, LuaBusyError } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * let caught
 * lua.setGlobal('stop', () => {
 *   try {
 *     lua.dispose()
 *   } catch (error) {
 *     caught = error
 *   }
 * })
 * lua.executeScript('stop()')
 * caught instanceof LuaBusyError // => true
 */
export class LuaBusyError extends LuaError {
  constructor(message: string, origin?: LuaErrorOrigin) {
    super(ErrorCode.busy, message, origin)
  }

  static {
    nameOf(this.prototype, 'LuaBusyError')
  }
}

/**
 * Use of a runtime, or of a function of its, after `dispose()`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * const lua = createRuntime()
 * lua.dispose()
 * lua.executeScript('return 1') // throws LUA_DISPOSED
 */
export class LuaDisposedError extends LuaError {
  constructor(message: string, origin?: LuaErrorOrigin) {
    super(ErrorCode.disposed, message, origin)
  }

  static {
    nameOf(this.prototype, 'LuaDisposedError')
  }
}

/** A `TypeError` or `RangeError` for a caller's mistake, noticed before Lua is entered. */
export type ArgumentError = (TypeError | RangeError) & { readonly code: ErrorCode }

/** Makes the error for an argument of the wrong type. */
export function invalidArgument(message: string, code: ErrorCode = ErrorCode.invalidArgument): ArgumentError {
  return Object.assign(new TypeError(message), { code })
}

/** Makes the error for an argument of the right type whose value is not allowed. */
export function outOfRange(message: string): ArgumentError {
  return Object.assign(new RangeError(message), { code: ErrorCode.outOfRange })
}

/** Makes the error for a failure that the addon reports; the meaning of the parameters is that of `AddonHost`. */
export function createError(
  kind: number,
  message: string,
  value: unknown,
  chunk: string,
  line: number,
  traceback: string,
  first: number,
  second: number,
  text: string,
): Error {
  const origin: LuaErrorOrigin = { chunk, line, traceback }
  switch (kind) {
    case ErrorKind.syntax:
      return new LuaSyntaxError(message, first === 1, origin)
    case ErrorKind.runtime:
      return new LuaRuntimeError(message, value, origin)
    case ErrorKind.memory:
      return new LuaMemoryError(message, first, second, origin)
    case ErrorKind.limit:
      return new LuaLimitError(message, limitName(text), first, second, origin)
    case ErrorKind.conversion:
      return new LuaConversionError(message, text, origin)
    case ErrorKind.busy:
      return new LuaBusyError(message, origin)
    case ErrorKind.disposed:
      return new LuaDisposedError(message, origin)
    case ErrorKind.bytecode:
      return new LuaBytecodeError(message, 'foreign', origin)
    default:
      return invalidArgument(message)
  }
}

function limitName(text: string): LimitName {
  return text === 'instructions' || text === 'timeout' || text === 'cpuTimeout' ? text : 'abort'
}
