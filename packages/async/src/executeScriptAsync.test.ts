import { createRuntime, LuaLimitError, type Runtime } from '@lua-native/runtime'
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
    globals: { after, never: () => new Promise(() => undefined), ...globals },
  }).extend(asyncActions())
}

describe('executeScriptAsync', () => {
  it('runs while the event loop turns', async () => {
    const lua = open()
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await lua.executeScriptAsync('local t = os.clock() while os.clock() - t < 0.1 do end')
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(20)
  })

  it('shares the globals with sync runs', async () => {
    const lua = open()
    await lua.executeScriptAsync('x = { 1, 2 }')
    expect(lua.executeScript('x[3] = 3 return x')).toEqual([1, 2, 3])
    expect(await lua.executeScriptAsync('return #x')).toBe(3)
    expect(await lua.callAsync('table.concat', [1, 2, 3], ',')).toBe('1,2,3')
    const fn = lua.executeScript<(n: number) => number>('return function(n) return n + 1, n + 2 end')
    expect(await lua.callAsync(fn, 1)).toEqual([2, 3])
    expect(await lua.callAsync({ target: fn, results: 'first' }, 1)).toBe(2)
  })

  it('runs in the order of the calls', async () => {
    const order: number[] = []
    const lua = open({ note: (n: number) => order.push(n) })
    const runs = [10, 1, 5].map((ms, index) => lua.executeScriptAsync(`after(${ms}) note(${index})`))
    expect(lua.queueSize()).toBe(3)
    await lua.idle()
    expect(order).toEqual([0, 1, 2])
    await Promise.all(runs)
    expect(lua.queueSize()).toBe(0)
  })

  it('gives what sync runs throw', async () => {
    const error = new RangeError('mine')
    const lua = open({
      fail() {
        throw error
      },
    })
    await expect(lua.executeScriptAsync('return return')).rejects.toMatchObject({ code: 'LUA_SYNTAX' })
    await expect(lua.executeScriptAsync('error({ a = 1 })')).rejects.toMatchObject({ value: { a: 1 } })
    await expect(lua.executeScriptAsync('fail()')).rejects.toBe(error)
    await expect(lua.callAsync('nothing.here')).rejects.toMatchObject({ code: 'LUA_RUNTIME' })
    await expect(lua.executeFileAsync('/nowhere/at/all.lua')).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await lua.executeScriptAsync('return 1')).toBe(1)
  })

  it.each([
    [(lua: AsyncMethods) => lua.executeScriptAsync(5 as never), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.executeScriptAsync('', { signal: 1 as never }), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.executeScriptAsync('', { timeout: 0 }), 'LUA_OUT_OF_RANGE'],
    [(lua: AsyncMethods) => lua.executeScriptAsync('', { timeout: -1 }), 'LUA_OUT_OF_RANGE'],
    [(lua: AsyncMethods) => lua.executeScriptAsync('', { timeout: Number.NaN }), 'LUA_OUT_OF_RANGE'],
    [(lua: AsyncMethods) => lua.executeScriptAsync('', { cpuTimeout: 0 }), 'LUA_OUT_OF_RANGE'],
    [(lua: AsyncMethods) => lua.executeScriptAsync('', { wait: 1 } as never), 'LUA_UNKNOWN_OPTION'],
    [(lua: AsyncMethods) => lua.executeScriptAsync('', [] as never), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.executeFileAsync(5 as never), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.loadAsync('x' as never), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.loadAsync(Buffer.from('x')), 'LUA_BYTECODE'],
    [(lua: AsyncMethods) => lua.callAsync(''), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.callAsync(() => 1), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.callAsync({ target: 'print', wait: 1 } as never), 'LUA_UNKNOWN_OPTION'],
    [(lua: AsyncMethods) => lua.callAsync(undefined as never), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.resumeAsync({} as never), 'LUA_INVALID_ARGUMENT'],
    [(lua: AsyncMethods) => lua.callAsync('print', Symbol('s')), 'LUA_CONVERSION'],
  ])('refuses bad input %#', async (use, code) => {
    const lua = open()
    await expect(use(lua)).rejects.toMatchObject({ code })
    expect(await lua.executeScriptAsync('return 1')).toBe(1)
  })

  it.each([
    ['return { ["then"] = function() while true do end end }'],
    ['return { ["then"] = print }'],
    ['return setmetatable({}, { __index = function() while true do end end })', true],
  ])('never has a promise call a function of the script: %s', async (source, isValue = false) => {
    const lua = open()
    const run = lua.executeScriptAsync(source)
    if (isValue) expect(await run).toBeDefined()
    else await expect(run).rejects.toMatchObject({ code: 'LUA_CONVERSION', path: 'result' })
    expect(await lua.executeScriptAsync(source.replace('return', 'return 1,'))).toBeInstanceOf(Array)
  })

  it('refuses what its own run would wait for', async () => {
    const lua = open({
      again: () => lua.executeScriptAsync('return 1'),
      end: () => lua.dispose(),
      reset: () => lua.reset(),
    })
    await expect(lua.executeScriptAsync('again()')).rejects.toMatchObject({ code: 'LUA_BUSY' })
    await expect(lua.executeScriptAsync('end_ = _G["end"] end_()')).rejects.toMatchObject({ code: 'LUA_BUSY' })
    await expect(lua.executeScriptAsync('reset()')).rejects.toMatchObject({ code: 'LUA_BUSY' })
    expect(await lua.executeScriptAsync('return 1')).toBe(1)
  })

  it('lets sync calls in by its host functions only', async () => {
    const lua = open({ inside: () => lua.executeScript('return y') })
    const run = lua.executeScriptAsync('y = 7 local r = inside() after(20) return r')
    for (const wait of [0, 5]) {
      await after(wait)
      expect(() => lua.executeScript('return 1')).toThrow(expect.objectContaining({ code: 'LUA_BUSY' }))
      expect(() => lua.dispose()).toThrow(expect.objectContaining({ code: 'LUA_BUSY' }))
    }
    expect(await run).toBe(7)
    expect(lua.executeScript('return 1')).toBe(1)
  })
})

describe('a signal', () => {
  const stages: [string, string][] = [
    ['while it runs', 'while true do end'],
    ['in a loop of C', 'return (("a"):rep(40)):find(("a*"):rep(20) .. "b")'],
    ['while it catches all', 'while true do pcall(error) end'],
    ['while it awaits', 'never()'],
    ['while it awaits in a coroutine', 'coroutine.wrap(never)()'],
    ['while its thread waits', 'table.sort({ 1, 2 }, never)'],
    ['in host calls', 'while true do after(0) end'],
  ]

  it.each(stages)('ends a run %s', async (_, source) => {
    const lua = open()
    const reason = { why: 'test' }
    const controller = new AbortController()
    const run = lua.executeScriptAsync(source, { signal: controller.signal })
    await after(15)
    const begin = performance.now()
    controller.abort(reason)
    const error = await run.catch((caught: unknown) => caught)
    expect(performance.now() - begin).toBeLessThan(50)
    expect(error).toBeInstanceOf(LuaLimitError)
    expect(error).toMatchObject({ limit: 'abort', cause: reason })
    expect(lua.executeScript('return 1')).toBe(1)
  })

  it('ends a run that waits for its turn, or was never to begin', async () => {
    const lua = open()
    const controller = new AbortController()
    const first = lua.executeScriptAsync('after(10) return 1')
    const second = lua.executeScriptAsync('x = 1', { signal: controller.signal })
    const third = lua.executeScriptAsync('return x')
    controller.abort('no')
    await expect(second).rejects.toMatchObject({ limit: 'abort', cause: 'no' })
    await expect(lua.executeScriptAsync('', { signal: AbortSignal.abort('before') })).rejects.toMatchObject({
      cause: 'before',
    })
    expect(await first).toBe(1)
    expect(await third).toBe(null)
  })

  it('has no effect on a run that is done', async () => {
    const lua = open()
    const controller = new AbortController()
    expect(await lua.executeScriptAsync('return 1', { signal: controller.signal })).toBe(1)
    controller.abort()
    expect(await lua.executeScriptAsync('return 2')).toBe(2)
  })

  it('aborted by a host function of the run ends it', async () => {
    const controller = new AbortController()
    const lua = open({
      stop() {
        controller.abort('mine')
        throw new Error('late')
      },
    })
    const run = lua.executeScriptAsync('pcall(stop) return 1', { signal: controller.signal })
    await expect(run).rejects.toMatchObject({ limit: 'abort', cause: 'mine' })
  })
})

describe('a time limit', () => {
  it.each(['never()', 'table.sort({ 1, 2 }, never)', 'while true do end', 'while true do after(1) end'])(
    'of the wall clock ends %s',
    async (source) => {
      const lua = open()
      const begin = performance.now()
      await expect(lua.executeScriptAsync(source, { timeout: 40 })).rejects.toMatchObject({
        limit: 'timeout',
        max: 40,
      })
      expect(performance.now() - begin).toBeLessThan(140)
      lua.setTimeLimit(30)
      await expect(lua.executeScriptAsync(source)).rejects.toMatchObject({ limit: 'timeout', max: 30 })
      expect(await lua.executeScriptAsync('return 1')).toBe(1)
    },
  )

  it('of CPU time leaves waits out', async () => {
    const lua = open()
    expect(await lua.executeScriptAsync('after(60) return 1', { cpuTimeout: 30 })).toBe(1)
    const busy = lua.executeScriptAsync('after(40) while true do end', { cpuTimeout: 30 })
    await expect(busy).rejects.toMatchObject({ limit: 'cpuTimeout', max: 30 })
  })
})

describe('disposeAsync', () => {
  it('waits for the runs', async () => {
    const lua = open()
    const runs = [lua.executeScriptAsync('after(10) return 1'), lua.executeScriptAsync('return 2')]
    const disposed = lua.disposeAsync()
    await expect(lua.executeScriptAsync('')).rejects.toMatchObject({ code: 'LUA_DISPOSED' })
    expect(await Promise.all(runs)).toEqual([1, 2])
    await disposed
    expect(lua.disposed).toBe(true)
    await lua.disposeAsync()
  })

  it('aborts them when asked to', async () => {
    const lua = open()
    const runs = Promise.allSettled([
      lua.executeScriptAsync('while true do end'),
      lua.executeScriptAsync('never()'),
      lua.executeFileAsync('/nowhere.lua'),
    ])
    await lua.disposeAsync({ abort: true, reason: 'end' })
    expect(lua.disposed).toBe(true)
    for (const run of await runs) expect(run).toMatchObject({ reason: { limit: 'abort', cause: 'end' } })
  })
})

it('resumeAsync drives a coroutine', async () => {
  const lua = open()
  const co = lua.createCoroutine('return function(a) local b = coroutine.yield(after(2, a + 1)) error("x" .. b, 0) end')
  expect(await lua.resumeAsync(co, 1)).toEqual({ status: 'suspended', values: [2] })
  await expect(lua.resumeAsync(co, 5)).rejects.toMatchObject({ code: 'LUA_RUNTIME', message: 'x5' })
  await expect(lua.resumeAsync(co)).rejects.toMatchObject({ code: 'LUA_RUNTIME' })
  const ended = lua.createCoroutine('return function() return 1, nil end')
  expect(await lua.resumeAsync(ended)).toEqual({ status: 'dead', values: [1, null] })
  const waiting = lua.createCoroutine('return function() never() end')
  const run = lua.resumeAsync({ target: waiting, timeout: 20 })
  await expect(run).rejects.toMatchObject({ limit: 'timeout' })
  expect(() => waiting.resume()).toThrow(expect.objectContaining({ code: 'LUA_RUNTIME' }))
})

it('hands hooks and print to the JavaScript thread', async () => {
  const lua = open()
  const lines: number[] = []
  let printed = ''
  lua.setPrintHandler((text) => {
    printed += text
  })
  lua.setHook((_event, line) => lines.push(line), { line: true })
  await lua.executeScriptAsync('local a = 1\nprint(a)\nio.write("x")')
  lua.removeHook()
  expect(printed).toBe('1\nx')
  expect(lines).toEqual([1, 2, 3])
  lua.setPrintHandler(() => {
    throw new Error('full')
  })
  await expect(lua.executeScriptAsync('print(1)')).rejects.toThrow('full')
})

it('holds the memory limit', async () => {
  const lua = createRuntime({ maxMemory: 4 << 20 }).extend(asyncActions())
  await expect(
    lua.executeScriptAsync('local t = {} while true do t[#t + 1] = ("x"):rep(100000) end'),
  ).rejects.toMatchObject({
    code: 'LUA_MEMORY',
  })
  await expect(
    lua.executeScriptAsync('local t = {} for i = 1, 1e5 do t[i] = "x" end return { t, t, t, t, t, t, t, t, t }'),
  ).rejects.toMatchObject({
    code: 'LUA_MEMORY',
  })
  expect(await lua.executeScriptAsync('return 1')).toBe(1)
})
