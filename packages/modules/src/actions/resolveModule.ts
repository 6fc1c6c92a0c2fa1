import type { Runtime } from '@lua-native/runtime'
import { textArgument } from '../argument.ts'
import { hostOf } from '../host.ts'
import { type LuaSearcher, textOf } from '../luaSide.ts'
import type { ModulePlace, Searcher } from '../searcher.ts'

/**
 * Where `require` would find a module.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type ModuleResolution } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * const nowhere: ModuleResolution = lua.resolveModule('missing')
 * nowhere.found // => false
 * nowhere.tried // => ["no field package.preload['missing']", "no module 'missing' registered by the host"]
 */
export interface ModuleResolution {
  readonly name: string
  /** Whether `require` has its value already, and searches no more. */
  readonly loaded: boolean
  readonly found: boolean
  /** The searcher that has it. */
  readonly searcher?: string
  /** The file, where it is one, as messages name it. */
  readonly file?: string
  /** The loader data. */
  readonly origin?: string
  /** What was tried before, line by line, in Lua's words. */
  readonly tried: readonly string[]
}

/**
 * Tells which searcher has a module, in which file, and what was tried before. Runs no module; functions given to
 * `addSearcher`, and searchers of scripts', are asked as `require` asks them.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT for a name that is no string.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.addSources({ 'app.main': 'return 1' }, { name: 'the app' })
 * const { found, searcher, tried } = lua.resolveModule('app.main')
 * found // => true
 * searcher // => 'the app'
 * tried.length // => 2
 */
export function resolveModule(runtime: Runtime, name: string): ModuleResolution {
  const host = hostOf(runtime)
  const loaded = host.stateOf(textArgument('name', name)).state !== 'unloaded'
  const tried: string[] = []
  for (const [index, searcher] of host.searchers().entries()) {
    const place = typeof searcher === 'function' ? ask(searcher, name) : locate(searcher, name)
    if (typeof place !== 'string') {
      const called = typeof searcher === 'function' ? labelOf(index) : searcher.name
      return { name, loaded, found: true, searcher: called, ...place, tried }
    }
    if (place !== '') tried.push(...place.split('\n\t'))
  }
  return { name, loaded, found: false, tried }
}

type Place = Partial<Pick<ModulePlace, 'file' | 'origin'>>

function locate(searcher: Searcher, name: string): Place | string {
  const place = searcher.locate(name)
  if (typeof place === 'string') return place
  if ('then' in place.content) ignoreOutcome(place.content)
  return place.file === undefined ? { origin: place.origin } : { origin: place.origin, file: place.file }
}

/** Nobody waits for the module: a failure to get it is no failure of the search. */
function ignoreOutcome(promise: PromiseLike<unknown>): void {
  promise.then(undefined, () => undefined)
}

/** Asks a searcher that is a Lua function: one of Lua's own, or a script's. */
function ask(searcher: LuaSearcher, name: string): Place | string {
  const answer = searcher(name)
  const [loader, data] = Array.isArray(answer) ? answer : [answer, undefined]
  if (typeof loader !== 'function') return loader === undefined || loader === null ? '' : textOf(loader)
  if (typeof data !== 'string' && !(data instanceof Uint8Array)) return {}
  const origin = textOf(data)
  return origin.startsWith(':') ? { origin } : { origin, file: origin }
}

function labelOf(index: number): string {
  return index === 0 ? 'package.preload' : `package.searchers[${index + 1}]`
}
