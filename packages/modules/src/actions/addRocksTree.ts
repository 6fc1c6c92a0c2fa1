import { join } from 'node:path'
import type { Runtime } from '@lua-native/runtime'
import { checkOptions, outOfRange, textArgument } from '../argument.ts'
import { defaultTemplates, directoryPath, existingDirectory } from '../directory.ts'
import { hostOf } from '../host.ts'
import { placementNames, readPlacement, type SearcherOptions } from '../searcherOptions.ts'
import { RootSearcher } from '../searchers/rootSearcher.ts'

/**
 * Options of `addRocksTree`.
 *
 * @example
 * import { mkdirSync, mkdtempSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type RocksTreeOptions } from '@lua-native/modules'
 *
 * const tree = mkdtempSync(join(tmpdir(), 'rocks-'))
 * mkdirSync(join(tree, 'share', 'lua', '5.1'), { recursive: true })
 * const options: RocksTreeOptions = { version: '5.1' }
 * using lua = createRuntime().extend(moduleActions())
 * lua.addRocksTree(tree, options)
 * lua.resolveModule('x').tried.at(-2) // => `no file '${tree}/share/lua/5.1/x.lua'`
 */
export interface RocksTreeOptions extends SearcherOptions {
  /** The version of Lua whose folder is used. Default: that of the runtime, for example `'5.5'`. */
  readonly version?: string | undefined
}

/**
 * Lets `require` find the Lua modules of a tree that LuaRocks installed, those in `share/lua/<version>`. Its C modules
 * are left alone. Otherwise as `addRoot`.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments; Node's own error when the tree has
 * no folder for the version.
 *
 * @example
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * const tree = mkdtempSync(join(tmpdir(), 'rocks-'))
 * const folder = join(tree, 'share', 'lua', lua.info().version.slice(4))
 * mkdirSync(folder, { recursive: true })
 * writeFileSync(join(folder, 'inspect.lua'), 'return tostring')
 * lua.addRocksTree(tree)
 * lua.executeScript('return require("inspect")(12)') // => '12'
 */
export function addRocksTree(runtime: Runtime, directory: string | URL, options?: RocksTreeOptions): () => void {
  const given = checkOptions<RocksTreeOptions>(options, [...placementNames, 'version'], 'addRocksTree')
  const path = directoryPath(directory)
  const version = textArgument('version', given.version, runtime.info().version.slice('Lua '.length))
  if (!/^\d+\.\d+$/.test(version)) {
    throw outOfRange(`Expected "version" to be one of Lua, such as "5.5", received ${JSON.stringify(version)}`)
  }
  const { name, position } = readPlacement(given, `LuaRocks tree '${path}'`)
  const host = hostOf(runtime)
  const searcher = new RootSearcher({
    name,
    directory: existingDirectory(join(path, 'share', 'lua', version)),
    shown: `${path.replace(/[/\\]+$/, '')}/share/lua/${version}`,
    templates: defaultTemplates,
    maxFileBytes: host.settings.maxFileBytes,
  })
  return host.addSearcher(searcher, position)
}
