/** What hostile scripts try with shared tables, in the default libraries. */
import { createRuntime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { createSharedTable, sharedTables } from './index.ts'

const initial = { n: 1, ui: { color: 'red' }, list: [3, 1, 2] }
const check = 'return t.n, t.ui.color, #t.list, t.list[1], t.evil'

describe('a readonly table', () => {
  it.each([
    ['t.n = 2', "s:1: attempt to modify 't.n' of a read-only shared table"],
    ['t.ui.color = "blue"', "s:1: attempt to modify 't.ui.color' of a read-only shared table"],
    ['t.list[1] = 5', "s:1: attempt to modify 't.list[1]' of a read-only shared table"],
    ['t.ui[{}] = 5', "s:1: attempt to modify 't.ui[?]' of a read-only shared table"],
    ['t.ui = nil', "s:1: attempt to modify 't.ui' of a read-only shared table"],
    ['rawset(t, "n", 2)', 's:1: attempt to modify a read-only table'],
    ['rawset(t.ui, "color", 2)', 's:1: attempt to modify a read-only table'],
    ['setmetatable(t, {})', 'protected metatable'],
    ['setmetatable(t.ui, nil)', 'protected metatable'],
    ['table.insert(t.list, 4)', 'read-only'],
    ['table.remove(t.list)', 'read-only'],
    ['table.sort(t.list)', 'read-only'],
    ['table.move({ 9 }, 1, 1, 1, t.list)', 'read-only'],
    ['load("n = 2", "x", "t", t)()', 'read-only'],
    ['getmetatable(t).__index.n = 2', 'index a boolean'],
    ['local f = pairs(t) f({}, nil)', 'shared table expected'],
    ['local f = pairs(t) f(t, {})', 'invalid key'],
    ['coroutine.wrap(function() t.n = 2 end)()', 'read-only'],
  ])('refuses %s', (script, message) => {
    using shared = createSharedTable(initial)
    using lua = createRuntime().extend(sharedTables({ t: shared }, { mode: 'readonly' }))
    expect(() => lua.executeScript(script, { chunkName: '=s' })).toThrow(message)
    expect(lua.executeScript(check)).toEqual([1, 'red', 3, 3, null])
  })

  it('shows nothing through raw access, and no way to the metatable', () => {
    using shared = createSharedTable(initial)
    using lua = createRuntime().extend(sharedTables({ t: shared }, { mode: 'readonly' }))
    expect(lua.executeScript('return next(t), rawget(t, "n"), rawlen(t.list), getmetatable(t)')).toEqual([
      null,
      null,
      0,
      false,
    ])
    expect(lua.executeScript('return rawset({}, "a", 1).a, pcall(rawset)')).toEqual([
      1,
      false,
      expect.stringContaining('table expected, got no value'),
    ])
  })

  it('is as readonly in environments', () => {
    using shared = createSharedTable(initial)
    using lua = createRuntime().extend(sharedTables({ t: shared }, { mode: 'readonly' }))
    const env = lua.createEnvironment({ inherit: true })
    for (const attack of ['t.n = 2', 'rawset(t, "n", 2)', 'setmetatable(t, nil)']) {
      expect(() => lua.executeScriptIn(env, attack), attack).toThrow(expect.objectContaining({ code: 'LUA_RUNTIME' }))
    }
    expect(lua.executeScriptIn(env, check)).toEqual([1, 'red', 3, 3, null])
  })
})

describe.each(['snapshot', 'readonly'] as const)('a script cannot keep patches of a %s view away', (mode) => {
  it.each([
    'rawset = error rawget = nil next = nil pcall = nil setmetatable = error error = print type = nil pairs = nil',
    'getmetatable("").__concat = error getmetatable("").__index = error getmetatable("").__eq = error',
    'pcall(setmetatable, t, { __newindex = error, __index = error, __len = error, __eq = error, __gc = error })',
    'pcall(setmetatable, t.ui, { __newindex = error, __index = error, __mode = "kv" })',
    'pcall(function() t.ui = string t.list = _G t.n = {} end)',
    'pcall(function() t.ui.self = t t.t = t t.list[1] = t end)',
    'pcall(function() for k in next, t do t[k] = nil end end)',
    't = nil',
    't = setmetatable({}, { __newindex = error })',
    'setmetatable(_G, { __index = error, __newindex = error })',
    'local co = coroutine.wrap(function() for k in pairs(t) do coroutine.yield(k) end end) co()',
    'setmetatable({}, { __gc = function() pcall(function() t.n = 7 end) end })',
  ])('%s', (attack) => {
    using shared = createSharedTable<Record<string, unknown>>(initial)
    using other = createRuntime().extend(sharedTables({ t: shared }, { mode }))
    using lua = createRuntime().extend(sharedTables({ t: shared }, { mode }))
    lua.executeScript('root, ui = t, t.ui')
    lua.executeScript(attack)
    shared.batch(() => {
      shared.set('n', 5)
      shared.set('ui.color', 'blue')
      shared.set('ui.rep', 'mine')
      shared.set('fresh', { list: [1] })
      shared.set('list', [9])
    })
    shared.set('fresh.list.1', 2)
    expect(other.executeScript('return t.n, t.ui.color, t.fresh.list[2], #t.list')).toEqual([5, 'blue', 2, 1])
    // What the host wrote is in the tables that the script got first, and in no other of its tables.
    expect(lua.executeScript('return root.n, ui.color, root.fresh.list[2]')).toEqual([5, 'blue', 2])
    expect(lua.executeScript('return string.rep == "mine"')).toBe(false)
    shared.sync()
    expect(shared.get('evil')).toBe(undefined)
  })

  it('nor reach another runtime', () => {
    using shared = createSharedTable<Record<string, unknown>>(initial)
    using other = createRuntime().extend(sharedTables({ t: shared }, { mode }))
    using lua = createRuntime().extend(sharedTables({ t: shared }, { mode }))
    lua.executeScript('pcall(function() t.n = function() end t.ui = setmetatable({}, { __index = error }) end)')
    shared.set('m', 1)
    shared.sync()
    expect(other.executeScript('return t.n, t.ui.color, t.m')).toEqual([1, 'red', 1])
    expect(shared.toObject()).toEqual({ ...initial, m: 1 })
  })
})
