/** One suite over every way to serve modules, with each set of libraries. */
import { createRuntime, type Runtime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { type ModuleMethods, moduleActions } from '../src/index.ts'
import { type Server, servers } from './servers.ts'

const presets = ['sandbox', 'safe', 'all'] as const

const modules = {
  main: 'local a, sub = require("lib.a"), require("lib.sub")\nreturn { sum = a.one + sub.two, name = ... }',
  'lib.a': 'count = (count or 0) + 1\nreturn { one = 1, data = select(2, ...) }',
  'lib.sub.init': 'return { two = 2, name = (...) }',
  nothing: 'nothing_ran = true',
  fails: '\n\nerror("on purpose")',
  once: 'tries = (tries or 0) + 1\nif tries == 1 then error("halfway") end\nreturn { tries = tries }',
  'cycle.a': 'local b = require("cycle.b") return b',
  'cycle.b': 'local a = require("cycle.a") return a',
  yields: 'local got = coroutine.yield("ready")\nreturn { got = got }',
  loops: 'while true do end',
  functions: 'local n = 0\nreturn { next = function() n = n + 1 return n end }',
}

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as Error).message
  }
  return 'nothing was thrown'
}

describe.each(presets)('libraries %s', (libraries) => {
  describe.each(Object.entries(servers))('%s', (_, server: Server) => {
    function open(more: Readonly<Record<string, string>> = {}): Runtime & ModuleMethods {
      const lua = createRuntime({ libraries }).extend(moduleActions())
      server.serve(lua, { ...modules, ...more })
      return lua
    }

    it('finds modules and the modules of modules', () => {
      using lua = open()
      expect(lua.executeScript('return require("main")', { results: 'first' })).toEqual({ sum: 3, name: 'main' })
      expect(lua.executeScript('return require("lib.sub").name')).toBe('lib.sub')
    })

    it('loads each once, with the loader data as second value', () => {
      using lua = open()
      const [first, data, again, count] = lua.executeScript<[{ data: string }, string, unknown, number]>(
        'local a, data = require("lib.a") return a, data, require("lib.a") == a, count',
      )
      expect([again, count]).toEqual([true, 1])
      expect(first.data).toBe(data)
      if (server.files) expect(data).toMatch(/lib\/a\.lua$/)
      else expect(data).toMatch(/^:.*:$/)
      expect(lua.executeScript('return select("#", require("lib.a"))')).toBe(1)
    })

    it('keeps true for a module without a value', () => {
      using lua = open()
      expect(lua.executeScript('return (require("nothing")), nothing_ran')).toEqual([true, true])
    })

    it('tells the place of an error in a module', () => {
      using lua = open()
      expect(messageOf(() => lua.executeScript('require("fails")'))).toMatch(/fails(\.lua)?:3: on purpose$/)
    })

    it('does not keep a module that failed', () => {
      using lua = open()
      expect(lua.executeScript('return pcall(require, "once")', { results: 'first' })).toBe(false)
      expect(lua.executeScript('return require("once").tries')).toBe(2)
    })

    it('tells a cycle', () => {
      using lua = open()
      expect(messageOf(() => lua.executeScript('require("cycle.a")'))).toMatch(
        /cycle[./]b(\.lua)?:1: .*cycle\.a -> cycle\.b -> cycle\.a$/,
      )
    })

    it('lists what was tried when nothing is there', () => {
      using lua = open()
      const lines = messageOf(() => lua.executeScript('require("not.there")', { chunkName: '=s' })).split('\n')
      expect(lines[0]).toBe("s:1: module 'not.there' not found:")
      expect(lines.length).toBeGreaterThan(2)
      for (const line of lines.slice(1)) expect(line).toMatch(/^\tno (field|file|module) /)
    })

    it('works in coroutines', () => {
      using lua = open()
      const script =
        'local co = coroutine.wrap(function() return require("yields").got end) return co(), co(7), require("yields").got'
      expect(lua.executeScript(script)).toEqual(['ready', 7, 7])
    })

    it('holds modules to the limits', () => {
      using lua = open()
      expect(() => lua.executeScript('pcall(require, "loops")', { maxInstructions: 100_000 })).toThrow(
        expect.objectContaining({ code: 'LUA_LIMIT' }),
      )
      expect(lua.executeScript('return require("lib.a").one')).toBe(1)
    })

    it('unloads and reloads, and functions from before go on working', () => {
      using lua = open()
      const next = lua.executeScript<() => number>('return require("functions").next')
      expect([next(), next()]).toEqual([1, 2])
      lua.reloadModule('functions')
      expect([next(), lua.executeScript('return require("functions").next()')]).toEqual([3, 1])
      expect([lua.unloadModule('functions'), lua.unloadModule('functions')]).toEqual([true, false])
      expect(lua.executeScript('return require("functions").next()')).toBe(1)
      expect(next()).toBe(4)
    })

    it('keeps the old module when the new one fails', () => {
      using lua = open()
      lua.executeScript('pcall(require, "once") kept = require("once") tries = 0')
      expect(() => lua.reloadModule('once')).toThrow(expect.objectContaining({ code: 'LUA_RUNTIME' }))
      expect(lua.executeScript('return require("once") == kept')).toBe(true)
    })

    it('resolves without loading, and lists', () => {
      using lua = open()
      const found = lua.resolveModule('lib.a')
      expect(found).toMatchObject({ name: 'lib.a', found: true, loaded: false })
      if (server.files) expect(found.file).toMatch(/lib\/a\.lua$/)
      expect(lua.getGlobal('count')).toBe(null)
      expect(lua.resolveModule('not.there')).toMatchObject({ found: false, loaded: false })
      lua.executeScript('require("lib.a")')
      expect(lua.resolveModule('lib.a').loaded).toBe(true)
      expect(lua.listModules().filter((module) => module.loaded)).toEqual([
        expect.objectContaining({ name: 'lib.a', loaded: true }),
      ])
    })

    it('goes on after a reset', () => {
      using lua = open()
      lua.executeScript('require("main")')
      lua.reset()
      expect(lua.listModules().filter((module) => module.loaded)).toEqual([])
      // Functions of Lua go with the state that they belong to.
      if (server.lasting) expect(lua.executeScript('return require("main").sum')).toBe(3)
      else expect(() => lua.executeScript('require("main")')).toThrow(expect.objectContaining({ code: 'LUA_DISPOSED' }))
    })

    it('names the line of a syntax error', () => {
      using lua = createRuntime({ libraries }).extend(moduleActions())
      const bad = { 'bad.syntax': 'local a\nlocal = 1' }
      if (!server.text) {
        expect(() => server.serve(lua, bad)).toThrow(expect.objectContaining({ code: 'LUA_SYNTAX', line: 2 }))
        return
      }
      server.serve(lua, bad)
      expect(messageOf(() => lua.executeScript('require("bad.syntax")'))).toMatch(
        /^error loading module 'bad\.syntax' from .*:\n\t.*bad[./]syntax(\.lua)?:2: <name> expected/,
      )
    })
  })
})
