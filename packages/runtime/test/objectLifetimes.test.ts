/** What keeps objects of classes, userdata and coroutines alive, and what does not. */
import { describe, expect, it } from 'vitest'
import { createRuntime } from '../src/createRuntime.ts'
import type { Runtime } from '../src/runtime.ts'

const { gc: collect } = globalThis as unknown as { gc: () => void }

const nextTask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Collects on both sides and lets finalizers run, a few times over: values refer to each other across the sides. */
async function settle(lua?: Runtime, rounds = 12): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    collect()
    await nextTask()
    lua?.gc('collect')
  }
}

async function expectCollected(lua: Runtime | undefined, refs: readonly WeakRef<object>[]): Promise<void> {
  await settle(lua)
  expect(refs.map((ref) => ref.deref())).toEqual(refs.map(() => undefined))
}

class Point {
  x = 1
  sum(): number {
    return this.x
  }
}

describe('instances', () => {
  it('live while Lua refers to them, and no longer', async () => {
    using lua = createRuntime()
    lua.registerClass(Point)
    const Named = lua.registerClass('Named', { construct: () => ({}) })
    const refs = ((): WeakRef<object>[] => {
      lua.setGlobal('made', new Point())
      lua.setGlobal('created', Named.create())
      return [
        lua.executeScript<object>('p = Point() return p'),
        lua.executeScript<object>('n = Named() return n'),
        lua.getGlobal<object>('made'),
        lua.getGlobal<object>('created'),
      ].map((object) => new WeakRef(object))
    })()
    await settle(lua)
    expect(refs.every((ref) => ref.deref() !== undefined)).toBe(true)
    await nextTask() // until then, what was looked at is kept alive
    lua.executeScript('p, n, made, created = nil')
    await expectCollected(lua, refs)
  })

  it('live while JavaScript refers to them, and are the same userdata again', async () => {
    using lua = createRuntime()
    lua.registerClass(Point)
    const point = lua.executeScript<Point>('return Point()')
    await settle(lua)
    lua.setGlobal('p', point)
    lua.setGlobal('q', point)
    expect(lua.executeScript('return p == q, p:sum()')).toEqual([true, 1])
  })

  it('are dropped with the runtime, disposed or forgotten', async () => {
    const disposed = createRuntime()
    disposed.registerClass(Point)
    const refs = [new WeakRef(disposed.executeScript<object>('p = Point() return p'))]
    disposed.dispose()
    await expectCollected(undefined, refs)
    const forgotten = ((): WeakRef<object>[] => {
      const lua = createRuntime()
      lua.registerClass(Point)
      lua.registerClass('Named', {
        construct: () => ({}),
        methods: { m: () => 1 },
        properties: { p: { get: () => 1 } },
      })
      lua.setUserdata('it', { a: 1 }, { readable: true })
      lua.createCoroutine('return function() end')
      return [new WeakRef(lua), new WeakRef(lua.executeScript<object>('p = Point() return p'))]
    })()
    await expectCollected(undefined, forgotten)
  })
})

describe('leaks', () => {
  /** Of each kind; fewer where every access is checked. */
  const cycles = process.env.LUA_NATIVE_ASAN === '1' ? 20_000 : 100_000

  /** Runs `work` for half of all times to warm up, then for the other half, and compares what both sides hold. */
  async function expectFlat(lua: Runtime, work: (i: number) => void, times = cycles): Promise<void> {
    const run = async (): Promise<{ lua: number; heap: number; external: number }> => {
      for (let i = 0; i < times / 2; i++) {
        work(i)
        // The tables of the registry grow with what waits to be collected: the same in each run.
        if (i % 5000 === 0) await settle(lua, 2)
      }
      await settle(lua)
      const { heapUsed, external } = process.memoryUsage()
      return { lua: lua.getMemoryUsage(), heap: heapUsed, external }
    }
    const before = await run()
    const after = await run()
    // The least that could leak is a slot and an empty table; tables of the registry grow by less.
    expect(after.lua - before.lua).toBeLessThan((times / 2) * 30)
    expect(after.heap - before.heap).toBeLessThan(4_000_000)
    expect(after.external - before.external).toBeLessThan(1_000_000)
  }

  it('has none with instances made by Lua', async () => {
    using lua = createRuntime()
    lua.registerClass(Point)
    await expectFlat(lua, () => lua.executeScript('return Point():sum()'))
  })

  it('has none with instances made by JavaScript', async () => {
    using lua = createRuntime()
    lua.registerClass(Point)
    await expectFlat(lua, () => lua.setGlobal('p', new Point()))
  })

  it('has none with userdata', async () => {
    using lua = createRuntime()
    await expectFlat(lua, (n) => lua.setUserdata('it', { n }, { readable: true, methods: { m: () => n } }))
  })

  it('has none with coroutines', async () => {
    using lua = createRuntime()
    const body = lua.executeScript<() => void>('return function() coroutine.yield() end')
    await expectFlat(lua, () => lua.createCoroutine(body).resume())
    await expectFlat(lua, () => {
      using co = lua.createCoroutine(body)
      co.resume()
    })
  })

  it('has none with refused classes', async () => {
    using lua = createRuntime()
    lua.executeScript('setmetatable(_G, { __newindex = function() error("locked") end })')
    const register = (): void => {
      expect(() => lua.registerClass('X', { construct: () => ({}), methods: { m: () => 1 } })).toThrow('locked')
    }
    await expectFlat(lua, register, cycles / 5)
  })

  it('has none with resets', async () => {
    using lua = createRuntime()
    lua.registerClass(Point)
    const memory = (): number => process.memoryUsage().rss
    for (let i = 0; i < 300; i++) lua.reset()
    await settle(lua)
    const before = memory()
    for (let i = 0; i < 1000; i++) lua.reset()
    await settle(lua)
    expect(memory() - before).toBeLessThan(30e6)
  })
})
