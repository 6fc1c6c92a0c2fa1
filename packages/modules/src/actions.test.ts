/** What each action takes, refuses and does beyond what the conformance suite shows. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRuntime, LuaConversionError, multi, type Runtime, type RuntimeOptions } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { temporaryFolder, writeModules } from '../test/servers.ts'
import { type ModuleMethods, moduleActions, registerSource } from './index.ts'

function open(options?: RuntimeOptions): Runtime & ModuleMethods {
  return createRuntime(options).extend(moduleActions())
}

const withCode = (code: string): unknown => expect.objectContaining({ code })
const invalid = withCode('LUA_INVALID_ARGUMENT')
const taken = withCode('LUA_NAME_TAKEN')

describe('moduleActions', () => {
  it('refuses wrong options, and a runtime without base', () => {
    expect(() => moduleActions({ maxFileBytes: 0 })).toThrow(withCode('LUA_OUT_OF_RANGE'))
    expect(() => moduleActions({ maxFileBytes: '5' as never })).toThrow(invalid)
    expect(() => moduleActions({ canAwait: true as never })).toThrow(invalid)
    expect(() => moduleActions({ roots: [] } as never)).toThrow(withCode('LUA_UNKNOWN_OPTION'))
    using bare = createRuntime({ libraries: 'none' })
    expect(() => bare.extend(moduleActions())).toThrow(invalid)
  })

  it('needs no other library than base', () => {
    using lua = open({ libraries: ['base'] })
    lua.registerSource('m', 'return { 1 }')
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file.lua'), 'return "text"')
    lua.addRoot(folder)
    expect(lua.executeScript('return (require("m"))[1], (require("file"))')).toEqual([1, 'text'])
    lua.addSources({ a: 'require("b")', b: 'require("a")' })
    expect(() => lua.executeScript('require("a")')).toThrow(/a -> b -> a/)
  })

  it('lets functions be used alone, and refuses options that come too late', () => {
    using lua = createRuntime()
    registerSource(lua, 'm', 'return 1')
    expect(lua.executeScript('return (require("m"))')).toBe(1)
    expect(() => lua.extend(moduleActions({ maxFileBytes: 5 }))).toThrow(invalid)
    expect(lua.extend(moduleActions()).listModules()).toHaveLength(1)
  })

  it('refuses a closed runtime', () => {
    const lua = open()
    lua.dispose()
    expect(() => lua.registerModule('a', {})).toThrow(withCode('LUA_DISPOSED'))
    expect(() => lua.listModules()).toThrow(withCode('LUA_DISPOSED'))
  })

  it('works inside a run', () => {
    using lua = open()
    lua.setGlobal('define', (name: string) => lua.registerSource(name, 'return "defined"'))
    expect(lua.executeScript('define("late") return (require("late"))')).toBe('defined')
  })
})

describe('registerModule', () => {
  it('gives values, functions, nested tables and classes', () => {
    class Counter {
      count = 0
      step(): number {
        return ++this.count
      }
      static zero = 0
    }
    using lua = open()
    lua.registerModule('kit', {
      n: 1,
      list: [1, 2],
      nested: { deep: { f: (a: number) => a + 1 } },
      many: () => multi(1, 2),
      Counter,
      sub: { Counter },
    })
    const script = `
      local kit = require("kit")
      local c = kit.Counter()
      return kit.n, #kit.list, kit.nested.deep.f(1), select("#", kit.many()), c:step(), kit.sub.Counter == kit.Counter,
        Counter, kit.Counter.zero`
    expect(lua.executeScript(script)).toEqual([1, 2, 2, 2, 1, true, null, 0])
    const counter = lua.executeScript<Counter>('local c = require("kit").Counter.new() c:step() c:step() return c')
    expect([counter instanceof Counter, counter.count]).toEqual([true, 2])
  })

  it('leaves the globals as they were, classes or not, also after a reset', () => {
    class Thing {
      x = 1
    }
    using lua = open({ globals: { geo: 'mine' } })
    lua.registerModule('geo', { Thing })
    lua.registerModule('a.b', { inner: { Other: class Other {} } })
    for (let round = 0; round < 2; round++) {
      expect(lua.executeScript('return geo, a, Thing, Other, require("geo").Thing().x')).toEqual([
        'mine',
        null,
        null,
        null,
        1,
      ])
      expect(lua.executeScript('return type(require("a.b").inner.Other())')).toBe('userdata')
      expect(lua.executeScript('for name in pairs(_G) do if name:find(":") then return name end end')).toBe(undefined)
      lua.reset()
    }
  })

  it('takes registered classes, functions and Lua tables', () => {
    using lua = open()
    const Point = lua.registerClass('Point', { construct: () => ({ x: 5 }), fields: 'readonly' })
    lua.registerModule('geo', { Point })
    lua.registerModule('twice', (n: number) => 2 * n)
    const table: object = lua.createTable({ a: 1 })
    lua.registerModule('mine', table)
    expect(lua.executeScript('return require("geo").Point.new().x, require("twice")(4), require("mine").a')).toEqual([
      5, 8, 1,
    ])
    // Tables of Lua go with the state that they belong to.
    lua.reset()
    expect(lua.resolveModule('mine').found).toBe(false)
    expect(lua.executeScript('return require("geo").Point.new().x')).toBe(5)
  })

  it('refuses what cannot cross, before anything is registered', () => {
    using lua = open()
    const wrong: object = { a: { b: [1, Symbol('x')] } }
    expect(() => lua.registerModule('bad', wrong)).toThrow(LuaConversionError)
    expect(() => lua.registerModule('bad', wrong)).toThrow(expect.objectContaining({ path: 'value.a.b[1]' }))
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    expect(() => lua.registerModule('bad', cyclic)).toThrow(LuaConversionError)
    expect(lua.listModules()).toEqual([])
    for (const value of [5, 'x', null, undefined, [1]]) {
      expect(() => lua.registerModule('bad', value as never)).toThrow(invalid)
    }
    expect(() => lua.registerModule('', {})).toThrow(withCode('LUA_OUT_OF_RANGE'))
    expect(() => lua.registerModule(5 as never, {})).toThrow(invalid)
  })

  it('refuses names that are taken', () => {
    using lua = open()
    lua.registerModule('a', { n: 1 })
    lua.addSources({ loaded: 'return 1' })
    lua.executeScript('require("loaded")')
    for (const name of ['a', 'loaded', 'string', '_G', 'package']) {
      expect(() => lua.registerModule(name, {}), name).toThrow(taken)
      expect(() => lua.registerSource(name, 'return 1'), name).toThrow(taken)
    }
    expect(() => lua.registerModule('string', {}, { replace: true })).toThrow(taken)
    expect(lua.executeScript('return require("a").n')).toBe(1)
    lua.registerModule('a', { n: 2 }, { replace: true })
    expect(lua.executeScript('return require("a").n')).toBe(2)
  })

  it('gives one table to all, and a new one after a reload', () => {
    using lua = open()
    const data = { n: 1 }
    lua.registerModule('data', data)
    lua.executeScript('require("data").n = 5')
    expect(lua.executeScript('return require("data").n')).toBe(5)
    data.n = 7
    lua.reloadModule('data')
    expect(lua.executeScript('return require("data").n')).toBe(7)
  })
})

describe('addSearcher', () => {
  it('takes text, bytes, bytecode, objects and functions', () => {
    using lua = open()
    const bytecode = lua.compile('return { name = ..., kind = "bytecode" }')
    lua.addSearcher((name) => {
      if (name === 'text') return 'return { name = ... }'
      if (name === 'bytes') return Buffer.from('return { name = ... }')
      if (name === 'code') return bytecode
      if (name === 'object') return { n: 1, nested: { list: [1] } }
      if (name === 'function') return () => 42
      return name === 'null' ? null : undefined
    })
    expect(lua.executeScript('return require("text").name, require("bytes").name, require("code").kind')).toEqual([
      'text',
      'bytes',
      'bytecode',
    ])
    expect(lua.executeScript('return require("object").nested.list[1], require("function")()')).toEqual([1, 42])
    expect(() => lua.executeScript('require("null")')).toThrow(/no module 'null' from searcher 'anonymous'/)
  })

  it('refuses garbage and tells bytecode that is not the own', () => {
    using lua = open()
    using other = createRuntime({ bytecodeKey: 'x' })
    const answers: Record<string, unknown> = {
      number: 5,
      bool: true,
      symbol: Symbol('x'),
      array: [1],
      raw: lua.compile('return 1', { raw: true }),
      foreign: other.compile('return 1'),
      broken: { a: Symbol('x') },
    }
    lua.addSearcher((name) => answers[name] as never, { name: 'odd' })
    for (const name of ['number', 'bool', 'symbol', 'array']) {
      expect(() => lua.executeScript(`require("${name}")`), name).toThrow(
        /Expected the searcher to return .*, received/,
      )
    }
    for (const name of ['raw', 'foreign']) {
      expect(() => lua.executeScript(`require("${name}")`), name).toThrow(withCode('LUA_BYTECODE'))
    }
    expect(() => lua.executeScript('require("broken")')).toThrow(LuaConversionError)
  })

  it('passes on what it throws, as the same object', () => {
    using lua = open()
    const mine = new Error('mine')
    lua.addSearcher(() => {
      throw mine
    })
    expect(() => lua.executeScript('require("a")')).toThrow(mine)
    expect(lua.executeScript('return select(2, pcall(require, "a")).message')).toBe('mine')
  })

  it('refuses a promise in a run that cannot wait, whatever becomes of it', async () => {
    using lua = open()
    lua.addSearcher(async (name) => (name === 'fails' ? Promise.reject(new Error('later')) : 'return 1'), {
      name: 'slow',
    })
    lua.addSearcher(() => new Promise(() => undefined), { name: 'never' })
    for (const name of ['works', 'fails']) {
      expect(() => lua.executeScript(`require("${name}")`)).toThrow(
        `searcher 'slow' returned a promise for module '${name}', which only an asynchronous run can wait for`,
      )
    }
    expect(lua.resolveModule('fails').searcher).toBe('slow')
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('hands a promise on in a run that can wait', () => {
    const waits: unknown[] = []
    const lua = createRuntime().extend(moduleActions({ canAwait: () => waits.push('asked') > 0 }))
    lua.addSearcher(async () => 'return 1')
    // No such run is there yet: the promise reaches the conversion of the host function's result.
    expect(() => lua.executeScript('require("a")')).toThrow(LuaConversionError)
    expect(waits).toEqual(['asked'])
    lua.dispose()
  })

  it('keeps the order that it is told', () => {
    using lua = open()
    const asked: string[] = []
    const searcher = (name: string) => (): undefined => {
      asked.push(name)
    }
    lua.addSearcher(searcher('b'), { name: 'b' })
    lua.addSearcher(searcher('c'), { name: 'c', position: 'last' })
    lua.addSearcher(searcher('a'), { name: 'a', position: 'first' })
    const remove = lua.addSearcher(searcher('between'), { position: 5 })
    lua.resolveModule('x')
    expect(asked).toEqual(['a', 'b', 'between', 'c'])
    remove()
    asked.length = 0
    lua.reset()
    lua.resolveModule('x')
    expect(asked).toEqual(['a', 'b', 'c'])
    for (const position of [0, -1, 1.5, Number.NaN, 'middle']) {
      expect(() => lua.addSearcher(searcher('x'), { position: position as never })).toThrow(
        withCode('LUA_OUT_OF_RANGE'),
      )
    }
    expect(() => lua.addSearcher(searcher('x'), { position: {} as never })).toThrow(invalid)
    expect(() => lua.addSearcher(5 as never)).toThrow(invalid)
  })
})

describe('preload', () => {
  it('comes first, and gives the name and where it is from', () => {
    using lua = open()
    lua.addSources({ m: 'return "source"' })
    lua.preload('m', (...args) => args)
    expect(lua.executeScript('local m, data = require("m") return m[1], m[2], data')).toEqual([
      'm',
      ':preload:',
      ':preload:',
    ])
    expect(() => lua.preload('m', () => 1)).toThrow(taken)
    expect(() => lua.preload('x', 5 as never)).toThrow(invalid)
    lua.reset()
    expect(lua.executeScript('return (require("m"))[1]')).toBe('m')
  })
})

describe('addSearchPath', () => {
  it('is refused where the filesystem is denied, and for what is no pattern', () => {
    for (const libraries of ['sandbox', 'safe'] as const) {
      using denied = open({ libraries, filesystem: 'deny' })
      expect(() => denied.addSearchPath('./?.lua')).toThrow(invalid)
      using lua = open({ libraries })
      expect(() => lua.addSearchPath('./lib.lua')).toThrow(withCode('LUA_OUT_OF_RANGE'))
      expect(() => lua.addSearchPath('./?.lua;')).toThrow(withCode('LUA_OUT_OF_RANGE'))
      expect(() => lua.addSearchPath(5 as never)).toThrow(invalid)
    }
  })

  it.each(['sandbox', 'safe', 'all'] as const)(
    'is relative to the directory at the time of the call, %s',
    (libraries) => {
      const folder = temporaryFolder()
      writeModules(folder, { 'mods.a': 'return "a"', 'mods.sub.init': 'return "sub"', 'x.mods.x': 'return "twice"' })
      const before = process.cwd()
      using lua = open({ libraries })
      process.chdir(folder)
      try {
        lua.addSearchPath('./mods/?.lua')
        lua.addSearchPath('mods/?/init.lua;?/mods/?.lua')
      } finally {
        process.chdir(before)
      }
      const script = 'return (require("a")), (require("sub")), (require("x"))'
      expect(lua.executeScript(script)).toEqual(['a', 'sub', 'twice'])
      lua.reset()
      expect(lua.executeScript(script)).toEqual(['a', 'sub', 'twice'])
    },
  )

  it('cannot be led out of its directory in a sandbox', () => {
    const folder = temporaryFolder()
    writeModules(folder, { secret: 'return 1', 'in.ok': 'return 1' })
    symlinkSync('../secret.lua', join(folder, 'in', 'link.lua'))
    using lua = open()
    lua.addSearchPath(`${folder}/in/?.lua`)
    for (const name of ['../secret', '..secret', `${folder}/secret`, 'link']) {
      expect(() => lua.executeScript('require(...)', { args: [name] }), name).toThrow(/not found/)
    }
  })

  it('may name a directory that is not there yet', () => {
    const folder = temporaryFolder()
    using lua = open()
    lua.addSearchPath(`${folder}/later/?.lua`)
    expect(() => lua.executeScript('require("m")')).toThrow(`no file '${folder}/later/m.lua'`)
    writeModules(join(folder, 'later'), { m: 'return 1' })
    expect(lua.executeScript('return (require("m"))')).toBe(1)
  })
})

describe('addPackage', () => {
  function project(manifest: object, ...files: string[]): string {
    const folder = temporaryFolder()
    const place = join(folder, 'node_modules', 'pkg')
    for (const file of files) {
      mkdirSync(join(place, file, '..'), { recursive: true })
      writeFileSync(join(place, file), 'return ...')
    }
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
    return folder
  }

  it('finds packages with exports, from folders above, and by URL', () => {
    const folder = project({ name: 'pkg', exports: {}, lua: './src/' }, 'src/m.lua')
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true })
    using lua = open()
    lua.addPackage('pkg', { from: pathToFileURL(join(folder, 'deep', 'er', 'main.js')) })
    expect(lua.executeScript('return select(2, require("m"))')).toBe('pkg/src/m.lua')
  })

  it('refuses what is none, or leads out', () => {
    using lua = open()
    const from = (folder: string): { from: string } => ({ from: join(folder, 'main.js') })
    const empty = project({})
    expect(() => lua.addPackage('not-installed-at-all', from(empty))).toThrow(withCode('MODULE_NOT_FOUND'))
    expect(() => lua.addPackage('pkg', from(empty))).toThrow(withCode('ENOENT'))
    expect(() => lua.addPackage('pkg', from(project({ lua: 5 })))).toThrow(invalid)
    expect(() => lua.addPackage('pkg', from(project({ lua: '../..' })))).toThrow(withCode('LUA_OUT_OF_RANGE'))
    for (const name of ['../pkg', '/etc', 'a/b/c', '@x', '.', 'pkg/lua', 'a\0']) {
      expect(() => lua.addPackage(name, from(empty)), name).toThrow(withCode('LUA_OUT_OF_RANGE'))
    }
    expect(() => lua.addPackage('pkg', { from: 5 as never })).toThrow(invalid)
  })
})

describe('addRocksTree and addSources', () => {
  it('refuse what they cannot use', () => {
    using lua = open()
    const folder = temporaryFolder()
    expect(() => lua.addRocksTree(folder)).toThrow(withCode('ENOENT'))
    expect(() => lua.addRocksTree(folder, { version: '../../..' })).toThrow(withCode('LUA_OUT_OF_RANGE'))
    expect(() => lua.addSources([] as never)).toThrow(invalid)
    expect(() => lua.addSources({ a: 5 } as never)).toThrow(invalid)
    expect(() => lua.addSources(new Map([[1, 'x']]) as never)).toThrow(invalid)
    expect(() => lua.registerSource('a', 5 as never)).toThrow(invalid)
  })
})

describe('unloadModule and reloadModule', () => {
  it('refuse libraries, and tell what is not there', () => {
    using lua = open()
    for (const name of ['string', '_G', 'package']) {
      expect(() => lua.unloadModule(name)).toThrow(invalid)
      expect(() => lua.reloadModule(name)).toThrow(invalid)
    }
    expect(lua.unloadModule('nothing')).toBe(false)
    expect(() => lua.reloadModule('nothing')).toThrow(/not found/)
  })
})

describe('describeModules', () => {
  it('writes classes, nested tables, functions and odd names', () => {
    class Point {
      x = 1
      get size(): number {
        return 1
      }
      move(dx: number, dy = 0): number {
        return dx + dy
      }
    }
    using lua = open()
    lua.registerModule('kit.geo', {
      unit: 'm',
      ratio: 0.5,
      'odd name': true,
      nested: { value: 1, f: (end: number, { x }: { x: number }) => end + x },
      Point,
      wait: async (ms: number, ...rest: unknown[]) => [ms, rest],
    })
    lua.registerModule('call', (a: number) => a)
    lua.registerSource('text', 'return 1')
    const files = lua.describeModules()
    expect(Object.keys(files)).toEqual(['kit/geo.lua', 'call.lua'])
    expect(files['call.lua']).toBe('---@meta call\n\n---@param a any\nlocal function module(a) end\n\nreturn module\n')
    const text = files['kit/geo.lua'] ?? ''
    for (const line of [
      '---@class kit.geo',
      '---@field unit string',
      '---@field ratio number',
      '---@field ["odd name"] boolean',
      '---@field nested kit.geo.nested',
      'function module.nested.f(arg1, arg2) end',
      'function module.wait(ms, ...) end',
      '---@overload fun(...: any): kit.geo.Point',
      'function module.Point:move(dx, dy) end',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    // It is Lua.
    for (const file of Object.values(files)) expect(() => lua.compile(file)).not.toThrow()
  })
})
