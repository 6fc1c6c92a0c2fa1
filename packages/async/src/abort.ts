import { LuaLimitError } from '@lua-native/runtime'

/** Why a run was ended from outside. */
export interface AbortCause {
  readonly reason: unknown
}

function withCause(error: LuaLimitError, reason: unknown): LuaLimitError {
  return Object.defineProperty(error, 'cause', { value: reason, configurable: true, writable: true })
}

/** Adds the cause to the error of a run that was ended for it; other errors stay as they are. */
export function becauseOf(error: unknown, cause: AbortCause | undefined): unknown {
  const isAbort = error instanceof LuaLimitError && error.limit === 'abort'
  return cause !== undefined && isAbort ? withCause(error, cause.reason) : error
}

/** The error of a run that was ended before it began. */
export function abortedBefore(reason: unknown): LuaLimitError {
  return withCause(new LuaLimitError('execution cancelled before it began', 'abort', 0, 0), reason)
}
