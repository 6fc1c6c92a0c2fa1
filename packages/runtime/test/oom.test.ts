/**
 * Memory that runs out at every point: limits from almost nothing up, in small steps, through everything that a
 * runtime does. Only errors come of it, and the runtime works again once there is room.
 */
import { createRuntime, LuaMemoryError, multi, type Runtime, type RuntimeOptions } from '@lua-native/runtime'
import { describe, expect, test } from 'vitest'

const collectGarbage = globalThis.gc as () => void

const manyKeys = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`key${i}`, i]))
const nested = (depth: number): unknown => (depth === 0 ? 'leaf' : { inner: nested(depth - 1), list: [depth] })
const records = Array.from({ length: 100 }, (_, id) => ({ id, name: `user${id}`, tags: ['a', 'b'], score: id / 3 }))

const globals = {
  identity: (value: unknown) => value,
  pair: (a: unknown, b: unknown) => multi(a, b),
  call: (f: (...args: unknown[]) => unknown, ...args: unknown[]) => f(...args),
  fail: (message: string) => {
    throw new Error(message)
  },
  failWith: (value: unknown) => {
    throw value
  },
  makeCounter: () => {
    let count = 0
    return () => ++count
  },
  records: () => records,
}

const script =
  (source: string) =>
  (lua: Runtime): unknown =>
    lua.executeScript(source)

const bytecode = createRuntime().compile(
  'local t = {} for i = 1, 20 do t[i] = {i, "n" .. i} end return function() return t end',
)

/** Everything that allocates on the Lua side, by kind. */
const operations: Readonly<Record<string, (lua: Runtime) => unknown>> = {
  'a number': script('return 1'),
  'a string': script('return ("x"):rep(300)'),
  'a table out': script('local t = {} for i = 1, 50 do t[i] = {i, tostring(i)} end return t'),
  'a short table out': script('return {"a", 1, true}'),
  'a short array in': (lua) => lua.setGlobal('value', ['text', 1.5]),
  'a table with names out': script('local t = {} for i = 1, 50 do t["k" .. i] = {a = i, b = {i}} end return t'),
  'a deep table out': script('local t = {} for i = 1, 80 do t = {t} end return t'),
  'many results': script('return table.unpack({}, 1, 400)'),
  'many keys in': (lua) => lua.setGlobal('value', manyKeys),
  'a deep value in': (lua) => lua.setGlobal('value', nested(40)),
  'records in': (lua) => lua.setGlobal('value', records),
  'a path in': (lua) => lua.setGlobal('new.path.of.tables', 1),
  'a long string in': (lua) => lua.setGlobal('value', 'x'.repeat(3000)),
  'a long key in': (lua) => lua.setGlobal('value', { ['k'.repeat(3000)]: 1 }),
  'a buffer in': (lua) => lua.setGlobal('value', Buffer.alloc(3000)),
  'a Map in': (lua) => lua.setGlobal('value', new Map(Object.entries(manyKeys))),
  'a function in': (lua) => lua.setGlobal('value', () => 1),
  'functions in a table': (lua) => lua.setGlobal('value', { f: () => 1, g: [() => 2, () => 3] }),
  'a function out': script('return function(...) return ... end'),
  'functions out': script('local t = {} for i = 1, 20 do t[i] = function() return i end end return t'),
  'a function out, called': (lua) =>
    (lua.executeScript('return function(...) return ... end') as (...args: unknown[]) => unknown)(1, 'x', manyKeys),
  'arguments of a script': (lua) => lua.executeScript('return ...', { args: [1, 'x', records, () => 1] }),
  'a call by name': (lua) => lua.call('string.rep', 'x', 500),
  'a global out': (lua) => lua.getGlobal('string'),
  'a host function': script('return identity({1, 2, {a = "b"}})'),
  'a host function with several results': script('return pair({1}, "two")'),
  'a host function that gives records': script('return #records()'),
  'a host function that gives functions': script('local c = makeCounter() c() return c()'),
  'a host function that calls back': script('return call(function(...) return {...} end, 1, "x", {2})'),
  'calls within calls': script(
    'local function f(n) if n == 0 then return "x" end return call(f, n - 1) end return f(10)',
  ),
  'an error': script('error("message")'),
  'an error with a long message': script('error(("m"):rep(3000))'),
  'an error of the VM': script('local t = nil return t.x.y'),
  'a table as an error': script('error({a = ("y"):rep(100), b = {1, 2, 3}})'),
  'an error with __tostring': script('error(setmetatable({}, {__tostring = function() return ("t"):rep(500) end}))'),
  'an error in a coroutine': script('coroutine.wrap(function() error({1}) end)()'),
  'an error in a message handler': script('return xpcall(error, function(e) error({e}) end)'),
  'an error of the host': script('fail("message")'),
  'an error of the host, caught and raised again': script('local ok, e = pcall(fail, "message") error(e)'),
  'a value thrown by the host': script('failWith({1, 2, {3}})'),
  'an error through the host': script('call(function() error({1, 2}) end)'),
  'a syntax error': script('return = 1'),
  'a conversion error': script('local t = {} t.t = t return t'),
  'a conversion error of an argument': (lua) => lua.setGlobal('value', { a: [Symbol('no')] }),
  'a deep stack': script('local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end return f(500)'),
  'a long chunk': script(`local t = {} ${'t[#t + 1] = {"some", text = 1.5} '.repeat(40)} return #t`),
  'a nested expression': script(`return ${'('.repeat(150)}1${')'.repeat(150)}`),
  'load in Lua': script('return load("return " .. ("{1},"):rep(50) .. "1")()'),
  'a coroutine': script('local c = coroutine.wrap(function(...) coroutine.yield({...}) end) return c(1, 2, 3)'),
  'a coroutine, resumed': (lua) => {
    const coroutine = lua.createCoroutine('return function(...) while true do coroutine.yield(..., {...}) end end')
    return [coroutine.resume('x', [1, 'y'], records), coroutine.resume(), coroutine.resume(...new Array(20).fill('z'))]
  },
  'a coroutine out': script('return coroutine.create(print)'),
  'a concatenation': script('local s = "" for i = 1, 60 do s = s .. i end return s'),
  'string functions': script(
    'return ("%s-%q"):format(("x"):rep(200), "y"), ("abc"):gsub("%w", "%0%0"), ("x"):rep(99):upper()',
  ),
  'table functions': script('return table.concat(table.pack(("x"):rep(200):byte(1, -1)), ","), table.create(50, 50)'),
  finalizers: script('for i = 1, 20 do setmetatable({}, {__gc = function() return {} end}) end collectgarbage()'),
  __close: script('local c <close> = setmetatable({}, {__close = function() return {} end}) error({})'),
  print: script('print("some", "text", {}, 1.5, ("x"):rep(200))'),
  compile: (lua) => lua.compile(`return ${'{1,'.repeat(40)}${'}'.repeat(40)}`),
  'compile with an error': (lua) => lua.compile('return {'),
  load: (lua) => lua.load(bytecode),
  'a hook': (lua) => {
    try {
      lua.setHook(() => {}, { call: true, return: true, line: true, count: 1 })
      return lua.executeScript('local t = {}\nfor i = 1, 3 do\nt[i] = coroutine.wrap(function() return {} end)()\nend')
    } finally {
      lua.removeHook()
    }
  },
  'a hook that throws': (lua) => {
    try {
      lua.setHook(
        () => {
          throw new Error('hook')
        },
        { line: true },
      )
      return lua.executeScript('return 1')
    } finally {
      lua.removeHook()
    }
  },
  'the collector': (lua) => [lua.gc('collect'), lua.gc('step', 0), lua.gc('count')],
  'modes of the collector': (lua) => [lua.gc('generational'), lua.gc('incremental')],
  'a new print': script('return tostring(print), tostring({})'),
  info: (lua) => [lua.info(), lua.lastRun, lua.getMemoryUsage()],
}

const quiet: RuntimeOptions = { print: () => {} }

/** What `work` threw, or `undefined`. Anything but an Error fails the test, except what a host function threw. */
function thrownBy(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

/** Runs an operation with ever more room until two more KB make no difference; gives all that was thrown. */
function stepThrough(lua: Runtime, operation: (lua: Runtime) => unknown): { thrown: unknown[]; refused: number } {
  const thrown: unknown[] = []
  const unlimited = JSON.stringify(describeEnd(thrownBy(() => operation(lua))))
  let refused = 0
  let same = 0
  for (let room = 0; same < 128; room += 16) {
    lua.executeScript('value, new = nil')
    lua.gc('collect')
    lua.setMemoryLimit(Math.max(1, lua.getMemoryUsage() + room))
    const error = thrownBy(() => operation(lua))
    lua.setMemoryLimit(Number.POSITIVE_INFINITY)
    if (error !== undefined) thrown.push(error)
    if (error instanceof LuaMemoryError) refused++
    same = JSON.stringify(describeEnd(error)) === unlimited ? same + 1 : 0
    expect(lua.executeScript('return 1 + 1')).toBe(2)
  }
  return { thrown, refused }
}

function describeEnd(error: unknown): unknown {
  return error instanceof Error ? [error.constructor.name, error.message] : [typeof error, error]
}

/** A library table and its functions are known to JavaScript after the first time; a Symbol is refused before Lua. */
const allocatesNothing = new Set([
  'info',
  'the collector',
  'modes of the collector',
  'a global out',
  'a conversion error of an argument',
])

describe('an operation under every memory limit', () => {
  test.each(Object.entries(operations))('%s', (name, operation) => {
    const lua = createRuntime({ ...quiet, globals })
    const { thrown, refused } = stepThrough(lua, operation)
    const foreign = thrown.filter((error) => !(error instanceof Error) && name !== 'a value thrown by the host')
    expect(foreign).toEqual([])
    // Otherwise the limits were never felt, and the test says nothing.
    if (!allocatesNothing.has(name)) expect(refused).toBeGreaterThan(0)
    lua.dispose()
  })

  test('leaves no memory in use', async () => {
    const lua = createRuntime({ ...quiet, globals })
    const settle = async (): Promise<number> => {
      lua.executeScript('value, new = nil')
      collectGarbage()
      // JavaScript's finalizers, which let go of Lua functions, run from the event loop.
      await new Promise((resolve) => setImmediate(resolve))
      lua.gc('collect')
      lua.gc('collect')
      return lua.getMemoryUsage()
    }
    const round = (): void => {
      for (const operation of Object.values(operations)) {
        for (let room = 0; room < 8192; room += 512) {
          lua.setMemoryLimit(lua.getMemoryUsage() + room)
          thrownBy(() => operation(lua))
          lua.setMemoryLimit(Number.POSITIVE_INFINITY)
        }
      }
    }
    round()
    const before = await settle()
    for (let i = 0; i < 3; i++) round()
    expect(await settle()).toBeLessThan(before + 32 * 1024)
    lua.dispose()
  })
})

/** Creates a runtime that may use `maxMemory` bytes, tries everything once in it, and disposes of it. */
function useWithin(maxMemory: number): { created: boolean; thrown: unknown[] } {
  const thrown: unknown[] = []
  let lua: Runtime
  try {
    lua = createRuntime({ ...quiet, globals, maxMemory })
  } catch (error) {
    return { created: false, thrown: [error] }
  }
  for (const [name, operation] of Object.entries(operations)) {
    const error = thrownBy(() => operation(lua))
    if (error !== undefined && name !== 'a value thrown by the host') thrown.push(error)
  }
  lua.setMemoryLimit(1 << 30)
  expect(lua.executeScript('return 1 + 1')).toBe(2)
  lua.dispose()
  return { created: true, thrown }
}

describe('a runtime that is created under a limit', () => {
  test('is refused with LuaMemoryError while the limit is too small, and works from then on', () => {
    let created = 0
    for (let limit = 1; created < 20; limit += limit < 2048 ? 31 : 257) {
      const attempt = thrownBy(() => createRuntime({ ...quiet, globals, maxMemory: limit }).dispose())
      if (attempt === undefined) created++
      else expect(attempt).toBeInstanceOf(LuaMemoryError)
    }
  })

  test('gives nothing but errors, whatever the limit', () => {
    let refused = 0
    let created = 0
    let memoryErrors = 0
    for (let limit = 512; limit < 1 << 20; limit = Math.ceil(limit * 1.03) + 13) {
      const result = useWithin(limit)
      if (result.created) created++
      else refused++
      memoryErrors += result.thrown.filter((error) => error instanceof LuaMemoryError).length
      expect(result.thrown.filter((error) => !(error instanceof Error))).toEqual([])
    }
    expect(refused).toBeGreaterThan(20)
    expect(created).toBeGreaterThan(20)
    expect(memoryErrors).toBeGreaterThan(refused)
  })

  test('can be disposed of at the limit, with finalizers that need memory', () => {
    const options: RuntimeOptions = { ...quiet, globals, maxMemory: 400_000 }
    for (let room = 0; room < 4096; room += 64) {
      const lua = createRuntime(options)
      lua.executeScript(
        'KEEP = {} for i = 1, 50 do KEEP[i] = setmetatable({}, {__gc = function() KEEP[#KEEP + 1] = identity({("x"):rep(i * 100)}) end}) end',
      )
      lua.setMemoryLimit(lua.getMemoryUsage() + room)
      lua.dispose()
      expect(lua.disposed).toBe(true)
    }
  })
})

test('what the JavaScript engine is told of comes back to where it started', () => {
  const cycle = (): void => {
    const lua = createRuntime({ ...quiet, globals, maxMemory: 400_000 })
    thrownBy(() => lua.executeScript('local t = {} while true do t[#t + 1] = {} end'))
    thrownBy(() => lua.executeScript('return ("x"):rep(300000)'))
    thrownBy(() => lua.setGlobal('value', records))
    lua.dispose()
  }
  const externalBytes = (): number => {
    collectGarbage()
    return process.memoryUsage().external
  }
  for (let i = 0; i < 50; i++) cycle()
  const external = externalBytes()
  const resident = process.memoryUsage.rss()
  for (let i = 0; i < 500; i++) cycle()
  expect(Math.abs(externalBytes() - external)).toBeLessThan(256 * 1024)
  // 500 states of 400 KB would be 200 MB. AddressSanitizer keeps as much of freed blocks.
  if (process.env.LUA_NATIVE_ASAN !== '1') {
    expect(process.memoryUsage.rss() - resident).toBeLessThan(48 * 1024 * 1024)
  }
})
