import { invalidArgument, outOfRange } from '@lua-native/core-native'
import { describe, expectation } from '../argument.ts'
import { type FieldAccess, type FieldFilter, noField } from './hostPlan.ts'

/**
 * Which data fields of an instance scripts see: none, all by reading, all by reading and writing. Fields are the own
 * enumerable properties that the object has when asked; functions among them, and names that start with `_`, stay
 * hidden.
 */
export type FieldVisibility = 'hidden' | 'readonly' | 'writable'

/** Whether a name is no private one by convention, and none that every object has. */
export function isPublicName(name: string): boolean {
  return !name.startsWith('_') && !(name in Object.prototype)
}

/** Reads the option `fields`; of the fields that are shown, `allows` picks. */
export function readFields(value: unknown, fallback: FieldVisibility, allows: FieldFilter): FieldAccess {
  const visibility = value === undefined ? fallback : value
  const expected = '"hidden", "readonly" or "writable"'
  if (typeof visibility !== 'string') throw invalidArgument(expectation('fields', expected, value))
  switch (visibility) {
    case 'hidden':
      return { read: noField, write: noField, add: noField, inherited: false }
    case 'readonly':
      return { read: allows, write: noField, add: noField, inherited: false }
    case 'writable':
      return { read: allows, write: allows, add: noField, inherited: false }
    default:
      throw outOfRange(expectation('fields', expected, value))
  }
}

/** Reads an option that is `true`, `false` or a list of names. */
export function readNames(option: string, value: unknown, all: FieldFilter): FieldFilter {
  if (value === undefined || value === false) return noField
  if (value === true) return all
  if (!Array.isArray(value)) throw invalidArgument(expectation(option, 'a boolean or an array of names', value))
  const names = new Set<string>()
  for (const name of value) names.add(checkName(option, name))
  return (name) => names.has(name)
}

/** A list of names, as a set; `undefined` when it is not given. */
export function readNameSet(option: string, value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) throw invalidArgument(expectation(option, 'an array of names', value))
  return new Set(value.map((name) => checkName(option, name)))
}

function checkName(option: string, name: unknown): string {
  if (typeof name === 'string') return name
  throw invalidArgument(`Expected "${option}" to hold names only, received ${describe(name)}`)
}
