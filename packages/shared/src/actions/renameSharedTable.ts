import type { Runtime } from '@lua-native/runtime'
import { checkGlobalName } from '../globalName.ts'
import { sharedHostOf } from '../sharedHost.ts'

/**
 * Gives an attached table another global name. Its view stays the same table in Lua.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT for a name under which none is attached, LUA_NAME_TAKEN for a global that is
 * there already.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { createSharedTable, sharedTables } from '@lua-native/shared'
 *
 * using scores = createSharedTable({ ann: 3 })
 * using lua = createRuntime().extend(sharedTables({ scores }))
 * lua.renameSharedTable('scores', 'points')
 * lua.executeScript('return scores, points.ann') // => [null, 3]
 */
export function renameSharedTable(runtime: Runtime, from: string, to: string): void {
  checkGlobalName('from', from)
  checkGlobalName('to', to)
  sharedHostOf(runtime).rename(from, to)
}
