import { type ArgumentError, ErrorCode } from '@lua-native/runtime'

function invalid(message: string): ArgumentError {
  return Object.assign(new TypeError(message), { code: ErrorCode.invalidArgument })
}

/** Splits options into the signal and the rest. */
export function splitSignal(options: unknown): { readonly signal: AbortSignal | undefined; readonly rest: unknown } {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return { signal: undefined, rest: options }
  }
  const { signal, ...rest } = options as { readonly signal?: unknown }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalid('Expected "signal" to be an AbortSignal')
  }
  return { signal, rest }
}
