import type { Runtime } from '@lua-native/runtime'
import { checkOptions } from '../argument.ts'
import { directoryPath, existingDirectory, fileLimit, readShown, readTemplates } from '../directory.ts'
import { hostOf } from '../host.ts'
import { placementNames, readPlacement, type SearcherOptions } from '../searcherOptions.ts'
import { RootSearcher } from '../searchers/rootSearcher.ts'

/**
 * Options of `addRoot`.
 *
 * @example
 * import { mkdtempSync, writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type RootOptions } from '@lua-native/modules'
 *
 * const folder = mkdtempSync(join(tmpdir(), 'root-'))
 * writeFileSync(join(folder, 'rules.luau'), 'return ...')
 * const options: RootOptions = { shown: 'rules', templates: ['?.luau'] }
 * using lua = createRuntime().extend(moduleActions())
 * lua.addRoot(folder, options)
 * lua.executeScript('return select(2, require("rules"))') // => 'rules/rules.luau'
 */
export interface RootOptions extends SearcherOptions {
  /**
   * How scripts see the directory, in messages, tracebacks and the loader data. Default: as it was given, which tells
   * scripts where it is.
   */
  readonly shown?: string | undefined
  /** Files of a module below the directory, `?` standing for its name. Default `['?.lua', '?/init.lua']`. */
  readonly templates?: readonly string[] | undefined
  /** Most bytes of a file. Default: the option of `moduleActions`. */
  readonly maxFileBytes?: number | undefined
}

const known = [...placementNames, 'shown', 'templates', 'maxFileBytes'] as const

/**
 * Lets `require` find files inside a directory, and nowhere else: a path that leads out of it, by its name or by
 * symbolic links, is not found. Text only, up to a size limit. It works also where the filesystem is denied to scripts.
 * Returns a function that takes the root away again.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments; Node's own error for a directory
 * that is not there.
 * @throws {RangeError} LUA_OUT_OF_RANGE for what is no directory, and for templates that lead out of it.
 *
 * @example
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * const folder = mkdtempSync(join(tmpdir(), 'root-'))
 * mkdirSync(join(folder, 'shop'))
 * writeFileSync(join(folder, 'shop', 'init.lua'), 'return { name = ... }')
 * using lua = createRuntime().extend(moduleActions())
 * lua.addRoot(folder)
 * lua.executeScript('return require("shop").name') // => 'shop'
 * lua.executeScript('require("..secret")') // throws LUA_RUNTIME
 */
export function addRoot(runtime: Runtime, directory: string | URL, options?: RootOptions): () => void {
  const given = checkOptions<RootOptions>(options, known, 'addRoot')
  const path = directoryPath(directory)
  const { name, position } = readPlacement(given, `root '${path}'`)
  const host = hostOf(runtime)
  const searcher = new RootSearcher({
    name,
    directory: existingDirectory(path),
    shown: readShown(given.shown, path),
    templates: readTemplates(given.templates),
    maxFileBytes: fileLimit('maxFileBytes', given.maxFileBytes, host.settings.maxFileBytes),
  })
  return host.addSearcher(searcher, position)
}
