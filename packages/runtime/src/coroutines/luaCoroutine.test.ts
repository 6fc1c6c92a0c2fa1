import { describe, expect, it } from 'vitest'
import { createRuntime } from '../createRuntime.ts'
import { LuaCoroutine } from './luaCoroutine.ts'

const counter = 'return function(n) for i = 1, n or 3 do coroutine.yield(i) end return "end" end'

describe('a coroutine', () => {
  it.each([0, 1, 2, 3, 8, 9, 16, 17, 300])('passes and yields %i values', (count) => {
    using lua = createRuntime()
    const co = lua.createCoroutine('return function(...) local n = select("#", coroutine.yield(...)) return n end')
    const values = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? index : `v${index}`))
    expect(co.resume(...values)).toEqual({ status: 'suspended', values })
    expect(co.resume(...values)).toEqual({ status: 'dead', values: [count] })
    const nested = lua.createCoroutine('return function(t) return coroutine.yield(t) end')
    expect(nested.resume(values)).toEqual({ status: 'suspended', values: [values] })
    expect(nested.resume(null)).toEqual({ status: 'dead', values: [null] })
  })

  it('gives its own outcome when another one is resumed while its values cross', () => {
    using lua = createRuntime()
    const other = lua.createCoroutine('return function() return 1, 2, 3 end')
    lua.registerFromLuaConverter(
      (value): value is { inner: true } => 'inner' in value,
      () => other.resume().values.length,
    )
    const co = lua.createCoroutine('return function() coroutine.yield({ inner = true }) end')
    expect(co.resume()).toEqual({ status: 'suspended', values: [3] })
  })

  it('is resumed with values, and gives what it yields and returns', () => {
    using lua = createRuntime()
    const co = lua.createCoroutine(
      'return function(a) local b, c = coroutine.yield(a, { a }) coroutine.yield() return b + c, nil end',
    )
    expect(co).toBeInstanceOf(LuaCoroutine)
    expect(co.status).toBe('suspended')
    expect(co.resume(1)).toEqual({ status: 'suspended', values: [1, [1]] })
    expect(co.resume(2, 3)).toEqual({ status: 'suspended', values: [] })
    expect(co.resume()).toEqual({ status: 'dead', values: [5, null] })
    expect(co.status).toBe('dead')
    expect(() => co.resume()).toThrow(expect.objectContaining({ code: 'LUA_RUNTIME' }))
  })

  it('is made of a Lua function, or of source with a name and arguments', () => {
    using lua = createRuntime()
    const body = lua.executeScript<() => number>('return function(a) return coroutine.yield(a) end')
    expect(lua.createCoroutine(body).resume(5).values).toEqual([5])
    expect(lua.createCoroutine('local n = ... return function() return n end', { args: [7] }).resume().values).toEqual([
      7,
    ])
    const failing = lua.createCoroutine('return function() error("x") end', { chunkName: '@co.lua' })
    expect(() => failing.resume()).toThrow(expect.objectContaining({ chunk: 'co.lua', line: 1 }))
    expect(lua.createCoroutine(Buffer.from('return function() return 1 end')).resume().values).toEqual([1])
  })

  it.each([
    [undefined, undefined, 'LUA_INVALID_ARGUMENT'],
    [5, undefined, 'LUA_INVALID_ARGUMENT'],
    [(): number => 1, undefined, 'LUA_INVALID_ARGUMENT'],
    ['return 1', undefined, 'LUA_INVALID_ARGUMENT'],
    ['', undefined, 'LUA_INVALID_ARGUMENT'],
    ['return function(', undefined, 'LUA_SYNTAX'],
    ['error("x")', undefined, 'LUA_RUNTIME'],
    [counter, { name: 'x' }, 'LUA_UNKNOWN_OPTION'],
    [counter, { chunkName: 1 }, 'LUA_INVALID_ARGUMENT'],
    [counter, { args: {} }, 'LUA_INVALID_ARGUMENT'],
  ])('refuses the body %s with %o', (body, options, code) => {
    using lua = createRuntime()
    const create = lua.createCoroutine.bind(lua) as (body: unknown, options: unknown) => unknown
    expect(() => create(body, options)).toThrow(expect.objectContaining({ code }))
  })

  it('refuses a function of another runtime', () => {
    using lua = createRuntime()
    using other = createRuntime()
    const body = other.executeScript<() => void>('return function() end')
    expect(() => lua.createCoroutine(body)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })

  it('is the very thread in Lua, and the same object each time it comes out', () => {
    using lua = createRuntime()
    const co = lua.createCoroutine(counter)
    lua.setGlobal('co', co)
    expect(lua.executeScript('return type(co), co == ..., coroutine.status(co)', { args: [co] })).toEqual([
      'thread',
      true,
      'suspended',
    ])
    expect(lua.executeScript('return select(2, coroutine.resume(co))')).toBe(1)
    expect(co.resume().values).toEqual([2])
    expect(lua.getGlobal('co')).toBe(co)
    expect(lua.executeScript<unknown[]>('return { co }')[0]).toBe(co)
    const made = lua.executeScript<LuaCoroutine>('t = coroutine.create(function() return 9 end) return t')
    expect(made).toBe(lua.getGlobal('t'))
    expect(made.resume().values).toEqual([9])
  })

  it('throws its error with its own traceback', () => {
    using lua = createRuntime()
    const co = lua.createCoroutine(
      'local function inner() error({ code = 5 }) end\nreturn function()\n  coroutine.yield()\n  inner()\nend',
      { chunkName: '@co.lua' },
    )
    co.resume()
    expect(() => co.resume()).toThrow(
      expect.objectContaining({
        code: 'LUA_RUNTIME',
        value: { code: 5 },
        traceback: expect.stringMatching(/inner[\s\S]*co\.lua:4/),
      }),
    )
    expect(co.status).toBe('dead')
    expect([...co]).toEqual([])
  })

  it('keeps the identity of what host functions throw', () => {
    const error = new Error('mine')
    using lua = createRuntime({
      globals: {
        fail: () => {
          throw error
        },
      },
    })
    expect(() => lua.createCoroutine('return function() fail() end').resume()).toThrow(error)
  })

  it('counts each resume as a run of its own under the limits', () => {
    using lua = createRuntime({ maxInstructions: 20_000 })
    const co = lua.createCoroutine('return function() while true do for i = 1, 5000 do end coroutine.yield() end end')
    for (let i = 0; i < 50; i++) expect(co.resume().status).toBe('suspended')
    const endless = lua.createCoroutine('return function() coroutine.yield(1) while true do pcall(error) end end')
    endless.resume()
    expect(() => endless.resume()).toThrow(expect.objectContaining({ code: 'LUA_LIMIT', limit: 'instructions' }))
    expect(endless.status).toBe('dead')
    expect(lua.executeScript('return 1')).toBe(1)
  })

  it('closes its variables', () => {
    using lua = createRuntime()
    const source = `return function(fails)
      local a <close> = setmetatable({}, { __close = function() closed = true if fails then error("close") end end })
      coroutine.yield()
    end`
    const co = lua.createCoroutine(source)
    co.resume()
    co.close()
    expect(co.status).toBe('dead')
    expect(lua.getGlobal('closed')).toBe(true)
    co.close()
    const failing = lua.createCoroutine(source)
    failing.resume(true)
    expect(() => failing.close()).toThrow('close')
    expect(failing.status).toBe('dead')
    failing.close()
  })

  it('is closed and released by dispose, once', () => {
    using lua = createRuntime()
    const co = lua.createCoroutine(counter)
    {
      using inner = co
      inner.resume()
    }
    co.dispose()
    for (const use of [() => co.resume(), () => co.status, () => co.close(), () => [...co]]) {
      expect(use).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
    }
    expect(() => lua.setGlobal('x', co)).toThrow(expect.objectContaining({ code: 'LUA_CONVERSION' }))
  })

  it('is refused by another runtime, and after dispose', () => {
    const lua = createRuntime()
    using other = createRuntime()
    const co = lua.createCoroutine(counter)
    expect(() => other.setGlobal('co', co)).toThrow()
    lua.dispose()
    expect(() => co.resume()).toThrow(expect.objectContaining({ code: 'LUA_DISPOSED' }))
  })

  it('sees its status from inside, and cannot resume itself', () => {
    using lua = createRuntime()
    const seen: unknown[] = []
    const outer: LuaCoroutine = lua.createCoroutine('return function(look, inner) look() coroutine.resume(inner) end')
    const inner = lua.createCoroutine('local look = ... return function() look() end', {
      args: [() => seen.push(outer.status)],
    })
    outer.resume(() => {
      seen.push(outer.status)
      expect(() => outer.resume()).toThrow(expect.objectContaining({ code: 'LUA_RUNTIME' }))
      expect(() => outer.close()).toThrow()
    }, inner)
    expect(seen).toEqual(['running', 'normal'])
  })

  it('works nested: JavaScript resumes one from a host function of another', () => {
    using lua = createRuntime()
    const inner = lua.createCoroutine(counter)
    lua.setGlobal('nextInner', () => inner.resume().values[0])
    const outer = lua.createCoroutine('return function() while true do coroutine.yield(nextInner() * 10) end end')
    expect([outer.resume().values, outer.resume().values]).toEqual([[10], [20]])
  })

  it('passes every kind of value through yields and resumes', () => {
    using lua = createRuntime()
    const echo = lua.createCoroutine(
      'return function(...) local v = table.pack(...) while true do v = table.pack(coroutine.yield(table.unpack(v, 1, v.n))) end end',
    )
    const values = [null, true, -0, Number.NaN, 2n ** 60n, 'a\0b', [1, [2]], { a: { b: 1 } }, Infinity]
    expect(echo.resume(...values).values).toEqual(values)
    expect(echo.resume(...values).values).toEqual(values)
  })

  it('leaves a coroutine suspended whose argument cannot be converted', () => {
    using lua = createRuntime()
    const co = lua.createCoroutine(counter)
    expect(() => co.resume(Symbol('s'))).toThrow(expect.objectContaining({ code: 'LUA_CONVERSION', path: 'args[0]' }))
    expect(co.resume(1).values).toEqual([1])
  })
})

describe('iteration', () => {
  it('gives yields, and the returned value with done', () => {
    using lua = createRuntime()
    expect([...lua.createCoroutine(counter)]).toEqual([1, 2, 3])
    const steps = lua.createCoroutine(counter)[Symbol.iterator]()
    expect([steps.next(1), steps.next(), steps.next()]).toEqual([
      { done: false, value: 1 },
      { done: true, value: 'end' },
      { done: true, value: undefined },
    ])
  })

  it('shapes yields as results are', () => {
    using lua = createRuntime()
    const co = lua.createCoroutine('return function() coroutine.yield() coroutine.yield(nil) coroutine.yield(1, 2) end')
    expect([...co]).toEqual([undefined, null, [1, 2]])
  })

  it('closes when a loop is left early, by break or an error', () => {
    using lua = createRuntime()
    for (const leave of ['break', 'throw']) {
      const co = lua.createCoroutine(counter)
      try {
        for (const value of co) {
          expect(value).toBe(1)
          if (leave === 'throw') throw new Error('left')
          break
        }
      } catch (error) {
        expect(error).toEqual(new Error('left'))
      }
      expect(co.status).toBe('dead')
    }
  })

  it('ends with the error of the coroutine', () => {
    using lua = createRuntime()
    const steps = lua.createCoroutine('return function() coroutine.yield(1) error("oops", 0) end')[Symbol.iterator]()
    steps.next()
    expect(() => steps.next()).toThrow('oops')
    expect(steps.next()).toEqual({ done: true, value: undefined })
  })

  it('shares one thread among iterators', () => {
    using lua = createRuntime()
    const co = lua.createCoroutine(counter)
    const [a, b] = [co[Symbol.iterator](), co[Symbol.iterator]()]
    expect([a.next().value, b.next().value, a.next().value]).toEqual([1, 2, 3])
  })
})
