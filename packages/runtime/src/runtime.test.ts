import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createRuntime, type HookLocation, LuaError, Runtime, type RuntimeOptions } from './index.ts'

const withCode = (code: string): unknown => expect.objectContaining({ code })

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

describe('executeScript', () => {
  it('returns none as undefined, one as the value, several as an array', () => {
    using lua = createRuntime()
    expect(lua.executeScript('')).toBe(undefined)
    expect(lua.executeScript('return nil')).toBe(null)
    expect(lua.executeScript('return 1')).toBe(1)
    expect(lua.executeScript('return 1, nil, "c"')).toEqual([1, null, 'c'])
    expect(lua.executeScript('return nil, nil')).toEqual([null, null])
  })

  it.each([
    ['first', [undefined, 1, 1]],
    ['all', [[], [1], [1, 2]]],
    ['auto', [undefined, 1, [1, 2]]],
  ] as const)('shapes results as %s', (results, expected) => {
    using lua = createRuntime()
    expect(['', 'return 1', 'return 1, 2'].map((source) => lua.executeScript(source, { results }))).toEqual(expected)
  })

  it('hands args over as ..., nil included', () => {
    using lua = createRuntime()
    expect(lua.executeScript('return select("#", ...)', { args: [null, undefined, null] })).toBe(3)
    expect(lua.executeScript('local a, b = ... return b, a', { args: [1, { x: [2] }] })).toEqual([{ x: [2] }, 1])
  })

  it('takes source as bytes, and text with NUL', () => {
    using lua = createRuntime()
    expect(lua.executeScript(Buffer.from('return "é"'))).toBe('é')
    expect(lua.executeScript('return "a\0b"')).toBe('a\0b')
  })

  it('refuses bytecode', () => {
    using lua = createRuntime()
    const dump = lua.compile('return 1', { raw: true })
    expect(() => lua.executeScript(dump)).toThrow(withCode('LUA_SYNTAX'))
  })

  it('names the chunk in errors as Lua does', () => {
    using lua = createRuntime()
    expect(thrownBy(() => lua.executeScript('\nerror("x")', { chunkName: '@dir/a.lua' }))).toMatchObject({
      message: 'dir/a.lua:2: x',
      chunk: 'dir/a.lua',
      line: 2,
    })
    expect(thrownBy(() => lua.executeScript('error("x")', { chunkName: '=label' }))).toMatchObject({
      message: 'label:1: x',
    })
    expect(thrownBy(() => lua.executeScript('error("x")'))).toMatchObject({ message: '[string "error("x")"]:1: x' })
  })

  it.each([undefined, null, 5, {}, ['return 1']])('refuses %j as source', (source) => {
    using lua = createRuntime()
    expect(() => lua.executeScript(source as string)).toThrow(withCode('LUA_INVALID_ARGUMENT'))
    expect(() => lua.compile(source as string)).toThrow(withCode('LUA_INVALID_ARGUMENT'))
  })

  it('says whether more input would complete a chunk', () => {
    using lua = createRuntime()
    expect(thrownBy(() => lua.executeScript('for i = 1, 2 do'))).toMatchObject({ code: 'LUA_SYNTAX', incomplete: true })
    expect(thrownBy(() => lua.executeScript('x = = 1'))).toMatchObject({
      code: 'LUA_SYNTAX',
      incomplete: false,
      line: 1,
    })
  })
})

describe('executeFile and compileFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lua-native-runtime-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'main.lua')
  writeFileSync(file, '\ufeff#!/usr/bin/env lua\nlocal a = ...\nif a then return a end\nerror("no argument")')

  it('skip a byte order mark and a # line and keep line numbers', () => {
    using lua = createRuntime()
    for (const run of [() => lua.executeFile(file), () => lua.load(lua.compileFile(file))]) {
      expect(thrownBy(run)).toMatchObject({ code: 'LUA_RUNTIME', chunk: file, line: 4 })
    }
    expect(lua.executeFile(file, { args: ['x'] })).toBe('x')
    expect(lua.load(lua.compileFile(file), { args: ['x'] })).toBe('x')
  })

  it("throw Node's error for a missing file", () => {
    using lua = createRuntime()
    const missing = join(folder, 'missing.lua')
    expect(() => lua.executeFile(missing)).toThrow(withCode('ENOENT'))
    expect(() => lua.compileFile(missing)).toThrow(withCode('ENOENT'))
  })
})

describe('globals', () => {
  it('are set and read by name and by path', () => {
    using lua = createRuntime()
    lua.setGlobal('a', 1)
    lua.setGlobal('b.c.d', [1, 2])
    expect(lua.executeScript('return a, b.c.d[2]')).toEqual([1, 2])
    expect(lua.getGlobal('b.c')).toEqual({ d: [1, 2] })
    expect(lua.getGlobal('nothing')).toBe(null)
    expect(lua.getGlobal('nothing.more')).toBe(null)
    lua.setGlobal('a', undefined)
    expect(lua.getGlobal('a')).toBe(null)
  })

  it('of the options are taken by their names, dots included', () => {
    using lua = createRuntime({ globals: { 'a.b': 1, f: (x: number) => x + 1 } })
    expect(lua.executeScript('return _G["a.b"], f(1), a')).toEqual([1, 2, null])
  })

  it('that cannot be converted make createRuntime throw', () => {
    expect(() => createRuntime({ globals: { x: Symbol('s') } })).toThrow(withCode('LUA_CONVERSION'))
  })

  it.each(['', 'a..b', '.a', 'a.'])('are refused under the name %j', (name) => {
    using lua = createRuntime()
    for (const use of [() => lua.setGlobal(name, 1), () => lua.getGlobal(name), () => lua.call(name)]) {
      expect(use).toThrow(withCode('LUA_INVALID_ARGUMENT'))
    }
  })

  it('that are functions are called by path', () => {
    using lua = createRuntime()
    lua.executeScript('app = { add = function(a, b) return a + b, "sum" end }')
    expect(lua.call('app.add', 1, 2)).toEqual([3, 'sum'])
    expect(() => lua.call('app.missing')).toThrow(LuaError)
    expect(() => lua.call('missing')).toThrow(LuaError)
  })
})

describe('print', () => {
  it('gets the text of print and io.write', () => {
    const out: string[] = []
    using lua = createRuntime({ libraries: 'all', print: (text) => out.push(text) })
    lua.executeScript('print("a", 1, nil) io.write("x", 2, "\\n")')
    expect(out.join('')).toBe('a\t1\tnil\nx2\n')
  })
})

describe('libraries', () => {
  it.each<[RuntimeOptions, Record<string, boolean>]>([
    [
      {},
      {
        'string.format': true,
        dofile: false,
        loadfile: false,
        'string.dump': false,
        io: false,
        os: false,
        require: false,
      },
    ],
    [{ libraries: 'safe' }, { require: true, io: false, os: false, debug: false, 'utf8.char': true }],
    [{ libraries: 'all' }, { 'io.open': true, 'os.getenv': true, 'debug.traceback': true }],
    [{ libraries: 'none' }, { print: false, type: false }],
    [{ libraries: ['math'] }, { 'math.floor': true, print: false }],
  ])('%j opens what it says', (options, expected) => {
    using lua = createRuntime(options)
    for (const [name, present] of Object.entries(expected)) {
      expect([name, lua.getGlobal(name) !== null]).toEqual([name, present])
    }
  })
})

describe('bytecode', () => {
  it('loads many times, in other runtimes, with arguments', () => {
    using lua = createRuntime()
    using other = createRuntime({ libraries: 'none' })
    const bytecode = lua.compile('local a = ... return a * 2')
    for (const runtime of [lua, other, other]) expect(runtime.load(bytecode, { args: [4] })).toBe(8)
  })

  it('that returns a function gives a callable', () => {
    using lua = createRuntime()
    const add = lua.load<(a: number, b: number) => number>(lua.compile('return function(a, b) return a + b end'))
    expect(add(1, 2)).toBe(3)
  })

  it('keeps chunk names unless stripped', () => {
    using lua = createRuntime()
    const source = 'error("x")'
    expect(thrownBy(() => lua.load(lua.compile(source, { chunkName: '@c.lua' })))).toMatchObject({
      chunk: 'c.lua',
      line: 1,
    })
    const stripped = lua.compile(source, { chunkName: '@c.lua', strip: true })
    expect(thrownBy(() => lua.load(stripped))).toMatchObject({ code: 'LUA_RUNTIME', line: -1 })
  })

  it('needs the same key', () => {
    using signed = createRuntime({ bytecodeKey: 'secret' })
    using same = createRuntime({ bytecodeKey: Buffer.from('secret') })
    using other = createRuntime({ bytecodeKey: 'other' })
    using plain = createRuntime()
    const bytecode = signed.compile('return 1')
    expect(same.load(bytecode)).toBe(1)
    expect(thrownBy(() => other.load(bytecode))).toMatchObject({ code: 'LUA_BYTECODE', reason: 'altered' })
    expect(thrownBy(() => plain.load(bytecode))).toMatchObject({ code: 'LUA_BYTECODE', reason: 'signed' })
    expect(thrownBy(() => signed.load(plain.compile('return 1')))).toMatchObject({ reason: 'unsigned' })
  })

  it('is refused as a plain dump unless trusted', () => {
    using lua = createRuntime({ libraries: 'all' })
    const dump = lua.compile('return 7', { raw: true })
    const own = lua.executeScript<Uint8Array>('return string.dump(load("return 8"))', {})
    expect(typeof own).toBe('string')
    expect(thrownBy(() => lua.load(dump))).toMatchObject({ code: 'LUA_BYTECODE', reason: 'raw' })
    expect(lua.load(dump, { trusted: true })).toBe(7)
  })

  it.each(['return 1', 5, null, new ArrayBuffer(4)])('is refused as %s', (bytecode) => {
    using lua = createRuntime()
    expect(() => lua.load(bytecode as unknown as Uint8Array)).toThrow(withCode('LUA_INVALID_ARGUMENT'))
  })

  it('is refused by load() of Lua unless allowed', () => {
    const script = 'return load(...)'
    using dumper = createRuntime()
    const dump = dumper.compile('return 1', { raw: true })
    using lua = createRuntime({ libraries: 'all' })
    expect(lua.executeScript(script, { args: [dump] })).toEqual([null, expect.stringContaining('binary')])
    using open = createRuntime({ libraries: 'all', allowBytecode: true })
    expect(open.executeScript<() => unknown>(script, { args: [dump] })()).toBe(1)
  })
})

describe('limits', () => {
  it('end a run and leave the runtime usable', () => {
    using lua = createRuntime({ maxInstructions: 100_000, timeout: 1000, maxMemory: 4_000_000 })
    expect(thrownBy(() => lua.executeScript('while true do end'))).toMatchObject({
      code: 'LUA_LIMIT',
      limit: 'instructions',
      max: 100_000,
    })
    expect(thrownBy(() => lua.executeScript('local s = ("x"):rep(5000000)'))).toMatchObject({
      code: 'LUA_MEMORY',
      max: 4_000_000,
    })
    expect(lua.executeScript('return 1')).toBe(1)
  })

  it('of a call tighten those of the runtime and never widen them', () => {
    using lua = createRuntime({ maxInstructions: 100_000 })
    const spin = 'for i = 1, 1e9 do end'
    expect(thrownBy(() => lua.executeScript(spin, { maxInstructions: 1000 }))).toMatchObject({ max: 1000 })
    expect(thrownBy(() => lua.executeScript(spin, { maxInstructions: 1e12 }))).toMatchObject({ max: 100_000 })
    expect(thrownBy(() => lua.executeScript(spin, { timeout: Infinity }))).toMatchObject({ max: 100_000 })
    expect(lua.executeScript('for i = 1, 2000 do end return 1')).toBe(1)
  })

  it('can be changed and taken away', () => {
    using lua = createRuntime({ maxInstructions: 1000, timeout: 5, maxMemory: 1_000_000 })
    const work = 'local n = 0 for i = 1, 100000 do n = n + 1 end return n'
    expect(() => lua.executeScript(work)).toThrow(withCode('LUA_LIMIT'))
    lua.setMaxInstructions(Infinity)
    lua.setTimeLimit(10_000)
    expect(lua.executeScript(work)).toBe(100_000)
    lua.setMemoryLimit(Infinity)
    expect(lua.executeScript('return #("x"):rep(3000000)')).toBe(3_000_000)
    expect(lua.info()).toMatchObject({ maxInstructions: Infinity, timeout: 10_000, maxMemory: Infinity })
  })

  it.each([undefined, null, '5', 0, -1, Number.NaN])('are refused as %s', (value) => {
    using lua = createRuntime()
    for (const set of ['setMaxInstructions', 'setTimeLimit', 'setMemoryLimit'] as const) {
      expect(() => lua[set](value as number)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^LUA_(INVALID_ARGUMENT|OUT_OF_RANGE)$/) }),
      )
    }
  })

  it('too small for the libraries make createRuntime throw', () => {
    expect(() => createRuntime({ maxMemory: 2000 })).toThrow(withCode('LUA_MEMORY'))
  })

  it('cancel() ends a run from inside a callback', () => {
    using lua = createRuntime()
    lua.setGlobal('stop', () => lua.cancel())
    expect(thrownBy(() => lua.executeScript('stop() while true do end'))).toMatchObject({
      code: 'LUA_LIMIT',
      limit: 'abort',
    })
    lua.cancel()
    expect(lua.executeScript('return 1')).toBe(1)
  })
})

describe('seed', () => {
  it('makes math.random repeatable', () => {
    const numbers = (options: RuntimeOptions): unknown => {
      using lua = createRuntime(options)
      return lua.executeScript('return math.random(1 << 40), math.random(1 << 40)')
    }
    expect(numbers({ seed: 7 })).toEqual(numbers({ seed: 7 }))
    expect(numbers({ seed: 7 })).not.toEqual(numbers({ seed: 8 }))
  })
})

describe('gc', () => {
  it("speaks Lua's vocabulary", () => {
    using lua = createRuntime()
    expect(lua.gc('collect')).toBe(undefined)
    expect(lua.gc('isrunning')).toBe(true)
    expect(lua.gc('stop')).toBe(undefined)
    expect(lua.gc('isrunning')).toBe(false)
    expect(lua.gc('restart')).toBe(undefined)
    expect(lua.gc('count')).toBeCloseTo(lua.getMemoryUsage() / 1024, 0)
    expect(lua.gc('generational')).toBe('incremental')
    expect(lua.gc('incremental')).toBe('generational')
    expect(lua.gc('step')).toBeTypeOf('boolean')
    const pause = lua.gc('param', 'pause')
    expect(lua.gc('param', 'pause', 150)).toBe(pause)
    expect(Math.abs(lua.gc('param', 'pause') - 150)).toBeLessThanOrEqual(10)
  })

  it('frees what is unreachable', () => {
    using lua = createRuntime()
    lua.executeScript('big = ("x"):rep(1000000)')
    const before = lua.getMemoryUsage()
    lua.executeScript('big = nil')
    lua.gc('collect')
    expect(lua.getMemoryUsage()).toBeLessThan(before - 900_000)
  })
})

describe('setHook', () => {
  it('sees lines, calls and returns with their place', () => {
    using lua = createRuntime()
    const events: [string, number, string, HookLocation][] = []
    lua.setHook((...args) => events.push(args), { call: true, return: true, line: true })
    lua.executeScript('local function f()\n  return 1\nend\nf()', { chunkName: '@h.lua' })
    lua.removeHook()
    lua.executeScript('return 1')
    expect(events.map(([event]) => event)).toContain('call')
    expect(events.map(([event]) => event)).toContain('return')
    expect(events.filter(([event]) => event === 'line').map(([, line]) => line)).toEqual([3, 4, 2])
    expect(events.find(([event, , name]) => event === 'call' && name === 'f')?.[3]).toMatchObject({
      source: '@h.lua',
      what: 'Lua',
    })
  })

  it('counts instructions and fires in coroutines', () => {
    using lua = createRuntime()
    let calls = 0
    lua.setHook(() => calls++, { count: 100 })
    lua.executeScript('coroutine.wrap(function() for i = 1, 10000 do end end)()')
    expect(calls).toBeGreaterThan(50)
  })

  it('ends the run with the error that the hook throws', () => {
    using lua = createRuntime()
    const error = new Error('from the hook')
    lua.setHook(
      () => {
        throw error
      },
      { line: true },
    )
    expect(thrownBy(() => lua.executeScript('pcall(function()\nlocal a = 1\nend)'))).toBe(error)
  })

  it('can be removed from inside', () => {
    using lua = createRuntime()
    let calls = 0
    lua.setHook(
      () => {
        calls++
        lua.removeHook()
      },
      { line: true },
    )
    lua.executeScript('local a = 1\nlocal b = 2\nreturn a + b')
    expect(calls).toBe(1)
  })
})

describe('info and lastRun', () => {
  it('describe the runtime', () => {
    using lua = createRuntime({ maxMemory: 5_000_000, maxInstructions: 1000, timeout: 50, libraries: ['base', 'os'] })
    const info = lua.info()
    expect(info).toMatchObject({
      version: expect.stringMatching(/^Lua 5\.[45]$/),
      release: expect.stringMatching(/^Lua 5\.[45]\.\d+$/),
      maxMemory: 5_000_000,
      maxInstructions: 1000,
      timeout: 50,
      libraries: ['base', 'os'],
    })
    expect(info.memoryBytes).toBe(lua.getMemoryUsage())
    expect([504, 505]).toContain(info.versionNumber)
  })

  it('give the figures of the last run', () => {
    using lua = createRuntime()
    lua.setGlobal('host', () => 1)
    lua.executeScript('for i = 1, 10000 do end host()')
    const { instructions, cpuMs, wallMs, peakBytes, crossings } = lua.lastRun
    expect(instructions).toBeGreaterThan(5000)
    expect(instructions).toBeLessThan(20_000)
    expect(wallMs).toBeGreaterThan(0)
    expect(cpuMs).toBeGreaterThanOrEqual(0)
    expect(peakBytes).toBeGreaterThan(1000)
    expect(crossings).toBeGreaterThanOrEqual(2)
  })
})

describe('dispose', () => {
  it('makes every method throw LuaDisposedError, and functions of the runtime too', () => {
    const lua = createRuntime()
    const bytecode = lua.compile('return 1')
    const luaFunction = lua.executeScript<() => number>('return function() return 1 end')
    expect(lua.disposed).toBe(false)
    lua.dispose()
    expect(lua.disposed).toBe(true)
    lua.dispose()
    for (const use of [
      () => lua.executeScript('return 1'),
      () => lua.setGlobal('a', 1),
      () => lua.getGlobal('a'),
      () => lua.call('print'),
      () => lua.compile('return 1'),
      () => lua.load(bytecode),
      () => lua.gc('collect'),
      () => lua.getMemoryUsage(),
      () => lua.setMemoryLimit(1e6),
      () => lua.setMaxInstructions(1e6),
      () => lua.setTimeLimit(10),
      () => lua.setHook(() => undefined, { line: true }),
      () => lua.removeHook(),
      () => lua.info(),
      () => lua.lastRun,
      () => lua.onDispose(() => undefined),
      luaFunction,
    ]) {
      expect(use, String(use)).toThrow(withCode('LUA_DISPOSED'))
    }
  })

  it('is refused inside a run', () => {
    using lua = createRuntime()
    lua.setGlobal('close', () => lua.dispose())
    expect(() => lua.executeScript('close()')).toThrow(withCode('LUA_BUSY'))
    expect(lua.disposed).toBe(false)
    expect(lua.executeScript('return 1')).toBe(1)
  })

  it('calls what onDispose was given, once, after Lua is closed', () => {
    const lua = createRuntime()
    const seen: boolean[] = []
    lua.onDispose(() => seen.push(lua.disposed))
    lua.onDispose(() => seen.push(false))()
    lua.dispose()
    lua.dispose()
    expect(seen).toEqual([true])
  })

  it('happens at the end of a using block', () => {
    let outer: Runtime
    {
      using lua = createRuntime()
      outer = lua
    }
    expect(outer.disposed).toBe(true)
  })

  it('is bounded by the limits of the runtime', () => {
    const lua = createRuntime({ timeout: 50 })
    lua.executeScript('keep = setmetatable({}, { __gc = function() while true do end end })')
    const start = performance.now()
    lua.dispose()
    expect(performance.now() - start).toBeLessThan(2000)
    expect(lua.disposed).toBe(true)
  })
})

describe('the class', () => {
  it('refuses other receivers', () => {
    using lua = createRuntime()
    expect(lua).toBeInstanceOf(Runtime)
    for (const name of ['executeScript', 'getGlobal', 'dispose', 'info'] as const) {
      expect(() => (Runtime.prototype[name] as () => unknown).call({})).toThrow(TypeError)
    }
  })

  it('keeps runtimes apart', () => {
    using first = createRuntime({ globals: { a: 1 } })
    using second = createRuntime()
    expect(second.getGlobal('a')).toBe(null)
    expect(first.getGlobal('a')).toBe(1)
  })
})
