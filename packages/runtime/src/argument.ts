import { ErrorCode, invalidArgument, outOfRange } from '@lua-native/core-native'

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

/** A boolean option; `fallback` when it is not given. */
export function booleanOption(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') throw invalidArgument(expectation(name, 'a boolean', value))
  return value
}

/** A string option; `fallback` when it is not given. */
export function stringOption(name: string, value: unknown, fallback: string): string {
  if (value === undefined) return fallback
  if (typeof value !== 'string') throw invalidArgument(expectation(name, 'a string', value))
  return value
}

/** A positive integer, or Infinity for none; gives 0 for none, as the addon takes it. */
export function integerLimit(name: string, value: unknown): number {
  if (value === undefined) return 0
  if (typeof value !== 'number') throw invalidArgument(expectation(name, 'a positive integer', value))
  if (value === Infinity) return 0
  if (!Number.isSafeInteger(value) || value <= 0) throw outOfRange(expectation(name, 'a positive integer', value))
  return value
}

/** Longer than any machine runs (over 30 years), and far from where the clock of the addon would overflow. */
const ENDLESS_MS = 1e12

/** Positive milliseconds, fractions allowed, or Infinity for none; gives 0 for none, as the addon takes it. */
export function timeLimit(name: string, value: unknown): number {
  if (value === undefined) return 0
  const expected = 'a positive number of milliseconds'
  if (typeof value !== 'number') throw invalidArgument(expectation(name, expected, value))
  if (!(value > 0)) throw outOfRange(expectation(name, expected, value))
  return value >= ENDLESS_MS ? 0 : value
}

/** A function argument. */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidArgument(expectation(name, 'a function', value))
}
