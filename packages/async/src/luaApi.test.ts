import { createRuntime, type Runtime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { asyncActions } from './extension.ts'
import type { AsyncMethods } from './index.ts'

const after = (ms: number, value?: unknown): Promise<unknown> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, value)
  })

function open(globals: Record<string, unknown> = {}): Runtime & AsyncMethods {
  return createRuntime({
    libraries: 'all',
    globals: { after, never: () => new Promise(() => undefined), now: async (v: unknown) => v, ...globals },
  }).extend(asyncActions())
}

describe('async.spawn', () => {
  it('overlaps what tasks wait for', async () => {
    const source = `
      local order = {}
      local function wait(ms) after(ms) order[#order + 1] = ms return ms end
      local a, b, c = async.spawn(wait, 60), async.spawn(wait, 40), async.spawn(wait, 20)
      return a:await() + b:await() + c:await(), order`
    const begin = performance.now()
    expect(await open().executeScriptAsync(source)).toEqual([120, [20, 40, 60]])
    expect(performance.now() - begin).toBeLessThan(110)
  })

  it('gives all results, and raises what the task raised', async () => {
    const source = `
      local none, many = async.spawn(function() end), async.spawn(function(...) return ... end, 1, nil, 3, nil)
      local failing = async.spawn(function() error({ code = 5 }) end)
      local held, e = pcall(failing.await, failing)
      return select("#", none:await()), select("#", many:await()), held, e.code, failing:status(), many:status()`
    expect(await open().executeScriptAsync(source)).toEqual([0, 4, false, 5, 'failed', 'done'])
  })

  it('takes turns at waits only', async () => {
    const source = `
      local log = {}
      local function f(name) for i = 1, 3 do log[#log + 1] = name now() end end
      async.all { function() f("a") end, function() f("b") end }
      return table.concat(log)`
    const log = await open().executeScriptAsync<string>(source)
    expect([...log].sort().join('')).toBe('aaabbb')
  })

  it('is transparent to coroutines in tasks', async () => {
    const source = `
      local function counter(n) return coroutine.wrap(function() for i = 1, n do after(1) coroutine.yield(i) end end) end
      local function sum(n) local s = 0 for i in counter(n) do s = s + i end return s end
      local r = async.all { function() return sum(3) end, function() return sum(5) end }
      return r[1], r[2], coroutine.isyieldable(), pcall(coroutine.yield)`
    expect(await open().executeScriptAsync(source)).toEqual([
      6,
      15,
      false,
      false,
      'attempt to yield from outside a coroutine',
    ])
  })

  it('keeps a coroutine that waits from other tasks', async () => {
    const source = `
      local co = coroutine.create(function() after(20) return "own" end)
      local base
      local a = async.spawn(function() base = coroutine.running() return select(2, coroutine.resume(co)) end)
      after(1)
      return coroutine.status(co), select(2, coroutine.resume(co)), pcall(coroutine.close, co), coroutine.status(base),
        select(2, coroutine.resume(base)), pcall(coroutine.close, base), a:await()`
    const lua = open()
    const message = 'cannot resume a coroutine that waits for the host'
    const results = await lua.executeScriptAsync<unknown[]>(source)
    expect(results).toEqual(['normal', message, false, 'normal', message, false, 'own'])
  })

  it('ends tasks with their run, and closes their variables', async () => {
    const source = `
      closed = 0
      local function f() local c <close> = setmetatable({}, { __close = function() closed = closed + 1 end }) never() end
      for i = 1, 3 do async.spawn(f) end
      after(1)
      return 1`
    const lua = open()
    expect(await lua.executeScriptAsync(source)).toBe(1)
    expect(lua.getGlobal('closed')).toBe(3)
  })

  it('ends when all tasks wait for one another', async () => {
    const lua = open()
    const source =
      'local a, b a = async.spawn(function() b:await() end) b = async.spawn(function() a:await() end) a:await()'
    await expect(lua.executeScriptAsync(source)).rejects.toThrow('every task of the run waits for another one')
    await expect(lua.executeScriptAsync('local t t = async.spawn(function() t:await() end) t:await()')).rejects.toThrow(
      'a task cannot wait for itself',
    )
    expect(await lua.executeScriptAsync('return 1')).toBe(1)
  })
})

describe('task:cancel', () => {
  it.each([
    ['that waits for the host', 'never()'],
    ['that sleeps', 'async.sleep(1e6)'],
    ['that waits for a task', 'async.spawn(never):await()'],
    ['that waits in a coroutine', 'coroutine.wrap(function() never() end)()'],
  ])('ends a task %s', async (_, source) => {
    const lua = open()
    const result = await lua.executeScriptAsync(`
      local closed
      local t = async.spawn(function()
        local c <close> = setmetatable({}, { __close = function() closed = true end })
        ${source}
      end)
      after(1)
      t:cancel()
      t:cancel()
      local held, e = pcall(t.await, t)
      return held, e:match("task cancelled$"), t:status(), closed`)
    expect(result).toEqual([false, 'task cancelled', 'cancelled', true])
  })

  it('lets a task that has not begun never begin', async () => {
    const source = 'local t = async.spawn(function() x = 1 end) t:cancel() pcall(t.await, t) return x, t:status()'
    expect(await open().executeScriptAsync(source)).toEqual([null, 'cancelled'])
  })

  it('can be caught', async () => {
    const source = `
      local t = async.spawn(function() local held, e = pcall(never) after(1) return e end)
      after(1) t:cancel() return t:await()`
    expect(await open().executeScriptAsync(source)).toBe('task cancelled')
  })
})

describe('async.all and async.race', () => {
  it('give results in order', async () => {
    const source = `
      local r = async.all { function() after(10) return "a" end, async.spawn(after, 1, "b"), function() return nil end }
      return r[1], r[2], r[3], r.n, #async.all {}`
    expect(await open().executeScriptAsync(source)).toEqual(['a', 'b', null, 3, 0])
  })

  it('raise the first error and cancel the rest', async () => {
    const source = `
      local slow = async.spawn(never)
      local held, e = pcall(async.all, { slow, function() after(1) error("first", 0) end, function() never() end })
      return held, e, slow:status(), pcall(slow.await, slow)`
    expect(await open().executeScriptAsync(source)).toEqual([false, 'first', 'running', false, 'task cancelled'])
  })

  it('race gives what is first and cancels the rest', async () => {
    const source = `
      local slow = async.spawn(never)
      local a, b = async.race { slow, function() after(5) return 1, 2 end }
      after(1)
      return a, b, slow:status(), select(2, pcall(async.race, { never, function() error("e", 0) end }))`
    expect(await open().executeScriptAsync(source)).toEqual([1, 2, 'cancelled', 'e'])
  })
})

describe('the library', () => {
  it.each([
    ['async.spawn()', 'Expected a function for async.spawn, received nil'],
    ['async.spawn({})', 'Expected a function'],
    ['async.sleep()', 'Expected milliseconds'],
    ['async.sleep(-1)', 'Expected milliseconds'],
    ['async.sleep(0/0)', 'Expected milliseconds'],
    ['async.sleep(1e300)', 'Expected milliseconds'],
    ['async.all()', 'Expected a list'],
    ['async.all({ 1 })', 'Expected a task or function at 1'],
    ['async.race({})', 'Expected at least one'],
    ['async.spawn(print).await()', 'called with a colon'],
    ['async.spawn(print).cancel({})', 'called with a colon'],
    ['table.sort({ 1, 2, 3 }, function() async.spawn(never):await() end)', 'across a C-call boundary'],
  ])('refuses %s', async (source, message) => {
    const lua = open()
    await expect(lua.executeScriptAsync(source)).rejects.toThrow(message)
    expect(await lua.executeScriptAsync('return async.spawn(now, 3):await()')).toBe(3)
  })

  it('works in asynchronous runs only', () => {
    const lua = open()
    for (const source of ['async.spawn(print)', 'async.sleep(1)', 'async.all({})']) {
      expect(() => lua.executeScript(source)).toThrow('works in asynchronous runs only')
    }
  })

  it('is there after a reset, and left out when asked to', async () => {
    const lua = open()
    lua.reset()
    expect(await lua.executeScriptAsync('async.sleep(1) return 1')).toBe(1)
    const plain = createRuntime().extend(asyncActions({ luaApi: false }))
    expect(plain.getGlobal('async')).toBe(null)
    expect(() => asyncActions({ other: 1 } as never)).toThrow(expect.objectContaining({ code: 'LUA_UNKNOWN_OPTION' }))
  })

  it('is opened whatever the limits of scripts are', () => {
    const lua = createRuntime({ maxInstructions: 10 }).extend(asyncActions())
    expect(lua.info().maxInstructions).toBe(10)
    expect(() => lua.executeScript('for i = 1, 100 do end')).toThrow(expect.objectContaining({ code: 'LUA_LIMIT' }))
  })

  it('is not changed by what a script does to the standard libraries', async () => {
    const source =
      'pcall, error, next, select, setmetatable = nil table.unpack = nil return async.spawn(now, 5):await()'
    expect(await open().executeScriptAsync(source)).toBe(5)
  })

  it('holds the limits', async () => {
    const lua = open()
    const limited = (source: string, options: object): Promise<unknown> =>
      lua.executeScriptAsync(source, options).catch((error: { limit: string }) => error.limit)
    const pingPong = 'while true do async.spawn(function() end):await() end'
    expect(await limited(pingPong, { maxInstructions: 1e6 })).toBe('instructions')
    expect(await limited(pingPong, { timeout: 30 })).toBe('timeout')
    expect(await limited('async.all { never, never, function() async.sleep(1e6) end }', { timeout: 30 })).toBe(
      'timeout',
    )
    expect(
      await limited('while true do pcall(async.all, { function() error() end, never }) end', { timeout: 50 }),
    ).toBe('timeout')
    lua.setMemoryLimit(8 << 20)
    await expect(lua.executeScriptAsync('while true do async.spawn(never) end')).rejects.toMatchObject({
      code: 'LUA_MEMORY',
    })
    expect(await lua.executeScriptAsync('return 1')).toBe(1)
  })

  it('takes little memory for a task', async () => {
    const lua = open()
    const bytes = await lua.executeScriptAsync<number>(`
      collectgarbage() local before = collectgarbage("count")
      local tasks = {} for i = 1, 10000 do tasks[i] = async.spawn(after, 200) end
      now()
      collectgarbage() local used = collectgarbage("count") - before
      async.all(tasks)
      return used * 1024 / 10000`)
    expect(bytes).toBeLessThan(4096)
  })
})
