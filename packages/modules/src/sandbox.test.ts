/** What hostile scripts try under `require`, in the default libraries. */
import { createRuntime, type Runtime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { type ModuleMethods, moduleActions } from './index.ts'

function open(): Runtime & ModuleMethods {
  const lua = createRuntime({ maxInstructions: 50_000_000 }).extend(moduleActions())
  lua.registerModule('db', { secret: () => 'kept' })
  lua.addSources({ part: 'return { name = "part" }', late: 'return { name = "late" }' })
  return lua
}

const holds = 'return require("db").secret() == "kept" and require("late").name == "late"'

describe('package in a sandbox', () => {
  it('has loaded, preload and config, and nothing that reaches the disk', () => {
    using lua = open()
    const names = 'local t = {} for k in pairs(package) do t[#t + 1] = k end table.sort(t) return table.concat(t, " ")'
    expect(lua.executeScript(names)).toBe('config loaded preload')
    expect(
      lua.executeScript(
        'return package.loadlib, package.cpath, package.path, package.searchers, package.searchpath, debug, io',
      ),
    ).toEqual([null, null, null, null, null, null, null])
  })

  it('shows what is loaded and preloaded', () => {
    using lua = open()
    lua.preload('p', () => 1)
    expect(
      lua.executeScript('require("db") return package.loaded.db == require("db"), type(package.preload.p)'),
    ).toEqual([true, 'function'])
    expect(
      lua.executeScript('local n = 0 for k, v in pairs(package.loaded) do n = n + (k == "db" and 1 or 0) end return n'),
    ).toBe(1)
    expect(lua.executeScript('return package.loaded.string == string, package.loaded._G == _G')).toEqual([true, true])
  })

  it.each([
    'package.loaded.db = {}',
    'package.preload.db = print',
    'package.loaded = {}',
    'package.searchers = {}',
    'package.loaded[{}] = 1',
  ])('refuses %s', (script) => {
    using lua = open()
    expect(() => lua.executeScript(script, { chunkName: '=s' })).toThrow(
      /^s:1: attempt to modify '.*' of the read-only/,
    )
    expect(lua.executeScript(holds)).toBe(true)
  })
})

describe('read-only tables', () => {
  it.each(['rawset(package.loaded, "db", {})', 'rawset(package, "loaded", {})', 'rawset(package.preload, "x", print)'])(
    'are out of reach for %s',
    (script) => {
      using lua = open()
      expect(() => lua.executeScript(script, { chunkName: '=s' })).toThrow('s:1: attempt to modify a read-only table')
      expect(lua.executeScript('return rawset({}, "a", 1).a, pcall(rawset)')).toEqual([
        1,
        false,
        expect.stringContaining('table expected, got no value'),
      ])
    },
  )

  it('can be what a registered module is, with all that is in it', () => {
    class Point {
      x = 1
    }
    using lua = open()
    lua.registerModule('fixed', { n: 1, list: [1, 2], deep: { f: () => 5 }, Point }, { readonly: true })
    for (const attack of [
      'require("fixed").n = 2',
      'require("fixed").deep.f = print',
      'rawset(require("fixed").deep, "f", print)',
      'table.insert(require("fixed").list, 3)',
      'setmetatable(require("fixed"), nil)',
      'load("n = 2", "x", "t", require("fixed"))()',
    ]) {
      expect(() => lua.executeScript(attack), attack).toThrow(expect.objectContaining({ code: 'LUA_RUNTIME' }))
    }
    for (let round = 0; round < 2; round++) {
      const script = `
        local fixed = require("fixed")
        local sum = 0
        for _, value in ipairs(fixed.list) do sum = sum + value end
        for key in pairs(fixed) do sum = sum + #key end
        return fixed.n, #fixed.list, sum, fixed.deep.f(), fixed.Point().x`
      expect(lua.executeScript(script)).toEqual([1, 2, 17, 5, 1])
      lua.reset()
    }
  })
})

describe('what a script does to its globals does not reach require', () => {
  const attacks = [
    'pcall(rawset, package.loaded, "db", { secret = function() return "stolen" end })',
    'pcall(rawset, package.preload, "late", function() return {} end)',
    'package = { loaded = { db = {} }, preload = { late = function() return {} end }, searchers = {} }',
    'local r = require require = nil _G.package = nil require = r',
    'getmetatable("").__index = function() return function() return "stolen" end end',
    'getmetatable("").__concat = function() return "stolen" end',
    'local m = getmetatable("") m.__len = function() return 0 end m.__eq = function() return true end',
    'string.format = nil string.gsub = nil string.byte = nil',
    'load = function() return function() return { secret = function() return "stolen" end } end end',
    'error = print type = function() return "function" end rawget = nil rawset = nil rawlen = nil next = nil',
    'setmetatable = function(t) return t end collectgarbage = error tostring = error pairs = error',
    'coroutine.running = error coroutine = nil',
    'setmetatable(_G, { __index = function() return print end, __newindex = function() end })',
    'pcall(setmetatable, package.loaded, { __index = function() return {} end })',
    'pcall(setmetatable, package, {})',
    'assert(getmetatable(package) == false and getmetatable(package.loaded) == false)',
    'local f = pairs(package.loaded) pcall(f, nil, "nothing")',
    'pcall(require, setmetatable({}, { __tostring = function() return "db" end }))',
    'pcall(require, ("x"):rep(10000)) pcall(require, "\\0") pcall(require, "")',
    'table.insert = nil table.remove = nil table.concat = nil table.unpack = nil',
    'for i = 1, 100 do pcall(require, "missing" .. i) end',
    'local t = coroutine.wrap(function() pcall(require, "part") end) t()',
    'load("package = nil require = nil", "x", "t", _ENV) ()',
  ]

  it.each(attacks)('%s', (attack) => {
    using lua = open()
    const keep = lua.executeScript<(name: string) => unknown>('keep = require return require')
    lua.executeScript(attack)
    expect(lua.executeScript(holds.replaceAll('require', 'keep'))).toBe(true)
    lua.unloadModule('part')
    expect(keep('part')).toEqual([{ name: 'part' }, ':sources in memory:'])
    expect(lua.resolveModule('late').searcher).toBe('sources in memory')
    lua.reloadModule('part')
    expect(lua.listModules().map(({ name }) => name)).toEqual(['db', 'late', 'part'])
  })

  it('keeps what the host serves out of reach when a module is evil itself', () => {
    using lua = open()
    lua.registerSource('evil', 'pcall(rawset, package, "loaded", {}) require = function() return {} end return {}')
    lua.executeScript('keep = require keep("evil")')
    expect(lua.executeScript(holds.replaceAll('require', 'keep'))).toBe(true)
  })

  it('gives environments with read-only libraries the same require', () => {
    using lua = open()
    const env = lua.createEnvironment()
    expect(lua.executeScriptIn(env, holds)).toBe(true)
    for (const attack of [
      'package.loaded.db = {}',
      'rawset(package.loaded, "db", {})',
      'rawset(package, "loaded", {})',
      'require = function() end',
    ]) {
      expect(() => lua.executeScriptIn(env, attack), attack).toThrow(expect.objectContaining({ code: 'LUA_RUNTIME' }))
    }
    expect(lua.executeScript(holds)).toBe(true)
  })
})

describe('limits during a require', () => {
  it('end a script that keeps asking for what is not there', () => {
    using lua = open()
    expect(() => lua.executeScript('for i = 1, math.huge do pcall(require, "m" .. i) end', { timeout: 100 })).toThrow(
      expect.objectContaining({ code: 'LUA_LIMIT' }),
    )
  })

  it('end modules that require modules without end', () => {
    const lua = createRuntime({ maxMemory: 16_000_000, timeout: 5000 }).extend(moduleActions())
    lua.addSearcher((name) => `return require("${name}x")`)
    expect(() => lua.executeScript('require("a")')).toThrow()
    expect(lua.executeScript('return 1')).toBe(1)
    lua.dispose()
  })

  it('end a script that asks for a cycle again and again', () => {
    using lua = open()
    lua.registerSource('self', 'while true do pcall(require, "self") end')
    expect(() => lua.executeScript('require("self")', { maxInstructions: 1_000_000 })).toThrow(
      expect.objectContaining({ code: 'LUA_LIMIT' }),
    )
  })

  it('hold in finalizers that require', () => {
    using lua = open()
    lua.registerSource('late2', 'while true do end')
    expect(() =>
      lua.executeScript('setmetatable({}, { __gc = function() pcall(require, "late2") end }) collectgarbage()', {
        maxInstructions: 1_000_000,
      }),
    ).toThrow(expect.objectContaining({ code: 'LUA_LIMIT' }))
    expect(lua.executeScript('return 1')).toBe(1)
  })
})
