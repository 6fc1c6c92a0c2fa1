import type { Runtime } from '@lua-native/runtime'
import { checkOptions, textArgument } from '../argument.ts'
import { defaultTemplates } from '../directory.ts'
import { hostOf } from '../host.ts'
import { findLuaPackage } from '../luaPackage.ts'
import { placementNames, readPlacement, type SearcherOptions } from '../searcherOptions.ts'
import { RootSearcher } from '../searchers/rootSearcher.ts'

/**
 * Options of `addPackage`.
 *
 * @example
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type PackageOptions } from '@lua-native/modules'
 *
 * const project = mkdtempSync(join(tmpdir(), 'project-'))
 * mkdirSync(join(project, 'node_modules', 'lua-mathx', 'src'), { recursive: true })
 * writeFileSync(join(project, 'node_modules', 'lua-mathx', 'package.json'), '{ "lua": "src" }')
 * writeFileSync(join(project, 'node_modules', 'lua-mathx', 'src', 'mathx.lua'), 'return { e = 2.718 }')
 * const options: PackageOptions = { from: join(project, 'main.js') }
 * using lua = createRuntime().extend(moduleActions())
 * lua.addPackage('lua-mathx', options)
 * lua.executeScript('return require("mathx").e') // => 2.718
 */
export interface PackageOptions extends SearcherOptions {
  /** The file, or its URL (`import.meta.url`), that Node would resolve the package for. Default: the working directory. */
  readonly from?: string | URL | undefined
}

/**
 * Lets `require` find the Lua modules of an npm package: those in the folder that the field `"lua"` of its
 * `package.json` names, by default `lua/`. The package is found as Node finds it, in the folders `node_modules` from the
 * file of the option `from` upwards. Otherwise as `addRoot`.
 *
 * @throws {Error} MODULE_NOT_FOUND when there is no such package; Node's own error when it has no folder of Lua.
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments.
 * @throws {RangeError} LUA_OUT_OF_RANGE for what is no name of a package, and a field that leads out of the package.
 *
 * @example
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * const project = mkdtempSync(join(tmpdir(), 'project-'))
 * const folder = join(project, 'node_modules', '@lua', 'greet')
 * mkdirSync(join(folder, 'lua', 'greet'), { recursive: true })
 * writeFileSync(join(folder, 'package.json'), '{ "name": "@lua/greet" }')
 * writeFileSync(join(folder, 'lua', 'greet', 'init.lua'), 'return function(name) return "hello " .. name end')
 * using lua = createRuntime().extend(moduleActions())
 * lua.addPackage('@lua/greet', { from: join(project, 'main.js') })
 * lua.executeScript('return require("greet")("Lua")') // => 'hello Lua'
 */
export function addPackage(runtime: Runtime, packageName: string, options?: PackageOptions): () => void {
  const given = checkOptions<PackageOptions>(options, [...placementNames, 'from'], 'addPackage')
  const { name, position } = readPlacement(given, `package '${textArgument('packageName', packageName)}'`)
  const found = findLuaPackage(packageName, given.from)
  const host = hostOf(runtime)
  const searcher = new RootSearcher({
    name,
    directory: found.directory,
    shown: found.shown,
    templates: defaultTemplates,
    maxFileBytes: host.settings.maxFileBytes,
  })
  return host.addSearcher(searcher, position)
}
