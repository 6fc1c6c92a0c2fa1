import { describe, expect, it } from 'vitest'
import { createRuntime } from '../createRuntime.ts'

describe('setUserdata', () => {
  it('gives scripts a value to hold by default', () => {
    using lua = createRuntime()
    const secret = { a: 1 }
    lua.setUserdata('it', secret)
    expect(lua.executeScript('return it')).toBe(secret)
    expect(lua.executeScript<[string, string]>('return type(it), tostring(it)')).toEqual([
      'userdata',
      expect.stringMatching(/^it: /),
    ])
    expect(() => lua.executeScript('return it.a')).toThrow('attempt to index')
    expect(() => lua.executeScript('it.a = 2')).toThrow('attempt to index')
    expect(lua.executeScript('return getmetatable(it)')).toBe('it')
  })

  it('reads and writes the object itself', () => {
    using lua = createRuntime()
    const object = { n: 1, list: ['a'], _p: 2, f: () => 1 }
    lua.setUserdata('it', object, { readable: true, writable: true })
    expect(lua.executeScript('return it.n, it.list[1], it._p, it.f, it.constructor, it.__proto__')).toEqual([
      1,
      'a',
      null,
      null,
      null,
      null,
    ])
    lua.executeScript('it.n = it.n + 1 it.list = nil')
    expect(object).toEqual({ n: 2, list: null, _p: 2, f: object.f })
    for (const name of ['_p', 'f', 'other', '__proto__', 'toString', 'then']) {
      expect(() => lua.executeScript(`it["${name}"] = 1`)).toThrow('cannot be written')
    }
  })

  it('reads and writes listed names only', () => {
    using lua = createRuntime()
    const object: Record<string, unknown> = { a: 1, b: 2 }
    lua.setUserdata('it', object, { readable: ['a'], writable: ['b', 'c'] })
    expect(lua.executeScript('it.b = 3 it.c = 4 return it.a, it.b')).toEqual([1, null])
    expect(object).toEqual({ a: 1, b: 3, c: 4 })
    expect(() => lua.executeScript('it.a = 1')).toThrow('cannot be written')
  })

  it('sees inherited properties and accessors, and elements of arrays', () => {
    using lua = createRuntime()
    lua.setUserdata('map', new Map([['a', 1]]), { readable: true })
    lua.setUserdata('list', ['x', 'y'], { readable: true, writable: true })
    expect(lua.executeScript('list[0] = "z" return map.size, map.get, list[0], list[1], list[9], list.length')).toEqual(
      [1, null, 'z', 'y', null, 2],
    )
  })

  it('calls methods with the object', () => {
    using lua = createRuntime()
    const object = { n: 1 }
    lua.setUserdata('it', object, { methods: { add: (self: typeof object, by: number) => (self.n += by) } })
    const set = new Set(['a'])
    lua.setUserdata('set', set, { methods: ['has', 'add'] })
    expect(lua.executeScript('set:add("b") return it:add(2), it.n, set:has("b"), set.clear')).toEqual([
      3,
      null,
      true,
      null,
    ])
    expect(set).toEqual(new Set(['a', 'b']))
    expect(() => lua.executeScript('it.add(set, 1)')).toThrow('it expected')
    expect(() => lua.executeScript('it.add({}, 1)')).toThrow('it expected')
  })

  it('makes the object the same userdata everywhere', () => {
    using lua = createRuntime()
    const object = { n: 1 }
    lua.setUserdata('it', object, { readable: true })
    lua.setGlobal('nested', { list: [object] })
    expect(lua.executeScript('return nested.list[1] == it, ... == it', { args: [object] })).toEqual([true, true])
    lua.setUserdata('again', object, { readable: false })
    expect(lua.executeScript('return again == it')).toBe(true)
    expect(() => lua.executeScript('return it.n')).toThrow('attempt to index')
    lua.setUserdata('it', object, { readable: ['n'] })
    expect(lua.executeScript('return again.n')).toBe(1)
  })

  it.each([
    [5, {}, undefined, 'LUA_INVALID_ARGUMENT'],
    ['', {}, undefined, 'LUA_INVALID_ARGUMENT'],
    ['it', null, undefined, 'LUA_INVALID_ARGUMENT'],
    ['it', 'text', undefined, 'LUA_INVALID_ARGUMENT'],
    ['it', () => 1, undefined, 'LUA_INVALID_ARGUMENT'],
    ['it', {}, { read: true }, 'LUA_UNKNOWN_OPTION'],
    ['it', {}, { readable: 1 }, 'LUA_INVALID_ARGUMENT'],
    ['it', {}, { writable: [1] }, 'LUA_INVALID_ARGUMENT'],
    ['it', {}, { methods: ['missing'] }, 'LUA_INVALID_ARGUMENT'],
    ['it', {}, { methods: { a: 1 } }, 'LUA_INVALID_ARGUMENT'],
    ['it', {}, null, 'LUA_INVALID_ARGUMENT'],
  ])('refuses %s, %o, %o', (name, object, options, code) => {
    using lua = createRuntime()
    const set = lua.setUserdata.bind(lua) as (name: unknown, object: unknown, options: unknown) => void
    expect(() => set(name, object, options)).toThrow(expect.objectContaining({ code }))
    expect(lua.getGlobal('it')).toBe(null)
  })

  it('refuses instances of classes and values of Lua', () => {
    using lua = createRuntime()
    class Point {}
    lua.registerClass(Point)
    expect(() => lua.setUserdata('p', new Point())).toThrow('received one of "Point"')
    expect(() => lua.setUserdata('t', lua.createTable())).toThrow('stands for a Lua value')
  })

  it('leaves the object data when the global cannot be set', () => {
    using lua = createRuntime()
    const object = { a: 1 }
    lua.executeScript('setmetatable(_G, { __newindex = function() error("locked") end })')
    expect(() => lua.setUserdata('it', object)).toThrow('locked')
    expect(lua.executeScript('return type(...)', { args: [object] })).toBe('table')
  })
})
