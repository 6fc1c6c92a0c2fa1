import { type ArgumentError, ErrorCode } from '@lua-native/runtime'

/** Makes the error for an argument of the wrong type, or of a name that is taken. */
export function invalidArgument(message: string, code: ErrorCode = ErrorCode.invalidArgument): ArgumentError {
  return Object.assign(new TypeError(message), { code })
}

/** Makes the error for an argument of the right type whose value is not allowed. */
export function outOfRange(message: string): ArgumentError {
  return Object.assign(new RangeError(message), { code: ErrorCode.outOfRange })
}

/** Describes a value in a message: short, and without running its code. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return 'a function'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? 'an array' : 'an object'
    default:
      return String(value)
  }
}

/** The message of every refusal: what was expected, what came. */
export function expectation(name: string, expected: string, received: unknown): string {
  return `Expected "${name}" to be ${expected}, received ${describe(received)}`
}

/** Refuses what is no plain options object, and option names that `known` does not hold. */
export function checkOptions<Options extends object>(
  value: unknown,
  known: readonly (keyof Options & string)[],
  of: string,
): Partial<Record<keyof Options, unknown>> {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument(expectation('options', `an object with options of ${of}`, value))
  }
  const names: readonly string[] = known
  for (const name in value) {
    if (names.includes(name)) continue
    const list = names.map((option) => `"${option}"`).join(', ')
    throw invalidArgument(`Expected options of ${of} to be among ${list}, received "${name}"`, ErrorCode.unknownOption)
  }
  return value
}

/** A string that is not empty; `fallback`, if there is one, when it is not given. */
export function textArgument(name: string, value: unknown, fallback?: string): string {
  if (value === undefined && fallback !== undefined) return fallback
  if (typeof value !== 'string') throw invalidArgument(expectation(name, 'a string', value))
  if (value === '') throw outOfRange(`Expected "${name}" not to be empty`)
  return value
}

/** A boolean option; `fallback` when it is not given. */
export function booleanOption(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') throw invalidArgument(expectation(name, 'a boolean', value))
  return value
}

/** A function argument. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidArgument(expectation(name, 'a function', value))
}

/** Source text or bytes. */
export function checkSource(name: string, value: unknown): asserts value is string | Uint8Array {
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) {
    throw invalidArgument(expectation(name, 'a string or Uint8Array', value))
  }
}
