/** Runs on threads of the addon's, as the addon offers them; the package async builds on these. */
import { describe, expect, it } from 'vitest'
import { addon, LibraryBit, type NativeState, ResultMode } from '../src/index.ts'

const everything = Object.values(LibraryBit).reduce((all, bit) => all | bit, 0)

function open(): NativeState {
  const { NativeState } = addon()
  return new NativeState(everything, 0, 0, 0, 0, -1, undefined)
}

interface Limits {
  readonly instructions?: number
  readonly timeout?: number
  readonly cpuTimeout?: number
}

function run(state: NativeState, source: string, args: unknown[] = [], limits: Limits = {}): Promise<unknown> {
  const { instructions = 0, timeout = 0, cpuTimeout = 0 } = limits
  return new Promise((resolve, reject) => {
    const done = (failed: boolean, value: unknown): void => (failed ? reject(value) : resolve(value))
    state.startChunk(source, '=test', 0, args, ResultMode.auto, instructions, timeout, cpuTimeout, done)
  })
}

const after = (ms: number, value?: unknown): Promise<unknown> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms, value)
  })

function host(): NativeState {
  const state = open()
  state.setGlobal('add', (a: number, b: number) => a + b)
  state.setGlobal('fail', (error: unknown) => {
    throw error
  })
  state.setGlobal('after', after)
  state.setGlobal('now', async (value: unknown) => value)
  state.setGlobal('reject', async (reason: unknown) => {
    throw reason
  })
  state.setGlobal('never', () => new Promise(() => undefined))
  return state
}

describe('an off-thread run', () => {
  it('takes arguments and gives results', async () => {
    const state = open()
    expect(await run(state, 'return ...', [5, { a: [1, 'x'] }, null])).toEqual([5, { a: [1, 'x'] }, null])
    expect(await run(state, '')).toBe(undefined)
    expect(await run(state, 'x = 1')).toBe(undefined)
    expect(state.getGlobal('x')).toBe(1)
  })

  it('calls host functions', async () => {
    const state = host()
    expect(await run(state, 'local n = 0 for i = 1, 100 do n = add(n, i) end return n')).toBe(5050)
    const error = new RangeError('no')
    state.setGlobal('error1', () => {
      throw error
    })
    expect(await run(state, 'local held, e = pcall(error1) return held, e.message')).toEqual([false, 'no'])
    await expect(run(state, 'error1()')).rejects.toBe(error)
  })

  it('is one run with what its host functions do', async () => {
    const state = host()
    state.setGlobal('nested', () => state.execute('y = 2 return x', '', 0, [], ResultMode.auto, 0, 0))
    expect(await run(state, 'x = 1 return nested(), y')).toEqual([1, 2])
    state.setGlobal('endless', () => state.execute('while true do end', '', 0, [], ResultMode.auto, 0, 0))
    await expect(run(state, 'pcall(endless)', [], { instructions: 1e5 })).rejects.toMatchObject({
      limit: 'instructions',
    })
  })

  it('reports errors with their place', async () => {
    const state = open()
    await expect(run(state, 'return return')).rejects.toMatchObject({ code: 'LUA_SYNTAX', line: 1 })
    const failing = run(state, 'local function f()\n error("boom") end\nf()')
    await expect(failing).rejects.toMatchObject({ code: 'LUA_RUNTIME', message: 'test:2: boom', line: 2 })
    await expect(failing).rejects.toHaveProperty('traceback', expect.stringContaining("in local 'f'"))
    await expect(run(state, 'error(setmetatable({}, {__tostring = function() return "own" end}))')).rejects.toThrow(
      'own',
    )
  })

  it('closes what is to be closed when it fails', async () => {
    const state = open()
    const source = 'local c <close> = setmetatable({}, { __close = function(_, e) closed = e end }) error("x", 0)'
    await expect(run(state, source)).rejects.toThrow('x')
    expect(state.getGlobal('closed')).toBe('x')
  })

  it.each([
    ['instructions', 'while true do end', { instructions: 1e6 }],
    ['instructions', 'while true do pcall(error) end', { instructions: 1e6 }],
    ['timeout', 'while true do end', { timeout: 30 }],
    ['timeout', 'return (("a"):rep(40)):find(("a*"):rep(20) .. "b")', { timeout: 30 }],
    ['cpuTimeout', 'while true do end', { cpuTimeout: 20 }],
    ['cpuTimeout', 'after(60) while true do end', { cpuTimeout: 20 }],
  ] as const)('ends at its limit of %s in %s', async (limit, source, limits) => {
    const state = host()
    await expect(run(state, source, [], limits)).rejects.toMatchObject({ code: 'LUA_LIMIT', limit })
    expect(await run(state, 'return 1')).toBe(1)
  })

  it('does not count waits as CPU time', async () => {
    expect(await run(host(), 'after(80) return 1', [], { cpuTimeout: 40 })).toBe(1)
  })

  it('reports its figures', async () => {
    const state = host()
    await run(state, 'for i = 1, 1e5 do end after(20)')
    const [instructions, cpuMs, wallMs, peakBytes, crossings] = state.lastRun()
    expect(instructions).toBeGreaterThan(1e5)
    expect(cpuMs).toBeLessThan(wallMs)
    expect(wallMs).toBeGreaterThan(15)
    expect(peakBytes).toBeGreaterThan(1000)
    expect(crossings).toBe(2)
  })
})

describe('a promise', () => {
  const places = {
    'the run itself': 'return wait()',
    'a pcall': 'return select(2, pcall(wait))',
    'a coroutine': 'return coroutine.wrap(wait)()',
    'a coroutine in a coroutine':
      'return coroutine.wrap(function() return select(2, coroutine.resume(coroutine.create(wait))) end)()',
    'a metamethod': 'return setmetatable({}, { __index = wait }).x',
    'an iterator': 'for x in wait do return x end',
    'a closing variable':
      'local r do local c <close> = setmetatable({}, { __close = function() r = wait() end }) end return r',
    'a comparator': 'local r table.sort({ 2, 1 }, function() r = wait() return false end) return r',
    'a replacement': 'return (("x"):gsub("x", wait))',
    'a coroutine in a comparator':
      'local r table.sort({ 2, 1 }, function() r = coroutine.wrap(wait)() return false end) return r',
    'a metamethod called from C': 'return tostring(setmetatable({}, { __tostring = wait }))',
    'a finalizer': 'local r setmetatable({}, { __gc = function() r = wait() end }) collectgarbage() return r',
  }

  it.each(Object.entries(places))('is awaited in %s', async (_, source) => {
    for (const how of ['after(5, "v")', 'now("v")']) {
      expect(await run(host(), `local function wait() return ${how} end ${source}`)).toBe('v')
    }
  })

  it.each(Object.entries(places))('ends with its run in %s', async (_, source) => {
    const state = host()
    for (const end of [() => state.cancel(), () => state.expire()]) {
      const running = run(state, `local function wait() return never() end ${source}`)
      await after(10)
      end()
      await expect(running).rejects.toMatchObject({ code: 'LUA_LIMIT' })
      expect(await run(state, 'return now(3)')).toBe(3)
    }
  })

  it('that is rejected is an error', async () => {
    const state = host()
    const reason = new Error('no')
    state.setGlobal('failing', () => Promise.reject(reason))
    state.setGlobal('failingLater', async () => {
      await after(3)
      throw reason
    })
    for (const name of ['failing', 'failingLater']) {
      expect(await run(state, `local held, e = pcall(${name}) return held, e.message`)).toEqual([false, 'no'])
      await expect(run(state, `${name}()`)).rejects.toBe(reason)
      await expect(run(state, `table.sort({ 1, 2 }, ${name})`)).rejects.toBe(reason)
    }
    await expect(run(state, 'reject(nil)')).rejects.toMatchObject({ code: 'LUA_RUNTIME' })
  })

  it('is any thenable, however it behaves', async () => {
    const state = host()
    const thenables: Record<string, object> = {
      throwing: {
        // biome-ignore lint/suspicious/noThenProperty: what is tested
        then(): void {
          throw new Error('thrown')
        },
      },
      getter: {
        // biome-ignore lint/suspicious/noThenProperty: what is tested
        get then(): unknown {
          throw new Error('thrown')
        },
      },
      twice: {
        // biome-ignore lint/suspicious/noThenProperty: what is tested
        then(resolve: (value: unknown) => void, reject: (reason: unknown) => void): void {
          resolve(1)
          resolve(2)
          reject(new Error('late'))
        },
      },
      // biome-ignore lint/suspicious/noThenProperty: what is tested
      none: { then: 5, x: 1 },
    }
    state.setGlobal('get', (name: string) => thenables[name])
    expect(await run(state, 'return select(2, pcall(get, "throwing")).message')).toBe('thrown')
    expect(await run(state, 'return select(2, pcall(get, "getter")).message')).toBe('thrown')
    expect(await run(state, 'return get("twice")')).toBe(1)
    expect(await run(state, 'return get("none").x')).toBe(1)
  })

  it('keeps coroutines as they are', async () => {
    const source = `
      local seen = {}
      local co = coroutine.create(function(a)
        local b = after(3, a * 2)
        local c = coroutine.yield(b)
        return now(c) + 1
      end)
      seen[1] = coroutine.status(co)
      local _, x = coroutine.resume(co, 10)
      seen[2] = coroutine.status(co)
      local _, y = coroutine.resume(co, 5)
      seen[3] = coroutine.status(co)
      return x, y, table.concat(seen, " "), select(2, coroutine.running()), coroutine.isyieldable()`
    expect(await run(host(), source)).toEqual([20, 6, 'suspended suspended dead', true, false])
  })

  it('cannot be used to leave the run', async () => {
    const state = host()
    expect(await run(state, 'return pcall(coroutine.yield, 1)')).toEqual([
      false,
      'attempt to yield from outside a coroutine',
    ])
    expect(await run(state, 'base = coroutine.running() return select(2, pcall(coroutine.close))')).toBe(
      'cannot close main thread',
    )
    expect(await run(state, 'return coroutine.status(base), coroutine.resume(base)')).toEqual([
      'dead',
      false,
      'cannot resume dead coroutine',
    ])
  })

  it('leaves a coroutine of an ended run as it is', async () => {
    const state = host()
    const running = run(state, 'co = coroutine.create(never) coroutine.resume(co)')
    await after(5)
    state.cancel()
    await expect(running).rejects.toMatchObject({ limit: 'abort' })
    expect(await run(state, 'return coroutine.status(co), coroutine.resume(co)')).toEqual([
      'normal',
      false,
      'cannot resume a coroutine that waits for the host',
    ])
    expect(state.execute('return pcall(coroutine.close, co)', '', 0, [], ResultMode.all, 0, 0)).toEqual([
      false,
      'cannot close a normal coroutine',
    ])
  })
})

describe('a state in an off-thread run', () => {
  it('refuses everything that touches it', async () => {
    const state = host()
    const fn = state.execute('return function() end', '', 0, [], ResultMode.auto, 0, 0) as () => void
    const table = state.createTable({ a: 1 })
    for (const source of ['while true do end', 'never()', 'table.sort({ 1, 2 }, never)']) {
      const running = run(state, source)
      const uses: (() => unknown)[] = [
        () => state.execute('', '', 0, [], ResultMode.auto, 0, 0),
        () => state.getGlobal('x'),
        () => state.setGlobal('x', 1),
        () => state.memoryBytes(),
        () => state.setMemoryLimit(1),
        () => state.gc(0, 0, 0),
        () => state.getStack(5),
        () => state.getLocals(0),
        () => state.setHook(null, 0, 0),
        () => state.setPrint(null),
        () => state.dispose(false),
        () => state.lastRun(),
        () => fn(),
        () => state.startChunk('', '', 0, [], 0, 0, 0, 0, () => undefined),
      ]
      for (const use of uses) expect(use).toThrow(expect.objectContaining({ code: 'LUA_BUSY' }))
      await after(5)
      for (const use of uses) expect(use).toThrow(expect.objectContaining({ code: 'LUA_BUSY' }))
      state.cancel()
      await expect(running).rejects.toMatchObject({ limit: 'abort' })
    }
    expect(fn()).toBe(undefined)
    expect(table).toBeDefined()
  })

  it('takes back what is released meanwhile', async () => {
    const state = host()
    const fn = state.execute('return function() return 1 end', '', 0, [], ResultMode.auto, 0, 0) as () => number
    const running = run(state, 'after(10)')
    state.cancel()
    await expect(running).rejects.toMatchObject({ limit: 'abort' })
    const waiting = run(state, 'after(10) return 1')
    expect(() => state.releaseValue(fn)).toThrow(expect.objectContaining({ code: 'LUA_BUSY' }))
    expect(await waiting).toBe(1)
    state.releaseValue(fn)
    expect(() => fn()).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })
})

it('ends soon when it is asked to, in every place', async () => {
  const states = Array.from({ length: 40 }, host)
  const runs = states.map((state, index) =>
    run(state, index % 2 === 0 ? 'while true do end' : 'table.sort({ 1, 2 }, never)'),
  )
  const settled = Promise.allSettled(runs)
  await after(60)
  const begin = performance.now()
  for (const state of states) state.cancel()
  for (const outcome of await settled) expect(outcome).toMatchObject({ reason: { limit: 'abort' } })
  expect(performance.now() - begin).toBeLessThan(1000)
})

it('ends when it was asked to before it waits', async () => {
  for (const source of ['stop()', 'table.sort({ 1, 2 }, stop)', 'coroutine.wrap(stop)()']) {
    const state = host()
    state.setGlobal('stop', () => {
      state.cancel()
      return new Promise(() => undefined)
    })
    await expect(run(state, source)).rejects.toMatchObject({ limit: 'abort' })
  }
})

it('ends when it is asked to while it goes to wait', async () => {
  for (let i = 0; i < 300; i++) {
    const state = host()
    const running = run(state, 'after(0) never()')
    await after(i % 3)
    const begin = performance.now()
    while (performance.now() - begin < (i % 50) / 50);
    state.cancel()
    await expect(running).rejects.toMatchObject({ limit: 'abort' })
  }
})

it('moves behind shorter ones when it is long', async () => {
  const endless = Array.from({ length: 50 }, host)
  addon().setRunSlots(2)
  const runs = Promise.allSettled(endless.map((state) => run(state, 'while true do end')))
  const state = host()
  const times: number[] = []
  for (let i = 0; i < 20; i++) {
    const begin = performance.now()
    expect(await run(state, 'return 1')).toBe(1)
    times.push(performance.now() - begin)
  }
  for (const each of endless) each.cancel()
  await runs
  addon().setRunSlots(4)
  times.sort((a, b) => a - b)
  expect(times[18]).toBeLessThan(100)
})
