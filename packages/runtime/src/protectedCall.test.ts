import { describe, expect, it } from 'vitest'
import { createRuntime } from './createRuntime.ts'

describe('pcall', () => {
  it('gives the value, in the shape of results', () => {
    using lua = createRuntime()
    const echo = lua.executeScript<(...args: unknown[]) => unknown>('return function(...) return ... end')
    expect(lua.pcall(echo)).toEqual({ ok: true, value: undefined })
    expect(lua.pcall(echo, 1)).toEqual({ ok: true, value: 1 })
    expect(lua.pcall(echo, 1, 'a')).toEqual({ ok: true, value: [1, 'a'] })
  })

  it('gives errors of Lua and of JavaScript', () => {
    const error = new Error('mine')
    using lua = createRuntime({
      globals: {
        fail: () => {
          throw error
        },
      },
    })
    const raise = lua.executeScript<(value: unknown) => void>('return function(value) error(value) end')
    expect(lua.pcall(raise, { code: 1 })).toMatchObject({
      ok: false,
      error: { code: 'LUA_RUNTIME', value: { code: 1 } },
    })
    expect(lua.pcall(lua.getGlobal<() => void>('fail'))).toEqual({ ok: false, error })
    expect(
      lua.pcall(() => {
        throw null
      }),
    ).toEqual({ ok: false, error: null })
  })

  it('throws at limits, of the run that is going on too', () => {
    using lua = createRuntime({ maxInstructions: 10_000 })
    const spin = lua.executeScript<() => void>('return function() while true do end end')
    const limit = expect.objectContaining({ code: 'LUA_LIMIT' })
    expect(() => lua.pcall(spin)).toThrow(limit)
    lua.setGlobal('inner', () => lua.pcall(spin).ok)
    expect(() => lua.executeScript('inner()')).toThrow(limit)
    expect(lua.executeScript('return 1')).toBe(1)
  })

  it('gives memory errors, which leave the runtime usable', () => {
    using lua = createRuntime({ maxMemory: 2_000_000 })
    const grow = lua.executeScript<() => void>('return function() return #("x"):rep(1e7) end')
    expect(lua.pcall(grow)).toMatchObject({ ok: false, error: { code: 'LUA_MEMORY' } })
  })

  it.each([undefined, null, 5, 'print', {}])('refuses %s', (fn) => {
    using lua = createRuntime()
    expect(() => lua.pcall(fn as never)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })
})

describe('release', () => {
  it('lets go of functions, tables, proxies and coroutines, which are refused then', () => {
    using lua = createRuntime({ libraries: 'all' })
    const fn = lua.executeScript<() => number>('return function() return 1 end')
    const table = lua.createTable({ a: 1 })
    const proxy = lua.executeScript<{ a: number }>('return setmetatable({ a = 1 }, {})')
    const co = lua.createCoroutine('return function() end')
    const file = lua.executeScript<object>('return io.stdout')
    const uses: [object, () => unknown][] = [
      [fn, () => fn()],
      [table, () => table.get('a')],
      [proxy, () => proxy.a],
      [co, () => co.resume()],
    ]
    for (const [value, use] of uses) {
      use()
      lua.release(value)
      lua.release(value)
      expect(use).toThrow(
        expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT', message: expect.stringContaining('released') }),
      )
    }
    lua.release(file)
    expect(() => lua.setGlobal('f', file)).toThrow()
  })

  it.each([undefined, null, 5, 'text', {}, () => 1, Promise.resolve()])('refuses %s', (value) => {
    using lua = createRuntime()
    expect(() => lua.release(value)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })

  it('refuses values of another runtime', () => {
    using lua = createRuntime()
    using other = createRuntime()
    expect(() => lua.release(other.executeScript('return function() end'))).toThrow()
    expect(() => lua.release(other.createTable())).toThrow()
  })
})
