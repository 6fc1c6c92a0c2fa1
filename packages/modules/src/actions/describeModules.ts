import type { Runtime } from '@lua-native/runtime'
import { hostOf } from '../host.ts'
import { luaAnnotations } from '../luaAnnotations.ts'

/**
 * Describes the modules that were registered as objects, for editors with the Lua language server: a file of LuaCATS
 * annotations for each, by its path below a folder that the editor has as a library. Types of values are those that
 * they have now; of functions the names of the parameters are known, and their types are `any`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerModule('shop.db', { size: 3, find: (id: number, ...fields: string[]) => [id, fields] })
 * const files = lua.describeModules()
 * Object.keys(files) // => ['shop/db.lua']
 * files['shop/db.lua'].split('\n').slice(0, 8) // => ['---@meta shop.db', '', '---@class shop.db', '---@field size integer', 'local module = {}', '', '---@param id any', '---@param ... any']
 */
export function describeModules(runtime: Runtime): Record<string, string> {
  const files: Record<string, string> = {}
  for (const [name, entry] of hostOf(runtime).registered.entries) {
    if (entry.kind === 'module') files[`${name.replaceAll('.', '/')}.lua`] = luaAnnotations(name, entry.module)
  }
  return files
}
