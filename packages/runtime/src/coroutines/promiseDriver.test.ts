import { describe, expect, it } from 'vitest'
import { createRuntime } from '../createRuntime.ts'
import type { Runtime } from '../runtime.ts'

const later = (value: unknown): Promise<unknown> => Promise.resolve().then(() => value)
const failing = (reason: unknown): Promise<never> => Promise.reject(reason)

async function collect(lua: Runtime, body: string): Promise<unknown[]> {
  const values: unknown[] = []
  for await (const value of lua.createCoroutine(`return function() ${body} end`)) values.push(value)
  return values
}

describe('for await', () => {
  it('waits for what promise:await() is called on', async () => {
    using lua = createRuntime({ globals: { later } })
    expect(await collect(lua, 'for i = 1, 3 do coroutine.yield(later(i):await() * 2) end')).toEqual([2, 4, 6])
    expect(await collect(lua, 'coroutine.yield(later({ a = 1 }):await().a, later():await())')).toEqual([[1, null]])
  })

  it('waits for promises that are yielded', async () => {
    using lua = createRuntime({ globals: { later } })
    expect(await collect(lua, 'local v = coroutine.yield(later(4)) coroutine.yield(v + 1)')).toEqual([5])
  })

  it('raises rejections where they are awaited, for pcall to catch', async () => {
    using lua = createRuntime({ globals: { failing } })
    const error = new Error('refused')
    lua.setGlobal('reject', () => failing(error))
    expect(
      await collect(
        lua,
        'local p = reject() local ok, err = pcall(p.await, p) coroutine.yield(ok) coroutine.yield(err.message)',
      ),
    ).toEqual([false, 'refused'])
    expect(
      await collect(lua, 'local ok, err = pcall(function() return failing("text"):await() end) coroutine.yield(ok)'),
    ).toEqual([false])
    await expect(collect(lua, 'reject():await()')).rejects.toBe(error)
  })

  it('ends with the rejection of a yielded promise, and closes the coroutine', async () => {
    const error = new Error('refused')
    using lua = createRuntime({ globals: { reject: () => failing(error) } })
    await expect(
      collect(
        lua,
        'local c <close> = setmetatable({}, { __close = function() closed = true end }) coroutine.yield(reject()) after = true',
      ),
    ).rejects.toBe(error)
    expect(lua.executeScript('return closed, after')).toEqual([true, null])
  })

  it('gives yields that are no promises to the loop, and the result with done', async () => {
    using lua = createRuntime({ globals: { later } })
    const steps = lua
      .createCoroutine('return function(a) local b = coroutine.yield(a) return later(b):await() end')
      [Symbol.asyncIterator]()
    expect(await steps.next(1)).toEqual({ done: false, value: 1 })
    expect(await steps.next(2)).toEqual({ done: true, value: 2 })
    expect(await steps.next()).toEqual({ done: true, value: undefined })
  })

  it('takes calls one after the other', async () => {
    using lua = createRuntime({ globals: { later } })
    const steps = lua
      .createCoroutine('return function() for i = 1, 2 do coroutine.yield(later(i):await()) end end')
      [Symbol.asyncIterator]()
    expect(await Promise.all([steps.next(), steps.next(), steps.next()])).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: undefined },
    ])
  })

  it('closes when a loop is left early', async () => {
    using lua = createRuntime({ globals: { later } })
    const co = lua.createCoroutine('return function() while true do coroutine.yield(later(1):await()) end end')
    for await (const value of co) {
      expect(value).toBe(1)
      break
    }
    expect(co.status).toBe('dead')
  })

  it('runs several coroutines at a time, and other scripts while they wait', async () => {
    using lua = createRuntime({ globals: { later } })
    const both = Promise.all(['a', 'b'].map((name) => collect(lua, `coroutine.yield(later("${name}"):await())`)))
    expect(lua.executeScript('return 1')).toBe(1)
    expect(await both).toEqual([['a'], ['b']])
  })

  it('reports values that cannot cross where they are awaited', async () => {
    using lua = createRuntime({ globals: { symbol: () => later(Symbol('s')) } })
    expect(await collect(lua, 'local p = symbol() local ok = pcall(p.await, p) coroutine.yield(ok)')).toEqual([false])
    await expect(collect(lua, 'symbol():await()')).rejects.toMatchObject({ code: 'LUA_CONVERSION' })
  })

  it('refuses await on something else', async () => {
    using lua = createRuntime({ globals: { later } })
    await expect(collect(lua, 'later(1).await(5)')).rejects.toThrow('Expected "promise" to be a promise')
  })

  it('gives scripts nothing of a promise but await', async () => {
    using lua = createRuntime({ globals: { later } })
    expect(
      await collect(lua, 'local p = later(1) coroutine.yield(p["then"], p.constructor, getmetatable(p), type(p))'),
    ).toEqual([[null, null, 'Promise', 'userdata']])
  })

  it('refuses promises outside, as ever', async () => {
    using lua = createRuntime({ globals: { later } })
    expect(await collect(lua, 'later(1):await()')).toEqual([])
    expect(() => lua.executeScript('later(1)')).toThrow(expect.objectContaining({ code: 'LUA_CONVERSION' }))
    expect(() => lua.createCoroutine('return function() later(1) end').resume()).toThrow(
      expect.objectContaining({ code: 'LUA_CONVERSION' }),
    )
  })

  it('counts each resume under the limits, not the waiting', async () => {
    using lua = createRuntime({ maxInstructions: 20_000, globals: { later } })
    expect(
      await collect(lua, 'for i = 1, 20 do for j = 1, 3000 do end later(i):await() end coroutine.yield("done")'),
    ).toEqual(['done'])
    await expect(collect(lua, 'later(1):await() while true do end')).rejects.toMatchObject({ code: 'LUA_LIMIT' })
  })

  it('rejects when the runtime is closed while it waits', async () => {
    const lua = createRuntime({ globals: { later } })
    const steps = lua.createCoroutine('return function() later(1):await() end')[Symbol.asyncIterator]()
    const next = steps.next()
    lua.dispose()
    await expect(next).rejects.toMatchObject({ code: 'LUA_DISPOSED' })
  })

  it('works without a coroutine library for coroutines that do not wait', async () => {
    using lua = createRuntime({ libraries: ['base'] })
    expect(await collect(lua, 'return 1')).toEqual([])
  })
})
