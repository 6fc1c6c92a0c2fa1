import { describe, expectation, invalidArgument, outOfRange } from './argument.ts'

/** A key of a shared table: a name in an object, an index from 0 in an array. */
export type Key = string | number

/**
 * Where a value stands: `'ui.colors.0'`, or its keys as an array, for keys that have dots. Arrays count from 0, as in
 * JavaScript; in Lua the same item has the next higher index.
 *
 * @example
 * import { createSharedTable, type SharedPath } from '@lua-native/shared'
 *
 * using shared = createSharedTable({ hosts: { 'a.example': ['up', 'down'] } })
 * const path: SharedPath = ['hosts', 'a.example', 1]
 * shared.get(path) // => 'down'
 * shared.get('hosts.a.example') // => undefined
 */
export type SharedPath = string | readonly Key[]

const loneSurrogate = /\p{Surrogate}/u

/** Whether Lua would get another text. */
export function isIllFormed(text: string): boolean {
  return loneSurrogate.test(text)
}

/** Refuses names that are not the same key on both sides. */
export function checkKey(key: string, where: string): void {
  if (key === '') throw outOfRange(`Expected the keys of "${where}" not to be empty`)
  if (key === '__proto__') throw outOfRange(`Expected the keys of "${where}" to be other than "__proto__"`)
  if (isIllFormed(key)) throw outOfRange(`Expected the keys of "${where}" to be well-formed text`)
}

/** The keys of a path; those of a text are all names, and become indices where they meet an array. */
export function readPath(path: unknown): readonly Key[] {
  const keys: unknown = typeof path === 'string' ? path.split('.') : path
  if (!Array.isArray(keys)) throw invalidArgument(expectation('path', 'a string or an array of keys', path))
  if (keys.length === 0) throw outOfRange('Expected "path" to have at least one key')
  for (const key of keys as unknown[]) {
    if (typeof key === 'string') checkKey(key, 'path')
    else if (typeof key !== 'number') {
      throw invalidArgument(`Expected the keys of "path" to be strings or numbers, received ${describe(key)}`)
    }
  }
  return [...keys]
}

/** A path as messages show it. */
export function showPath(path: readonly Key[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`)).join('')
}
