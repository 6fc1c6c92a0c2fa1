import type { Runtime } from '@lua-native/runtime'
import { hostOf } from '../host.ts'
import { textOf } from '../luaSide.ts'

/**
 * A module as `listModules` shows it.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { type ModuleInfo, moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerModule('db', { name: 'main' })
 * const modules: ModuleInfo[] = lua.listModules()
 * modules // => [{ name: 'db', loaded: false, searcher: 'registered modules' }]
 */
export interface ModuleInfo {
  readonly name: string
  /** Whether `require` has its value. */
  readonly loaded: boolean
  /** Which searcher is known to have it; not given for files, of which only those that are loaded are listed. */
  readonly searcher?: string
  /** The loader data of a loaded module: its file, or in colons where it came from. */
  readonly origin?: string
}

/**
 * Lists the modules that are loaded, and those that the host registered, preloaded or serves from memory, by name.
 * Standard libraries are left out. It looks into no directory.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.addSources({ a: 'return 1', b: 'return 2' })
 * lua.executeScript('require("b")')
 * lua.listModules().map(({ name, loaded }) => [name, loaded]) // => [['a', false], ['b', true]]
 */
export function listModules(runtime: Runtime): ModuleInfo[] {
  const host = hostOf(runtime)
  const found = new Map<string, ModuleInfo>()
  const add = (name: string, more: Omit<ModuleInfo, 'name' | 'loaded'>, loaded = false): void => {
    found.set(name, { name, loaded, ...more, ...found.get(name), ...(loaded ? { loaded, ...more } : {}) })
  }
  host.lua.eachPreload((name) => add(textOf(name), { searcher: 'package.preload' }))
  for (const searcher of host.searchers()) {
    if (typeof searcher === 'function') continue
    for (const name of searcher.names?.() ?? []) add(name, { searcher: searcher.name })
  }
  host.lua.eachLoaded((name, origin) => {
    add(textOf(name), origin === undefined || origin === null ? {} : { origin: textOf(origin) }, true)
  })
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
