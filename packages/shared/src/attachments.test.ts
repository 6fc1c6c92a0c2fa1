/** What runtimes see of shared tables. */
import { createRuntime, LuaMemoryError, type Runtime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import {
  type AttachOptions,
  createSharedTable,
  type SharedTable,
  type SharedTableMethods,
  sharedTables,
} from './index.ts'

type Lua = Runtime & SharedTableMethods
type Loose = Record<string, unknown>

const withCode = (code: string): unknown => expect.objectContaining({ code })
const invalid = withCode('LUA_INVALID_ARGUMENT')
const taken = withCode('LUA_NAME_TAKEN')

function open(shared: SharedTable<object>, options?: AttachOptions): Lua {
  return createRuntime().extend(sharedTables({ t: shared }, options))
}

/** A view as JavaScript, through pairs. */
const copyScript = `
  local function copy(v)
    if type(v) ~= "table" then return v end
    local c = {}
    for k, each in pairs(v) do c[k] = copy(each) end
    return c
  end
  return copy(t)`
const seen = (lua: Runtime): unknown => lua.executeScript(copyScript)

describe.each(['snapshot', 'readonly', 'live'] as const)('a %s view', (mode) => {
  it('shows the table and each change of it, in the same tables', () => {
    using shared = createSharedTable<Loose>({ n: 1, ui: { color: 'red', sizes: [1, 2] }, gone: true })
    using one = open(shared, { mode })
    using two = open(shared, { mode })
    for (const lua of [one, two]) lua.executeScript('ui = t.ui sizes = t.ui.sizes')
    shared.set('n', 2)
    shared.set('ui', { color: 'blue', sizes: [1, 5, 6], more: { deep: [true] } })
    shared.set('ui.more.deep.1', false)
    shared.delete('gone')
    for (const lua of [one, two]) {
      expect(seen(lua)).toEqual(shared.toObject())
      const script = 'return ui == t.ui, rawequal(sizes, t.ui.sizes), #sizes, sizes[3], ui.more.deep[2], t.gone'
      expect(lua.executeScript(script)).toEqual([true, true, 3, 6, false, null])
    }
  })

  it('behaves as a table', () => {
    using shared = createSharedTable<Loose>({ list: ['a', 'b', 'c'], '1': 'text' })
    using lua = open(shared, { mode })
    const script = `
      local parts, n = {}, 0
      for i, v in ipairs(t.list) do parts[i] = v end
      for k in pairs(t) do n = n + 1 end
      local f, s, c = pairs(t.list)
      return table.concat(parts), n, #t.list, table.concat(t.list), select("#", table.unpack(t.list)), t["1"], t[1],
        f(s, c), type(t), t.list == t.list`
    expect(lua.executeScript(script)).toEqual(['abc', 2, 3, 'abc', 3, 'text', null, 1, 'table', true])
  })

  it('takes a batch whole, also when a table in it came, changed and went', () => {
    using shared = createSharedTable<Loose>({ a: { x: 1 }, list: [{ n: 1 }, { n: 2 }] })
    using lua = open(shared, { mode })
    shared.batch(() => {
      shared.set('b', { y: { z: 1 } })
      shared.set('b.y.z', 2)
      shared.set('b.y.w', [1])
      shared.set('c', { d: {} })
      shared.delete('c')
      shared.delete('a')
      shared.set('a', { x: { again: true } })
      shared.set('list', [{ n: 5 }])
      shared.set('list.1', { n: 6 })
      expect(lua.executeScript('return t.b, t.a.x, #t.list')).toEqual([null, 1, 2])
    })
    expect(seen(lua)).toEqual(shared.toObject())
    shared.set('a.x.again', [1, 2])
    shared.set('list.1.n', 7)
    expect(seen(lua)).toEqual(shared.toObject())
  })

  it('arrives between two instructions of a script that called the host', () => {
    using shared = createSharedTable<Loose>({ n: 1 })
    using lua = open(shared, { mode })
    lua.setGlobal('bump', () => shared.batch(() => [shared.increment('n'), shared.set('o', { n: 1 })]))
    expect(lua.executeScript('local before = t.n bump() return before, t.n, t.o.n')).toEqual([1, 2, 1])
  })

  it('keeps what it had when memory runs out, and is whole after sync', () => {
    using shared = createSharedTable<Loose>({ n: 1, text: 'short', keep: { a: 1 } })
    using small = open(shared, { mode })
    using other = open(shared, { mode })
    const before = seen(small)
    const errors: unknown[] = []
    const stop = shared.onError((error) => errors.push(error))
    small.executeScript('keep = t.keep')
    let refused = 0
    for (let room = 0; room < 12_000; room += 97) {
      small.gc('collect')
      small.setMemoryLimit(small.getMemoryUsage() + room)
      errors.length = 0
      shared.batch(() => {
        shared.set('n', 2)
        for (let i = 0; i < 20; i++) shared.set(`key${i}`, { list: [i, { i }] })
        shared.delete('text')
        shared.set('keep.a', room)
      })
      small.setMemoryLimit(Number.POSITIVE_INFINITY)
      refused += errors.length
      if (errors.length > 0) {
        expect(errors[0]).toBeInstanceOf(LuaMemoryError)
        expect(seen(small)).toEqual(before)
        shared.set('n', 3)
        expect(seen(small)).toEqual(before)
        shared.sync()
      }
      expect(seen(small)).toEqual(shared.toObject())
      expect(seen(other)).toEqual(shared.toObject())
      expect(small.executeScript('return keep == t.keep')).toBe(true)
      shared.batch(() => {
        for (let i = 0; i < 20; i++) shared.delete(`key${i}`)
        shared.set('n', 1)
        shared.set('text', 'short')
        shared.set('keep.a', 1)
      })
    }
    expect(refused).toBeGreaterThan(10)
    stop()
    small.setMemoryLimit(small.getMemoryUsage() + 1000)
    expect(() => shared.set('text', 'x'.repeat(100_000))).toThrow(LuaMemoryError)
    expect(seen(other)).toEqual(shared.toObject())
    expect(() => shared.sync()).toThrow(LuaMemoryError)
  })

  it('lasts over a reset, under its name of now', () => {
    using shared = createSharedTable<Loose>({ o: { n: 1 } })
    using lua = open(shared, { mode })
    lua.renameSharedTable('t', 'u')
    lua.reset()
    shared.set('o.n', 2)
    expect(lua.executeScript('return t, u.o.n')).toEqual([null, 2])
  })
})

describe('attaching', () => {
  it.each(['snapshot', 'readonly'] as const)('takes changes at sync only, if so attached, however many: %s', (mode) => {
    using shared = createSharedTable<Loose>({ n: 0, list: [] })
    using lua = open(shared, { mode, updates: 'onSync' })
    lua.executeScript('list = t.list')
    for (const count of [3, 3000]) {
      const before = seen(lua)
      for (let i = 0; i < count; i++) shared.increment('n')
      shared.set('list', [{ count }])
      expect(seen(lua)).toEqual(before)
      shared.sync()
      expect(seen(lua)).toEqual(shared.toObject())
      expect(lua.executeScript('return list == t.list, list[1].count')).toEqual([true, count])
    }
  })

  it('is all or nothing, refuses wrong arguments, names and tables', () => {
    using shared = createSharedTable({ a: 1 })
    using lua = createRuntime({ globals: { mine: 1 } })
    expect(() => lua.extend(sharedTables({ a: shared, mine: shared }))).toThrow(taken)
    expect(lua.executeScript('return a, mine')).toEqual([null, 1])
    for (const tables of [{ a: {} }, { a: Object.create(shared) }, { a: shared.proxy }, shared, [shared], null, 5]) {
      expect(() => createRuntime().extend(sharedTables(tables as never))).toThrow(invalid)
    }
    const extended = lua.extend(sharedTables({}))
    for (const name of ['', 'a.b', '1a', 'a b', 'ä']) {
      expect(() => extended.attachSharedTable(name, shared), name).toThrow(withCode('LUA_OUT_OF_RANGE'))
    }
    expect(() => extended.attachSharedTable(5 as never, shared)).toThrow(invalid)
    expect(() => extended.attachSharedTable('a', shared, { mode: 'frozen' as never })).toThrow(
      withCode('LUA_OUT_OF_RANGE'),
    )
    expect(() => extended.attachSharedTable('a', shared, { modes: 1 } as never)).toThrow(withCode('LUA_UNKNOWN_OPTION'))
    expect(() => extended.detachSharedTable('a')).toThrow(invalid)
    expect(() => createRuntime({ libraries: 'none' }).extend(sharedTables({}))).toThrow(invalid)
    shared.batch(() => expect(() => extended.attachSharedTable('a', shared)).toThrow(invalid))
  })

  it('works twice in one runtime, later, and not after disposal', () => {
    const shared = createSharedTable<Loose>({ o: { n: 1 } })
    using lua = open(shared)
    lua.attachSharedTable('r', shared, { mode: 'readonly' })
    shared.set('o.n', 2)
    expect(lua.executeScript('return t.o.n, r.o.n, t.o == r.o')).toEqual([2, 2, false])
    expect(() => lua.attachSharedTable('t', shared)).toThrow(taken)
    expect(() => lua.renameSharedTable('t', 'r')).toThrow(taken)
    expect(() => lua.renameSharedTable('t', 'print')).toThrow(taken)
    lua.renameSharedTable('t', 't')
    lua.executeScript('kept = r')
    lua.detachSharedTable('r')
    shared.set('o.n', 3)
    expect(lua.executeScript('return t.o.n, r, kept.o.n')).toEqual([3, null, 2])
    shared.dispose()
    expect(lua.executeScript('return t')).toBe(null)
    expect(() => lua.attachSharedTable('t', shared)).toThrow(withCode('LUA_DISPOSED'))
  })

  it('forgets a runtime that is disposed', () => {
    using shared = createSharedTable<Loose>({ n: 1 })
    const lua = open(shared)
    lua.dispose()
    shared.set('n', 2)
    shared.sync()
    expect(() => lua.attachSharedTable('x', shared)).toThrow(withCode('LUA_DISPOSED'))
  })

  it('takes strict conversion and bytes as they are', () => {
    using shared = createSharedTable<Loose>({ o: { text: 'grün' } })
    using lua = createRuntime({ strictConversion: true, binaryStrings: true }).extend(sharedTables({ t: shared }))
    shared.batch(() => [shared.set('list', [1, { a: [] }]), shared.delete('o')])
    expect(lua.executeScript('return #t.list, t.o == nil, type(t.list[2].a)', { results: 'first' })).toBe(2)
  })
})

describe('a live view', () => {
  const live = (shared: SharedTable<object>): Lua => open(shared, { mode: 'live' })

  it('writes to the table and all other views', () => {
    using shared = createSharedTable<Loose>({ n: 1, ui: { color: 'red' }, list: [3, 1, 2] })
    using one = live(shared)
    using two = live(shared)
    using fixed = open(shared, { mode: 'readonly' })
    const heard: string[] = []
    shared.subscribe(({ path }) => heard.push(path.join('.')))
    const script = `
      local ui = t.ui
      t.n = t.n + 1
      ui.color = nil
      ui.more = { deep = { true } }
      ui.more.deep[2] = 0.5
      t.copy = ui
      t.list[#t.list + 1] = 9
      table.sort(t.list)
      table.remove(t.list, 1)
      t.empty, t.names = {}, {}
      t.empty[1] = 'item'
      t.names.key = 'name'
      return t.n, rawequal(ui, t.ui), ui.color`
    expect(one.executeScript(script)).toEqual([2, true, null])
    const ui = { more: { deep: [true, 0.5] } }
    const expected = { n: 2, ui, copy: ui, list: [2, 3, 9], empty: ['item'], names: { key: 'name' } }
    expect(shared.toObject()).toEqual(expected)
    for (const lua of [one, two, fixed]) expect(seen(lua)).toEqual(expected)
    expect(heard).toContain('ui.more.deep.1')
    two.executeScript('t.copy.more.deep[1] = "two"')
    expect(one.executeScript('return t.copy.more.deep[1], t.ui.more.deep[1]')).toEqual(['two', true])
  })

  it.each([
    't.f = print',
    't[1] = "number"',
    't[true] = 1',
    't[0.5] = 1',
    't.list[5] = 1',
    't.list[0] = 1',
    't.list[1] = nil',
    't.list.name = 1',
    't.o = { 1, name = 2 }',
    't.o = { [1] = 1, [3] = 3 }',
    't.o = { [{}] = 1 }',
    'local o = {} o.o = o t.o = o',
    't.o = { co = coroutine.create(print) }',
    't.__proto__ = {}',
    't.o = { __proto__ = { polluted = 1 } }',
    't[""] = 1',
    't.o = "\\255"',
    't["\\255"] = 1',
    't.many = { 1, 2, 3, 4, 5, 6, 7, 8 }',
    'rawset(t, "n", 2)',
    'setmetatable(t, nil)',
    'local ui = t.ui t.ui = nil ui.color = 1',
  ])('refuses %s', (script) => {
    using shared = createSharedTable<Loose>({ n: 1, ui: { color: 'red' }, list: [3, 1] }, { maxKeys: 10 })
    using lua = live(shared)
    using other = live(shared)
    expect(() => lua.executeScript(script)).toThrow()
    const { ui: _, ...rest } = shared.toObject()
    expect(rest).toEqual({ n: 1, list: [3, 1] })
    for (const each of [lua, other]) expect(seen(each)).toEqual(shared.toObject())
    expect(({} as Loose)['polluted']).toBe(undefined)
  })

  it('does not outlive its attachment, and cannot wait for sync', () => {
    using shared = createSharedTable<Loose>({ o: { n: 1 } })
    using lua = live(shared)
    lua.executeScript('kept = t.o')
    lua.detachSharedTable('t')
    expect(() => lua.executeScript('kept.n = 2')).toThrow('detached')
    expect(shared.get('o.n')).toBe(1)
    expect(() => lua.attachSharedTable('t', shared, { mode: 'live', updates: 'onSync' })).toThrow(invalid)
  })

  it('ends a ping-pong of two runtimes', () => {
    using shared = createSharedTable<Loose>({ ping: 0, pong: 0 })
    using one = live(shared)
    using two = live(shared)
    shared.subscribe('ping', () => one.executeScript('t.pong = t.pong + 1'))
    shared.subscribe('pong', () => two.executeScript('t.ping = t.ping + 1'))
    expect(() => one.executeScript('t.ping = 1')).toThrow(/answering changes with changes/)
    expect(shared.get('pong')).toBe(50)
  })
})
