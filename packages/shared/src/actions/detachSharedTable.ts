import type { Runtime } from '@lua-native/runtime'
import { checkGlobalName } from '../globalName.ts'
import { sharedHostOf } from '../sharedHost.ts'

/**
 * Takes a shared table out of a runtime: its global becomes nil, unless a script has put something else there. What
 * scripts still hold of it keeps its last values.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT for a name under which none is attached.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { createSharedTable, sharedTables } from '@lua-native/shared'
 *
 * using scores = createSharedTable({ ann: 3 })
 * using lua = createRuntime().extend(sharedTables({ scores }))
 * lua.detachSharedTable('scores')
 * lua.executeScript('return scores') // => null
 */
export function detachSharedTable(runtime: Runtime, name: string): void {
  checkGlobalName('name', name)
  sharedHostOf(runtime).detach(name)
}
