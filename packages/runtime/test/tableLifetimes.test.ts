/** What stands for a table frees it: on release at once, otherwise when it is collected. Nothing grows. */
import { setImmediate } from 'node:timers/promises'
import { createRuntime, type LuaTable, type Runtime, tableOf } from '@lua-native/runtime'
import { describe, expect, test } from 'vitest'

/** Of each kind, five times over; fewer where every access is checked. */
const CYCLES = process.env.LUA_NATIVE_ASAN === '1' ? 4000 : 20_000

/** Collects both heaps until the finalizers of the first have run. */
async function settle(lua: Runtime): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await setImmediate()
    lua.gc('collect')
  }
  return lua.getMemoryUsage()
}

const kinds: Readonly<Record<string, (lua: Runtime, i: number) => void>> = {
  'tables that are released': (lua, i) => lua.createTable({ i }).release(),
  'tables that are dropped': (lua, i) => {
    lua.createTable([i])
  },
  'tables by global path': (lua) => {
    lua.executeScript('g = { {} }')
    lua.getGlobalRef('g')?.getRef(1)
  },
  'live proxies': (lua, i) => {
    lua.createTable({ a: { i } }).proxy<{ a: object }>().a
  },
  'proxies of tables with a metatable': (lua) => {
    lua.executeScript('return setmetatable({}, {}), { setmetatable({}, {}) }')
  },
  'proxies released through tableOf': (lua) => {
    tableOf(lua.executeScript('return setmetatable({}, {})'))?.release()
  },
  metatables: (lua) => {
    const table = lua.createTable()
    table.setMetatable({ __index: () => 1, __name: 'x' })
    table.getMetatable()
  },
  iterators: (lua, i) => {
    for (const _ of lua.createTable([i, i, i])) break
  },
  'results of pairs with __pairs': (lua) => {
    lua.executeScript('p = setmetatable({}, { __pairs = function(t) return next, { {} }, nil end })')
    lua.getGlobalRef('p')?.pairs()
  },
}

describe.each(Object.entries(kinds))('%s', (_name, cycle) => {
  test('leave both heaps as they were', async () => {
    using lua = createRuntime()
    const run = async (): Promise<number> => {
      for (let i = 0; i < CYCLES; i++) {
        cycle(lua, i)
        if (i % 1000 === 0) await setImmediate()
      }
      return await settle(lua)
    }
    // Tables of the registry grow to their size meanwhile.
    for (let i = 0; i < 3; i++) await run()
    const before = await run()
    const { heapUsed, external } = process.memoryUsage()
    const after = await run()
    expect(after - before).toBeLessThan(20_000)
    expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(4_000_000)
    expect(process.memoryUsage().external - external).toBeLessThan(1_000_000)
  })
})

test('a table is the same object for as long as any of its objects lives, and is made anew later', async () => {
  using lua = createRuntime()
  lua.executeScript('t = setmetatable({}, {})')
  const proxy = lua.getGlobal<object>('t')
  const table = tableOf(proxy)
  await settle(lua)
  expect(lua.getGlobal('t')).toBe(proxy)
  expect(lua.getGlobalRef('t')).toBe(table)

  // Only the LuaTable is held, then only a live proxy.
  const live = table?.proxy()
  await settle(lua)
  expect(lua.getGlobalRef('t')?.proxy()).toBe(live)

  table?.release()
  const next = lua.getGlobalRef('t') as LuaTable
  expect(next === table).toBe(false)
  expect(next.released).toBe(false)
})

test('dispose breaks cycles through both heaps', async () => {
  const finalized: string[] = []
  const registry = new FinalizationRegistry<string>((name) => finalized.push(name))
  const make = (): void => {
    const lua = createRuntime()
    const table = lua.createTable()
    const callback = (): unknown => table
    table.set('callback', callback)
    registry.register(callback, 'callback')
    registry.register(table, 'table')
    lua.dispose()
  }
  make()
  for (let i = 0; i < 10 && finalized.length < 2; i++) {
    globalThis.gc?.()
    await setImmediate()
  }
  expect(finalized.sort()).toEqual(['callback', 'table'])
})
