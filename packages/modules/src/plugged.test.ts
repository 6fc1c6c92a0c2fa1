/** With the library package: the real `package.searchers`, `package.loaded` and `package.preload`. */
import { createRuntime, type Runtime, type RuntimeOptions } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { temporaryFolder, writeModules } from '../test/servers.ts'
import { type ModuleMethods, moduleActions } from './index.ts'

function open(options?: RuntimeOptions): Runtime & ModuleMethods {
  return createRuntime(options).extend(moduleActions())
}

describe.each(['safe', 'all'] as const)('libraries %s', (libraries) => {
  it('puts searchers into the real list', () => {
    using lua = open({ libraries })
    lua.addSources({ m: 'return 1' })
    expect(lua.executeScript('return #package.searchers')).toBe(6)
    const script = 'local f, data = package.searchers[6]("m") return f(), data, package.searchers[6]("none")'
    expect(lua.executeScript(script)).toEqual([1, ':sources in memory:', "no module 'none' in sources in memory"])
  })

  it('uses what scripts put into package', () => {
    using lua = open({ libraries })
    lua.registerSource('mine', 'return "host"')
    const script = `
      package.preload.a = function(name, data) return name .. data end
      table.insert(package.searchers, 1, function(name) if name == "mine" then return function() return "script" end end end)
      package.loaded.b = "set"
      return (require("a")), (require("mine")), (require("b"))`
    expect(lua.executeScript(script)).toEqual(['a:preload:', 'script', 'set'])
    expect(lua.resolveModule('mine')).toMatchObject({ found: true, searcher: 'package.preload' })
    expect(lua.listModules().map(({ name }) => name)).toEqual(['a', 'b', 'mine'])
  })

  it("tells as Lua does when the list is gone, or has no more than a script's", () => {
    using lua = open({ libraries })
    lua.executeScript('kept = package.searchers package.searchers = 5')
    expect(() => lua.executeScript('require("x")')).toThrow(/'package.searchers' must be a table/)
    expect(() => lua.addSources({ m: 'return 1' })).toThrow(/'package.searchers' must be a table/)
    lua.executeScript('package.searchers = { function() return "no luck" end, function() end }')
    expect(() => lua.executeScript('require("x")')).toThrow(/module 'x' not found:\n\tno luck$/)
    const remove = lua.addSources({ m: 'return 1' })
    expect(lua.executeScript('return (require("m")), #package.searchers')).toEqual([1, 3])
    lua.executeScript('package.searchers = kept')
    remove()
    expect(lua.executeScript('return #package.searchers')).toBe(5)
  })

  it('finds files that scripts search for, and tells cycles among them', () => {
    const folder = temporaryFolder()
    writeModules(folder, { a: 'local b = require("b") return b', b: 'local a = require("a") return a', ok: 'return 1' })
    using lua = open({ libraries })
    lua.executeScript('package.path = (...) .. "/?.lua"', { args: [folder] })
    expect(lua.executeScript('return require("ok")')).toEqual([1, `${folder}/ok.lua`])
    expect(() => lua.executeScript('require("a")')).toThrow(/a -> b -> a/)
    expect(lua.resolveModule('ok')).toMatchObject({ file: `${folder}/ok.lua`, searcher: 'package.searchers[3]' })
    expect(lua.listModules()).toEqual([{ name: 'ok', loaded: true, origin: `${folder}/ok.lua` }])
  })

  it('refuses bytecode from the path, and a path that is none', () => {
    const folder = temporaryFolder()
    using lua = open({ libraries })
    writeModules(folder, { dump: lua.compile('return 1', { raw: true }) })
    lua.addSearchPath(`${folder}/?.lua`)
    expect(() => lua.executeScript('require("dump")')).toThrow(/attempt to load a binary chunk/)
    lua.executeScript('package.path = nil')
    expect(() => lua.addSearchPath('?.lua')).toThrow(/'package.path' must be a string/)
  })

  it('reaches no file where the filesystem is denied but what the host serves', () => {
    const folder = temporaryFolder()
    writeModules(folder, { m: 'return "served"' })
    using lua = open({ libraries, filesystem: 'deny' })
    lua.executeScript('package.path = (...) .. "/?.lua"', { args: [folder] })
    expect(() => lua.executeScript('require("m")')).toThrow(/filesystem access denied/)
    lua.addRoot(folder)
    expect(lua.executeScript('return (require("m"))')).toBe('served')
  })

  it('gives the functions of the manual the same place', () => {
    using lua = open({ libraries })
    expect(lua.executeScript('return package.loaded._G.require == require')).toBe(true)
    const lone = createRuntime({ libraries })
    const original = lone.executeScript<string>('return select(2, pcall(require, "not.there"))')
    const ours = lua.executeScript<string>('return select(2, pcall(require, "not.there"))')
    const registered = "\n\tno module 'not.there' registered by the host"
    expect(ours.replace(registered, '')).toBe(original)
    lone.dispose()
  })
})
