import { createRuntime, type Runtime } from '@lua-native/runtime'
import { expectTypeOf, test } from 'vitest'
import {
  attachSharedTable,
  createSharedTable,
  type SharedTable,
  type SharedTableMethods,
  sharedTables,
} from './index.ts'

const shared = createSharedTable({ ui: { color: 'red' }, list: [1] })
const lua = createRuntime().extend(sharedTables({ settings: shared }, { mode: 'readonly', updates: 'onSync' }))

test('the extension adds its methods and keeps those of the runtime', () => {
  expectTypeOf(lua).toExtend<Runtime & SharedTableMethods>()
  expectTypeOf(lua.detachSharedTable).toEqualTypeOf<(name: string) => void>()
  expectTypeOf(attachSharedTable).parameter(0).toEqualTypeOf<Runtime>()
  // @ts-expect-error: nothing adds the method
  createRuntime().attachSharedTable('a', shared)
})

test('a table keeps the type of what it was made of', () => {
  expectTypeOf(shared).toEqualTypeOf<SharedTable<{ ui: { color: string }; list: number[] }>>()
  expectTypeOf(shared.proxy.ui.color).toEqualTypeOf<string>()
  expectTypeOf(shared.toObject().list).toEqualTypeOf<number[]>()
  expectTypeOf(shared.get('ui')).toEqualTypeOf<unknown>()
  expectTypeOf(shared.get<string>(['ui', 'color'])).toEqualTypeOf<string | undefined>()
  expectTypeOf(shared.batch(() => 5)).toEqualTypeOf<number>()
  expectTypeOf(createSharedTable().proxy).toEqualTypeOf<Record<string, unknown>>()
})

test('wrong arguments are refused', () => {
  // @ts-expect-error: no table
  createSharedTable(5)
  // @ts-expect-error: no such option
  createSharedTable({}, { maxEntries: 5 })
  // @ts-expect-error: no shared table
  sharedTables({ a: {} })
  // @ts-expect-error: no such mode
  sharedTables({ a: shared }, { mode: 'frozen' })
  // @ts-expect-error: no path
  shared.get(5)
  // @ts-expect-error: no number
  shared.increment('a', '1')
})
