import { type Bound, bindActions, type Runtime } from '@lua-native/runtime'
import type { AttachOptions } from './actions/attachSharedTable.ts'
import * as actions from './actions/index.ts'
import { describe, expectation, invalidArgument } from './argument.ts'
import { sharedHostOf } from './sharedHost.ts'
import type { SharedTable } from './sharedTable.ts'

/**
 * The methods that `sharedTables` adds: its functions, with the runtime bound.
 *
 * @example
 * import { createRuntime, type Runtime } from '@lua-native/runtime'
 * import { createSharedTable, type SharedTableMethods, sharedTables } from '@lua-native/shared'
 *
 * using flags = createSharedTable({ beta: true })
 * const addFlags = (lua: Runtime & SharedTableMethods) => lua.attachSharedTable('flags', flags)
 * using lua = createRuntime().extend(sharedTables({}))
 * addFlags(lua)
 * lua.executeScript('return flags.beta') // => true
 */
export interface SharedTableMethods extends Bound<typeof actions> {}

/**
 * Makes the extension that gives a runtime shared tables, each as the global of its name, and the methods to attach,
 * detach and rename more. Apply it before scripts that are not trusted run and before environments are made: it takes
 * Lua's own functions as they are then, and puts a `rawset` into the globals that refuses readonly tables.
 *
 * All tables are attached, or, if one cannot be, none. They last over `reset()`.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments, LUA_NAME_TAKEN for a global that is
 * there already.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { createSharedTable, sharedTables } from '@lua-native/shared'
 *
 * using settings = createSharedTable({ ui: { color: 'red' } })
 * using lua = createRuntime().extend(sharedTables({ settings }, { mode: 'readonly' }))
 * settings.set('ui.color', 'blue')
 * lua.executeScript('return settings.ui.color') // => 'blue'
 * lua.executeScript('settings.ui.color = "green"') // throws LUA_RUNTIME
 */
export function sharedTables(
  tables: Readonly<Record<string, SharedTable<object>>>,
  options?: AttachOptions,
): (runtime: Runtime) => SharedTableMethods {
  if (typeof tables !== 'object' || tables === null || Array.isArray(tables)) {
    throw invalidArgument(expectation('tables', 'an object of names and shared tables', tables))
  }
  const prototype: unknown = Object.getPrototypeOf(tables)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalidArgument(`Expected "tables" to map names to shared tables, received ${describe(tables)} of a class`)
  }
  const given = Object.entries(tables)
  return (runtime) => {
    sharedHostOf(runtime)
    const attached: string[] = []
    try {
      for (const [name, table] of given) {
        actions.attachSharedTable(runtime, name, table, options)
        attached.push(name)
      }
    } catch (error) {
      for (const name of attached) actions.detachSharedTable(runtime, name)
      throw error
    }
    return bindActions(runtime, actions)
  }
}
