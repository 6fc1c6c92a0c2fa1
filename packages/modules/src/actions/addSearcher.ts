import type { Runtime } from '@lua-native/runtime'
import { checkFunction } from '../argument.ts'
import { hostOf } from '../host.ts'
import { readSearcherOptions, type SearcherOptions } from '../searcherOptions.ts'
import { FunctionSearcher, type SearchFunction } from '../searchers/functionSearcher.ts'

/**
 * Lets `require` ask a function of the host's, which gets the name and gives what it has: see {@link SearchResult}.
 * What it throws is the error of the `require`. A promise is refused, unless the run can wait for it. Returns a
 * function that takes the searcher away again.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments.
 * @throws {RangeError} LUA_OUT_OF_RANGE for a position that is none.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * const remove = lua.addSearcher((name) => (name.startsWith('gen.') ? `return "${name.slice(4)}"` : undefined))
 * lua.executeScript('return require("gen.a") .. require("gen.b")') // => 'ab'
 * remove()
 * lua.executeScript('require("gen.c")') // throws LUA_RUNTIME
 */
export function addSearcher(runtime: Runtime, searcher: SearchFunction, options?: SearcherOptions): () => void {
  checkFunction('searcher', searcher)
  const { name, position } = readSearcherOptions(options, 'addSearcher', searcher.name || 'anonymous')
  const host = hostOf(runtime)
  return host.addSearcher(new FunctionSearcher(host, name, searcher), position)
}
