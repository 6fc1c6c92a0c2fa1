import type { Converter } from '@lua-native/core-native'
import { checkFunction } from './argument.ts'

/**
 * Tells whether a converter is for an object; the first converter for which it is true is taken.
 *
 * @example
 * import { type ConverterMatch, createRuntime } from '@lua-native/runtime'
 *
 * const isUrl: ConverterMatch<URL> = (value) => value instanceof URL
 * using lua = createRuntime()
 * lua.registerTypeConverter(isUrl, (url) => url.href)
 * lua.executeScript('return ...', { args: [new URL('https://lua.org')] }) // => 'https://lua.org/'
 */
export type ConverterMatch<Value extends object> = ((value: object) => value is Value) | ((value: object) => boolean)

/** The list with one more converter: a new one, so that a conversion in progress goes on with the old. */
export function withConverter(
  list: readonly Converter[] | undefined,
  match: unknown,
  convert: unknown,
  convertName: string,
): readonly Converter[] {
  checkFunction('match', match)
  checkFunction(convertName, convert)
  const converter = { match: match as Converter['match'], convert: convert as Converter['convert'] }
  return [...(list ?? []), converter]
}
