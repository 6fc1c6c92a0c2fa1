import { invalidArgument } from '@lua-native/core-native'
import { expectation } from './argument.ts'

/** Reads a name or dotted path of a global, as the addon takes it: `'a'` or `['a', 'b']`. */
export function readPath(path: unknown): string | readonly string[] {
  if (typeof path !== 'string') throw invalidArgument(expectation('name', 'a string', path))
  if (!path.includes('.')) {
    if (path === '') throw invalidArgument(expectation('name', 'a string that is not empty', path))
    return path
  }
  const segments = path.split('.')
  if (segments.includes('')) throw invalidArgument(expectation('name', 'a path without empty segments', path))
  return segments
}
