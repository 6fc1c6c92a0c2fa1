import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRuntime, LuaConversionError, type LuaTable, type Runtime } from './index.ts'

let lua: Runtime
beforeEach(() => {
  lua = createRuntime()
})
afterEach(() => lua.dispose())

class Money {
  readonly cents: number
  constructor(cents: number) {
    this.cents = cents
  }
}

const isMoney = (value: object): value is Money => value instanceof Money
const isCents = (value: object): value is { cents: number } => 'cents' in value

function catchFrom(action: () => unknown): unknown {
  try {
    return ['returned', action()]
  } catch (error) {
    return error
  }
}

describe('registerTypeConverter', () => {
  it('is honoured at every door', () => {
    lua.registerTypeConverter(isMoney, ({ cents }) => `${cents} ct`)
    const money = new Money(5)
    lua.setGlobal('global', money)
    lua.setGlobal('path.to', money)
    lua.setGlobal('get', () => money)
    const table = lua.createTable({ field: money })
    table.set('set', money)
    table.raw.set('raw', money)
    table.push(money)
    table.setMetatable({ __index: () => money })
    lua.setGlobal('t', table)
    expect(
      lua.executeScript('return global, path.to, get(), t.field, t.set, t.raw, t[1], t.other, ...', { args: [money] }),
    ).toEqual(Array(9).fill('5 ct'))
    expect(lua.executeScript<(value: unknown) => unknown>('return function(v) return v end')(money)).toBe('5 ct')
    expect(lua.call('tostring', money)).toBe('5 ct')
    expect(lua.executeScript('return (...).a[1].b', { args: [{ a: [{ b: money }] }] })).toBe('5 ct')
    expect(lua.executeScript('return coroutine.wrap(function() return get() end)()')).toBe('5 ct')
    expect(lua.createTable(new Map([['k', money]])).get('k')).toBe('5 ct')
  })

  it('takes the first that matches, from the next conversion on', () => {
    lua.registerTypeConverter(isMoney, () => {
      lua.registerTypeConverter(Array.isArray, () => 'late')
      return 'first'
    })
    lua.registerTypeConverter(isMoney, () => 'second')
    expect(lua.executeScript('return (...)[1], (...)[2][1]', { args: [[new Money(1), [2]]] })).toEqual(['first', 2])
    expect(lua.executeScript('return ...', { args: [[1]] })).toBe('late')
  })

  it('fails the operation with its own error, and nothing is changed', () => {
    const thrown = { not: 'an error' }
    lua.registerTypeConverter(isMoney, () => {
      throw thrown
    })
    const table = lua.createTable()
    expect(catchFrom(() => table.set('x', new Money(1)))).toBe(thrown)
    expect(catchFrom(() => lua.setGlobal('x', [new Money(1)]))).toBe(thrown)
    lua.setGlobal('get', () => new Money(1))
    expect(catchFrom(() => lua.executeScript('return get()'))).toBe(thrown)
    expect(lua.executeScript('return (pcall(get)), x')).toEqual([false, null])
    expect(table.keys()).toEqual([])
  })

  it('may call into the runtime', () => {
    lua.executeScript('function format(n) return ("%.2f"):format(n / 100) end')
    lua.registerTypeConverter(isMoney, ({ cents }) => lua.call('format', cents))
    expect(lua.executeScript('return (...)[1], (...)[2]', { args: [[new Money(250), new Money(5)]] })).toEqual([
      '2.50',
      '0.05',
    ])
  })

  it('cannot loop', () => {
    lua.registerTypeConverter(isMoney, ({ cents }) => new Money(cents))
    expect(() => lua.setGlobal('x', new Money(1))).toThrow(LuaConversionError)
  })

  it('belongs to one runtime', () => {
    lua.registerTypeConverter(isMoney, () => 'converted')
    using other = createRuntime()
    expect(other.executeScript('return ...', { args: [new Money(1)] })).toEqual({ cents: 1 })
  })
})

describe('registerFromLuaConverter', () => {
  it('is honoured at every door', () => {
    lua.registerFromLuaConverter(isCents, ({ cents }) => new Money(cents))
    const money = new Money(5)
    const got: unknown[] = []
    lua.setGlobal('take', (...values: unknown[]) => got.push(...values))
    lua.executeScript(`
      m = { cents = 5 }
      t = { m = m, m }
      take(m, m) take({ m })
      pcall(take, m) coroutine.wrap(take)(m)
      setmetatable(t, { __index = function() return m end })
      function get() return m end`)
    expect(got).toEqual([money, money, [money], money, money])
    const table = lua.getGlobalRef('t') as LuaTable
    expect(lua.getGlobal('m')).toEqual(money)
    expect(lua.executeScript('return m, { m }, { { x = m } }')).toEqual([money, [money], [{ x: money }]])
    expect(lua.call('get')).toEqual(money)
    expect(lua.getGlobal<() => unknown>('get')()).toEqual(money)
    expect([table.get('m'), table.get('other'), table.get(1)]).toEqual([money, money, money])
    expect(table.ipairs.call(lua.createTable([{ cents: 5 }]))).toEqual([[1, money]])
    expect([...table].map(([, value]) => value)).toEqual([money, money])
    expect(table.toObject()).toEqual({ 1: money, m: money })
    expect(table.proxy<{ m: unknown }>().m).toEqual(money)
    expect(catchFrom(() => lua.executeScript('error(m)'))).toMatchObject({ value: money })
  })

  it('is given proxies, references, bytes and maps, also alone', () => {
    const seen: string[] = []
    const kind = (value: object): boolean => {
      seen.push(Object.prototype.toString.call(value).slice(8, -1))
      return false
    }
    using all = createRuntime({ libraries: 'all', binaryStrings: true, tableAs: 'map' })
    all.registerFromLuaConverter(kind, () => 1)
    all.executeScript(
      'return "bytes", io.stdout, setmetatable({}, {}), {}, coroutine.create(print), print, 1, true, nil',
    )
    expect(seen).toHaveLength(5)
    expect(seen).toEqual(expect.arrayContaining(['Uint8Array', 'LuaTable', 'Map']))
  })

  it('sees inner values first, and replaces them', () => {
    lua.registerFromLuaConverter(Array.isArray, (list: unknown[]) => new Set(list))
    lua.registerFromLuaConverter(
      (value) => value instanceof Set,
      () => 'never: the first match is all',
    )
    expect(lua.executeScript('return { 1, { 2 } }')).toEqual(new Set([1, new Set([2])]))
  })

  it('fails the operation with its own error', () => {
    const thrown = new Error('mine')
    lua.registerFromLuaConverter(isCents, () => {
      throw thrown
    })
    lua.setGlobal('take', () => 'taken')
    expect(catchFrom(() => lua.executeScript('return { cents = 1 }'))).toBe(thrown)
    expect(catchFrom(() => lua.executeScript('take({ cents = 1 })'))).toBe(thrown)
    expect(lua.executeScript('return (pcall(take, { cents = 1 })), take(1)')).toEqual([false, 'taken'])
  })

  it('may call into the runtime, and convert there', () => {
    lua.executeScript('function double(n) return { total = n * 2 } end')
    lua.registerFromLuaConverter(isCents, ({ cents }) => lua.call('double', cents))
    lua.registerFromLuaConverter(
      (value) => 'total' in value,
      (value) => (value as { total: number }).total,
    )
    expect(lua.executeScript('return { { cents = 1 }, { cents = 2 }, "still here" }')).toEqual([2, 4, 'still here'])
  })

  it('does not see what the runtime needs for itself', () => {
    lua.registerFromLuaConverter(
      () => true,
      () => 'everything',
    )
    lua.registerTypeConverter(
      () => true,
      () => 'everything',
    )
    const table = lua.createTable()
    expect(table.push('x')).toBeUndefined()
    table.setMetatable({ __index: () => 1 })
    expect(table.getMetatable()?.keys()).toEqual(['__index'])
    const env = lua.createEnvironment({ whitelist: ['print', 'type'] })
    expect(lua.executeScriptIn(env, 'return type(print), type(string)')).toEqual(['function', 'nil'])
  })
})

describe('both', () => {
  it('refuse what is no function', () => {
    const invalid = expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' })
    for (const wrong of [undefined, null, 1, 'x', {}]) {
      expect(() => lua.registerTypeConverter(wrong as never, () => 1)).toThrow(invalid)
      expect(() => lua.registerTypeConverter(() => true, wrong as never)).toThrow(invalid)
      expect(() => lua.registerFromLuaConverter(wrong as never, () => 1)).toThrow(invalid)
      expect(() => lua.registerFromLuaConverter(() => true, wrong as never)).toThrow(invalid)
    }
  })

  it('go on after a reset', () => {
    lua.registerTypeConverter(isMoney, ({ cents }) => `${cents} ct`)
    lua.registerFromLuaConverter(
      () => true,
      () => 'from Lua',
    )
    lua.reset()
    expect(lua.executeScript('return ..., {}, setmetatable({}, {})', { args: [new Money(1)] })).toEqual([
      '1 ct',
      'from Lua',
      'from Lua',
    ])
  })

  it('make a round trip', () => {
    lua.registerTypeConverter(isMoney, ({ cents }) => ({ cents }))
    lua.registerFromLuaConverter(isCents, ({ cents }) => new Money(cents))
    expect(lua.executeScript('return ...', { args: [[new Money(7)]] })).toEqual([new Money(7)])
  })
})
