import type { Runtime } from '@lua-native/runtime'
import { checkSource, expectation, invalidArgument } from '../argument.ts'
import { hostOf } from '../host.ts'
import { readSearcherOptions, type SearcherOptions } from '../searcherOptions.ts'
import { SourceSearcher } from '../searchers/sourceSearcher.ts'

/**
 * Lets `require` find source texts in memory: an object or `Map` from names of modules to sources, read now. Returns a
 * function that takes them away again.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.addSources({ main: 'return require("part").name', part: 'return { name = ... }' })
 * lua.executeScript('return require("main")', { results: 'first' }) // => 'part'
 */
export function addSources(
  runtime: Runtime,
  sources: Readonly<Record<string, string | Uint8Array>> | ReadonlyMap<string, string | Uint8Array>,
  options?: SearcherOptions,
): () => void {
  if (typeof sources !== 'object' || sources === null || Array.isArray(sources)) {
    throw invalidArgument(expectation('sources', 'an object or Map of names and sources', sources))
  }
  const entries = new Map<string, string | Uint8Array>(sources instanceof Map ? sources : Object.entries(sources))
  for (const [name, source] of entries) {
    if (typeof name !== 'string') throw invalidArgument(expectation('sources', 'a Map whose keys are strings', name))
    checkSource(`sources.${name}`, source)
  }
  const { name, position } = readSearcherOptions(options, 'addSources', 'sources in memory')
  return hostOf(runtime).addSearcher(new SourceSearcher(name, entries), position)
}
