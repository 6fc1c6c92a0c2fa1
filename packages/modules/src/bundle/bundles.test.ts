import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRuntime, type Runtime, type RuntimeOptions } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { temporaryFolder, writeModules } from '../../test/servers.ts'
import { type ModuleMethods, moduleActions } from '../index.ts'

function open(options?: RuntimeOptions): Runtime & ModuleMethods {
  return createRuntime(options).extend(moduleActions())
}

const outOfRange = expect.objectContaining({ code: 'LUA_OUT_OF_RANGE' })
const refused = expect.objectContaining({ code: 'LUA_BYTECODE' })

describe('bundleModules', () => {
  it('follows requires through files and memory, and tells what is left out', () => {
    const folder = temporaryFolder()
    writeModules(folder, {
      main: 'local db = require("db")\nlocal a = require("lib.a")\nlocal ok = pcall(require, "maybe")\nreturn require(x)',
      'lib.a': 'return { require("lib.b"), require("string"), (pcall(require, "lib.c")) }',
      'lib.c': 'return 1',
    })
    using lua = open()
    const bundle = lua.bundleModules('main', [folder, { 'lib.b': 'return 2' }], { external: ['db'] })
    expect(bundle.modules).toEqual([
      { name: 'main', chunkName: '@main.lua', requires: ['db', 'lib.a', 'maybe'] },
      { name: 'lib.a', chunkName: '@lib/a.lua', requires: ['lib.b', 'string', 'lib.c'] },
      { name: 'lib.b', chunkName: '=lib.b', requires: [] },
      { name: 'lib.c', chunkName: '@lib/c.lua', requires: [] },
    ])
    expect(bundle.external).toEqual(['db', 'maybe', 'string'])
    expect(bundle.dynamic).toEqual([{ module: 'main', line: 4 }])
    expect(bundle.code.toString()).not.toContain(folder)
  })

  it('says who requires what is not there, and what does not compile', () => {
    using lua = open()
    const sources = { main: '\nrequire("gone")', bad: 'x =' }
    expect(() => lua.bundleModules('main', [sources])).toThrow(
      "Expected the roots to have module 'gone', required by 'main' in line 2, tried:\n\tno module 'gone' in roots[0]",
    )
    expect(() => lua.bundleModules('main', [sources])).toThrow(outOfRange)
    expect(() => lua.bundleModules('nothing', [sources])).toThrow(outOfRange)
    expect(() => lua.bundleModules('bad', [sources])).toThrow(expect.objectContaining({ code: 'LUA_SYNTAX', line: 1 }))
    for (const roots of [[], 'folder', [5], [null]]) {
      expect(() => lua.bundleModules('main', roots as never)).toThrow(
        expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }),
      )
    }
    expect(() => lua.bundleModules('main', [sources], { format: 'zip' as never })).toThrow(outOfRange)
    expect(() => lua.bundleModules('main', [sources], { external: [1] as never })).toThrow(TypeError)
  })

  it('keeps every byte, whatever brackets and line ends it has', () => {
    const tricky = [
      'return [[a]] .. [==[b]]]==]',
      'return "]]" .. "]=]" .. [=[]]',
      'local t = {1}\r\nreturn t[1]]',
      'return 1 --]]',
      'return "\\0"',
      '',
      '\n\nreturn 3',
      'return [[\n\nx]]',
      '-- ]==]',
    ]
    using lua = open()
    const sources = Object.fromEntries(tricky.map((source, index) => [`m${index}`, source.replace('t[1]]', 't[1]')]))
    sources['m1'] = 'return "]]" .. "]=]" .. [=[]]]=]'
    const include = Object.keys(sources)
    const { code } = lua.bundleModules('m0', [sources], { include })
    const served = open()
    served.addBundle(code)
    const script =
      'local t = {} for i = 0, ... do t[i + 1] = tostring((require("m" .. i))) end return table.concat(t, "|")'
    const direct = open()
    direct.addSources(sources)
    const expected = direct.executeScript(script, { args: [tricky.length - 1] })
    expect(served.executeScript(script, { args: [tricky.length - 1] })).toBe(expected)
    const alone = createRuntime()
    alone.executeScript(code)
    expect(alone.executeScript(script, { args: [tricky.length - 1] })).toBe(expected)
    for (const each of [served, direct, alone]) each.dispose()
  })

  it('makes a Lua file with the semantics of require, where there is none', () => {
    using maker = open()
    const sources = {
      main: 'local a = require("a") return a.n, require("a") == a, pcall(require, "cycle"), pcall(require, "none")',
      a: 'loads = (loads or 0) + 1 return { n = loads }',
      cycle: 'require("cycle")',
    }
    const { code } = maker.bundleModules('main', [sources], { external: ['none'], include: ['cycle'] })
    using lua = createRuntime()
    const [n, same, ...errors] = lua.executeScript<[number, boolean, ...unknown[]]>(code)
    expect([n, same]).toEqual([1, true])
    expect(errors).toEqual([false, false, "module 'none' not found:\n\tno module 'none' in the bundle"])
  })

  it('hands arguments to the entry, and leaves modules of the host to the outer require', () => {
    using lua = open()
    lua.registerModule('db', { name: 'main' })
    const { code } = lua.bundleModules('main', [{ main: 'return ..., require("db").name' }], { external: ['db'] })
    expect(lua.executeScript(code, { args: [1] })).toEqual([1, 'main'])
  })
})

describe('addBundle', () => {
  const sources = { main: 'return require("part") + 1', part: 'error_line = 1\nreturn 41', other: 'return "other"' }

  function bytecode(options?: RuntimeOptions): Buffer {
    using maker = open(options)
    return maker.bundleModules('main', [sources], { format: 'bytecode', include: ['other'] }).code
  }

  it('refuses what is no bundle, cut short ones and damaged ones', () => {
    using lua = open()
    using maker = open()
    const { code } = maker.bundleModules('main', [sources])
    for (const wrong of ['', 'return 1', '-- lua-native bundle 1 {', '-- lua-native bundle 1 {}\n', Buffer.alloc(20)]) {
      expect(() => lua.addBundle(wrong)).toThrow(outOfRange)
    }
    expect(() => lua.addBundle(5 as never)).toThrow(TypeError)
    const index = JSON.stringify({
      entry: 'a',
      modules: [{ name: 'a', chunkName: '=a', start: 0, bytes: 99, requires: [] }],
    })
    expect(() => lua.addBundle(`-- lua-native bundle 1 ${index}\nshort`)).toThrow(outOfRange)
    for (const end of [5, 30, code.indexOf('return 41')])
      expect(() => lua.addBundle(code.subarray(0, end))).toThrow(outOfRange)
  })

  it('refuses bytecode of which any byte was changed', () => {
    for (const options of [{}, { bytecodeKey: 'secret' }]) {
      using lua = open(options)
      const code = bytecode(options)
      for (let at = 0; at < code.length; at += 7) {
        const altered = Buffer.from(code)
        altered[at] = (altered[at] ?? 0) ^ 0x10
        expect(() => lua.addBundle(altered)).toThrow()
      }
      for (const end of [3, 11, 12, 40, code.length - 1]) expect(() => lua.addBundle(code.subarray(0, end))).toThrow()
      expect(() => lua.addBundle(Buffer.concat([code, Buffer.from('x')]))).toThrow(refused)
    }
  })

  it('refuses bytecode of another key or of none', () => {
    using lua = open({ bytecodeKey: 'a' })
    expect(() => lua.addBundle(bytecode({ bytecodeKey: 'b' }))).toThrow(refused)
    expect(() => lua.addBundle(bytecode())).toThrow(refused)
    using unkeyed = open()
    expect(() => unkeyed.addBundle(bytecode({ bytecodeKey: 'a' }))).toThrow(refused)
  })

  it('uses the bytes as they were', () => {
    using lua = open()
    const code = bytecode()
    lua.addBundle(code)
    code.fill(0)
    expect(lua.executeScript('return (require("main"))')).toBe(42)
  })

  it('keeps lines in bytecode, unless it is stripped', () => {
    using maker = open()
    const failing = { main: 'local x\nerror("here")' }
    const whole = maker.bundleModules('main', [failing], { format: 'bytecode' }).code
    const stripped = maker.bundleModules('main', [failing], { format: 'bytecode', strip: true }).code
    expect(stripped.length).toBeLessThan(whole.length)
    using lua = open()
    lua.addBundle(whole)
    expect(() => lua.executeScript('require("main")')).toThrow('main:2: here')
    using bare = open()
    bare.addBundle(stripped)
    expect(() => bare.executeScript('require("main")')).toThrow(/here/)
  })

  it('can be taken away', () => {
    using lua = open()
    const remove = lua.addBundle(bytecode(), { name: 'the app' })
    expect(lua.resolveModule('part')).toMatchObject({ searcher: 'the app', origin: ':the app:' })
    remove()
    expect(lua.resolveModule('part').found).toBe(false)
  })

  it('reads a file that was written', () => {
    const file = join(temporaryFolder(), 'app.lua')
    using lua = open()
    writeFileSync(file, lua.bundleModules('main', [sources]).code)
    expect(lua.executeFile(file)).toBe(42)
  })
})
