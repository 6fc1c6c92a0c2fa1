import type { Runtime } from '@lua-native/runtime'
import { checkOptions, expectation, invalidArgument, outOfRange } from '../argument.ts'
import { checkGlobalName } from '../globalName.ts'
import { sharedHostOf } from '../sharedHost.ts'
import { coordinatorOf, type SharedTable } from '../sharedTable.ts'

/**
 * How a runtime sees a shared table.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { type AttachOptions, createSharedTable, sharedTables } from '@lua-native/shared'
 *
 * const options: AttachOptions = { mode: 'readonly' }
 * using config = createSharedTable({ level: 1 })
 * using lua = createRuntime().extend(sharedTables({ config }, options))
 * lua.executeScript('config.level = 2') // throws LUA_RUNTIME
 */
export interface AttachOptions {
  /**
   * `'snapshot'` (default): plain tables, which a script may change for itself; a later change of the same key by the
   * host goes over that. `'readonly'`: writing is an error that names the key. `'live'`: writing changes the shared
   * table, for everyone; bound such a table with `maxKeys` and `maxBytes`.
   */
  readonly mode?: 'snapshot' | 'readonly' | 'live' | undefined
  /** When changes arrive: `'immediate'` (default), with the write, or `'onSync'`, when `sync()` is called. */
  readonly updates?: 'immediate' | 'onSync' | undefined
}

/**
 * Makes a shared table a global of a runtime. The same table may be attached under several names; each is a view of its
 * own. Costs what setting a global to the whole table costs.
 *
 * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong arguments, LUA_NAME_TAKEN for a global that is
 * there already.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { createSharedTable, sharedTables } from '@lua-native/shared'
 *
 * using scores = createSharedTable({ ann: 3 })
 * using lua = createRuntime().extend(sharedTables({}))
 * lua.attachSharedTable('scores', scores)
 * lua.executeScript('return scores.ann') // => 3
 * lua.attachSharedTable('print', scores) // throws LUA_NAME_TAKEN
 */
export function attachSharedTable(
  runtime: Runtime,
  name: string,
  table: SharedTable<object>,
  options?: AttachOptions,
): void {
  checkGlobalName('name', name)
  const coordinator = coordinatorOf(name, table)
  const given = checkOptions<AttachOptions>(options, ['mode', 'updates'], 'attachSharedTable')
  const mode = choice('mode', given.mode, ['snapshot', 'readonly', 'live'])
  const updates = choice('updates', given.updates, ['immediate', 'onSync'])
  if (mode === 'live' && updates === 'onSync') {
    throw invalidArgument('Expected "updates" to be "immediate" for a live table, received "onSync"')
  }
  sharedHostOf(runtime).attach(name, coordinator, { mode, updates })
}

function choice<Name extends string>(option: string, value: unknown, names: readonly [Name, ...Name[]]): Name {
  if (value === undefined) return names[0]
  const expected = names.map((name) => `"${name}"`).join(' or ')
  if (typeof value !== 'string') throw invalidArgument(expectation(option, expected, value))
  const found = names.find((name) => name === value)
  if (found === undefined) throw outOfRange(expectation(option, expected, value))
  return found
}
