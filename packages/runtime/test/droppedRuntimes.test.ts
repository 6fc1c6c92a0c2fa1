/** A runtime that nothing refers to any more is closed, although nobody disposed it. */
import { describe, expect, it } from 'vitest'
import { createRuntime } from '../src/createRuntime.ts'
import type { Runtime } from '../src/runtime.ts'

const { gc: collect } = globalThis as unknown as { gc: () => void }

const nextTask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

class Point {
  x = 1
  sum(): number {
    return this.x
  }
}

class List {
  *[Symbol.iterator](): Generator<number> {
    yield 1
  }
}

const uses: Record<string, (lua: Runtime) => unknown> = {
  'a plain runtime': () => undefined,
  'one that ran a script': (lua) => lua.executeScript('return 1'),
  'one with a host function': (lua) => lua.setGlobal('f', () => 1),
  'one with a Lua function': (lua) => lua.executeScript('return function() end'),
  'one with a table': (lua) => lua.createTable({ a: 1 }).get('a'),
  'one with a table that Lua holds': (lua) => lua.setGlobal('t', lua.createTable({ a: 1 })),
  'one with a metatable': (lua) => lua.createTable().setMetatable({ __index: () => 1 }),
  'one with a proxy': (lua) => lua.executeScript('t = setmetatable({}, {}) return t'),
  'one with a class': (lua) => lua.registerClass(Point),
  'one with an instance': (lua) => {
    lua.registerClass(Point)
    lua.setGlobal('p', new Point())
    lua.executeScript('q = Point() return q:sum()')
  },
  'one with a defined class': (lua) => {
    lua.registerClass('Named', {
      construct: () => ({}),
      methods: { m: () => 1 },
      properties: { p: { get: () => 1 } },
      operators: { __len: () => 1 },
      statics: { s: 1 },
    })
    lua.executeScript('n = Named() return n:m(), n.p, #n')
  },
  'one with an iterable': (lua) => {
    lua.registerClass(List)
    lua.executeScript('l = List() for _ in pairs(l) do end')
  },
  'one with userdata': (lua) => lua.setUserdata('it', { a: 1 }, { readable: true, methods: { m: () => 1 } }),
  'one with a coroutine': (lua) => lua.createCoroutine('return function() coroutine.yield(1) end').resume(),
  'one with an environment': (lua) => lua.executeScriptIn(lua.createEnvironment(), 'x = 1'),
  'one with converters': (lua) => {
    lua.registerTypeConverter((value) => value instanceof URL, String)
    lua.registerFromLuaConverter(() => false, String)
  },
  'one with handlers': (lua) => {
    lua.setPrintHandler(() => undefined)
    lua.setReadHandler(() => 'line')
    lua.setFileReader(() => 'return 1')
    lua.setHook(() => undefined, { call: true })
    lua.executeScript('print(io.read(), dofile("x"))')
  },
  'one that was reset': (lua) => {
    lua.registerClass(Point)
    lua.reset()
    lua.executeScript('p = Point()')
  },
}

/** A function in Lua holds the second object: it goes when the state is closed. */
async function drop(make: () => Runtime | Promise<Runtime>): Promise<WeakRef<object>[]> {
  const lua = await make()
  const held = { name: 'held by Lua' }
  lua.setGlobal('hold', () => held)
  return [new WeakRef(lua), new WeakRef(held)]
}

async function expectCollected(refs: readonly WeakRef<object>[]): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await nextTask()
    collect()
  }
  expect(refs.map((ref) => ref.deref())).toEqual(refs.map(() => undefined))
}

describe('a dropped runtime is closed', () => {
  it.each(Object.keys(uses))('%s', async (name) => {
    const refs = await drop(() => {
      const lua = createRuntime({ libraries: 'all' })
      uses[name]?.(lua)
      return lua
    })
    await expectCollected(refs)
  })

  it('one without access to the disk', async () => {
    await expectCollected(await drop(() => createRuntime({ libraries: 'all', filesystem: 'deny' })))
  })

  it('one that waited for promises', async () => {
    const refs = await drop(async () => {
      const lua = createRuntime({ globals: { wait: () => Promise.resolve(1) } })
      for await (const _ of lua.createCoroutine('return function() coroutine.yield(wait():await()) end'));
      return lua
    })
    await expectCollected(refs)
  })
})

describe('what outlives its runtime object', () => {
  it('goes on working while it is held', async () => {
    const made = ((): { next: () => number; table: { get: (key: string) => unknown } } => {
      const lua = createRuntime()
      return {
        next: lua.executeScript<() => number>('local n = 0 return function() n = n + 1 return n end'),
        table: lua.createTable({ a: 1 }),
      }
    })()
    for (let i = 0; i < 12; i++) {
      await nextTask()
      collect()
    }
    expect(made.next()).toBe(1)
    expect(made.table.get('a')).toBe(1)
  })
})
