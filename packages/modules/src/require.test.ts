/** The semantics of `require`: section 6.3 of the manual, with the library package and without. */
import { createRuntime, LuaRuntimeError, type Runtime, type RuntimeOptions } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { type ModuleMethods, moduleActions } from './index.ts'

function open(options?: RuntimeOptions): Runtime & ModuleMethods {
  return createRuntime(options).extend(moduleActions())
}

/** The message of what `work` throws. */
function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

describe.each(['sandbox', 'safe', 'all'] as const)('require under libraries %s', (libraries) => {
  it('returns the value and the loader data, and the value alone once it is loaded', () => {
    using lua = open({ libraries })
    lua.registerSource('m', 'return { ... }')
    expect(lua.executeScript('local m, data = require("m") return m[1], m[2], data')).toEqual([
      'm',
      ':registered:',
      ':registered:',
    ])
    expect(lua.executeScript('return select("#", require("m"))')).toBe(1)
    expect(lua.executeScript('return require("m") == require("m")')).toBe(true)
  })

  it('keeps true for a module that returns nothing', () => {
    using lua = open({ libraries })
    lua.registerSource('m', 'loads = (loads or 0) + 1')
    expect(lua.executeScript('return require("m"), (require("m")), loads')).toEqual([true, true, 1])
  })

  it('keeps false, and loads such a module each time', () => {
    using lua = open({ libraries })
    lua.registerSource('m', 'loads = (loads or 0) + 1 return false')
    expect(lua.executeScript('local a = require("m") local b = require("m") return a, b, loads')).toEqual([
      false,
      false,
      2,
    ])
  })

  it('takes a number for its text', () => {
    using lua = open({ libraries })
    lua.registerSource('5', 'return { name = ... }')
    expect(lua.executeScript('return require(5).name, require(5) == require("5")')).toEqual(['5', true])
  })

  it('gives the standard libraries', () => {
    using lua = open({ libraries })
    expect(lua.executeScript('return require("string") == string, require("_G") == _G')).toEqual([true, true])
    expect(lua.executeScript('return require("package") == package')).toBe(true)
  })

  it('tells the place of the caller, and what was tried, a line each', () => {
    using lua = open({ libraries, filesystem: 'deny' })
    lua.addSearcher(() => undefined, { name: 'mine' })
    const message = messageOf(() => lua.executeScript('\nrequire("a.b")', { chunkName: '@main.lua' }))
    const lines = message.split('\n\t')
    expect(lines.slice(0, 3)).toEqual([
      "main.lua:2: module 'a.b' not found:",
      "no field package.preload['a.b']",
      "no module 'a.b' registered by the host",
    ])
    expect(lines.at(-1)).toBe("no module 'a.b' from searcher 'mine'")
  })

  it.each([
    ['require()', 'no value'],
    ['require({})', 'table'],
    ['require(true)', 'boolean'],
  ])('refuses %s', (script, got) => {
    using lua = open({ libraries })
    expect(messageOf(() => lua.executeScript(script, { chunkName: '=s' }))).toBe(
      `s:1: bad argument #1 to 'require' (string expected, got ${got})`,
    )
  })

  it('loads a module that failed halfway again', () => {
    using lua = open({ libraries })
    lua.registerSource('m', 'tries = (tries or 0) + 1 if tries == 1 then error("not yet") end return tries')
    expect(messageOf(() => lua.executeScript('require("m")'))).toBe('m:1: not yet')
    expect(lua.executeScript('return (require("m"))')).toBe(2)
  })

  it('names the line of a syntax error', () => {
    using lua = open({ libraries })
    lua.registerSource('m', 'local x\nlocal = 5', { chunkName: '@lib/m.lua' })
    expect(messageOf(() => lua.executeScript('require("m")'))).toBe(
      "error loading module 'm' from ':registered:':\n\tlib/m.lua:2: <name> expected near '='",
    )
  })

  it('tells a cycle with its chain', () => {
    using lua = open({ libraries })
    lua.addSources({ a: 'require("b")', b: 'require("c")', c: 'require("a")' })
    expect(messageOf(() => lua.executeScript('require("a")'))).toBe(
      "c:1: error loading module 'a': the modules require each other: a -> b -> c -> a",
    )
    expect(messageOf(() => lua.executeScript('require("c")'))).toContain('c -> a -> b -> c')
  })

  it('tells a module that requires itself', () => {
    using lua = open({ libraries })
    lua.registerSource('a', 'local ok, message = pcall(require, "a") return message')
    expect(lua.executeScript('return (require("a"))')).toContain('a -> a')
  })

  it('lets a module be required again after a run that a limit ended while it was loading', () => {
    using lua = open({ libraries })
    lua.registerSource('slow', 'if not stop then while true do end end return "done"')
    lua.registerSource('outer', 'return require("slow")')
    for (const script of ['require("outer")', 'coroutine.wrap(require)("outer")']) {
      expect(() => lua.executeScript(script, { maxInstructions: 100_000 })).toThrow(
        expect.objectContaining({ code: 'LUA_LIMIT' }),
      )
    }
    lua.setGlobal('stop', true)
    expect(lua.executeScript('return (require("outer"))')).toBe('done')
  })

  it('works in coroutines, and modules may yield', () => {
    using lua = open({ libraries })
    lua.registerSource('m', 'local x = coroutine.yield("wait") return { x = x }')
    const script = `
      local co = coroutine.wrap(function() return require("m").x end)
      local first = co()
      local ok, message = pcall(require, "m")
      return first, ok, message, co(5), require("m").x`
    expect(lua.executeScript(script)).toEqual([
      'wait',
      false,
      "error loading module 'm': another coroutine is loading it",
      5,
      5,
    ])
  })

  it('loads a module again whose coroutine was closed or dropped while it was loading', () => {
    using lua = open({ libraries })
    lua.registerSource('m', 'if not ready then coroutine.yield() end return 1')
    const script = `
      local co = coroutine.create(require)
      coroutine.resume(co, "m")
      RESULT
      co = nil
      ready = true
      return (require("m"))`
    expect(lua.executeScript(script.replace('RESULT', 'coroutine.close(co)'))).toBe(1)
    lua.unloadModule('m')
    lua.setGlobal('ready', undefined)
    expect(lua.executeScript(script.replace('RESULT', ''))).toBe(1)
  })

  it('works in host callbacks', () => {
    using lua = open({ libraries })
    lua.registerModule('calc', { twice: (f: (n: number) => number) => 2 * f(3) })
    lua.registerSource('inc', 'return function(n) return n + 1 end')
    expect(lua.executeScript('return require("calc").twice(function(n) return require("inc")(n) end)')).toBe(8)
    lua.setGlobal('run', () => lua.executeScript('return require("inc")(1)'))
    expect(lua.executeScript('return run()')).toBe(2)
  })

  it('holds modules to the limits', () => {
    using lua = open({ libraries, maxMemory: 8_000_000 })
    lua.registerSource('loop', 'while true do pcall(error) end')
    lua.registerSource('grow', 'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end')
    expect(() => lua.executeScript('pcall(require, "loop")', { timeout: 50 })).toThrow(
      expect.objectContaining({ code: 'LUA_LIMIT' }),
    )
    expect(() => lua.executeScript('require("grow")')).toThrow(expect.objectContaining({ code: 'LUA_MEMORY' }))
    lua.registerSource('large', `return "${'x'.repeat(9_000_000)}"`)
    expect(() => lua.executeScript('require("large")')).toThrow(expect.objectContaining({ code: 'LUA_MEMORY' }))
    expect(lua.executeScript('return 1')).toBe(1)
  })

  it('raises what the module raises, as it is', () => {
    using lua = open({ libraries })
    const mine = new Error('mine')
    lua.setGlobal('fail', () => {
      throw mine
    })
    lua.addSources({ a: 'error({ code = 5 })', b: 'fail()' })
    expect(lua.executeScript('local ok, e = pcall(require, "a") return e.code')).toBe(5)
    expect(() => lua.executeScript('require("b")')).toThrow(mine)
    expect(() => lua.executeScript('require("a")')).toThrow(LuaRuntimeError)
  })
})
