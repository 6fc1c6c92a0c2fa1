import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRuntime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { findRequireCalls } from './requireCalls.ts'

const scan = (source: string): unknown[] =>
  findRequireCalls(Buffer.from(source)).map(({ name, line, optional }) =>
    optional ? [name ?? null, line, 'optional'] : [name ?? null, line],
  )

describe('findRequireCalls', () => {
  it.each<[string, unknown[]]>([
    ['require "a"', [['a', 1]]],
    ["local a = require('a.b').c:d()", [['a.b', 1]]],
    [
      'require [[a]] require[==[\nb]==]',
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    [
      'return require("a"), require("b")',
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    [
      'x = {\n require "a",\n [require "b"] = 1; c = require "c" }',
      [
        ['a', 2],
        ['b', 3],
        ['c', 3],
      ],
    ],
    ['-- require "a"\n--[[ require "b"\n]] require "c"', [['c', 3]]],
    ['local s = "require \'a\'" .. \'require("b")\'', []],
    ['local need = require\nneed "a"', [['a', 2]]],
    ['local require = require require "a"', [['a', 1]]],
    ['local function require() end require "a"', []],
    ['local require <const> = print require "a"', []],
    ['do local require = print require "a" end require "b"', [['b', 1]]],
    ['local function f(require) require "a" end require "b"', [['b', 1]]],
    ['for require in pairs {} do require "a" end', []],
    ['repeat local require = print until require "a"', []],
    ['t.require "a" t:require "b"', []],
    [
      '_G.require "a" _ENV["require"] "b"',
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    ['local ok, m = pcall(require, "a")', [['a', 1, 'optional']]],
    ['xpcall(require, print, "a")', [['a', 1, 'optional']]],
    ['pcall(function() require "a" end)', [['a', 1]]],
    [
      'require("a" .. x)\nrequire(x)',
      [
        [null, 1],
        [null, 2],
      ],
    ],
    ['map(require, names)', [[null, 1]]],
    ['require "\\97\\x62\\u{63}\\z  \n  d"', [['abcd', 1]]],
    ['require "é"', [['é', 1]]],
    ['goto x ::x:: goto = 1 goto.y = 2', []],
    ['local a <const>, b <close> = 1, nil require "a"', [['a', 1]]],
    ['x = -1 // 2 ~ 3 >> 0x.8p-1 | 1e+5 .. "a" ^ not nil', []],
    ['local f = function(a, ...) return ... end return f', []],
    ['function a.b.c:d(...) require "a" end', [['a', 1]]],
    [
      'if a then require "a" elseif b then require "b" else require "c" end',
      [
        ['a', 1],
        ['b', 1],
        ['c', 1],
      ],
    ],
    ['while x do break end for i = 1, #t do require "a" end return;', [['a', 1]]],
  ])('%s', (source, calls) => {
    expect(scan(source)).toEqual(calls)
  })

  it('knows the declarations of Lua 5.5', () => {
    const source = `
      global <const> print, require
      global x <const> = require "a"
      global function f(...rest) return require "b" end
      global *
      local <const> y = require "c"
      global = 1 global.x = 2 global(3)`
    expect(scan(source)).toEqual([
      ['a', 3],
      ['b', 4],
      ['c', 6],
    ])
  })

  it('parses every script of the repository that compiles', () => {
    const root = fileURLToPath(new URL('../../../..', import.meta.url))
    const files = ['bench', 'examples']
      .flatMap((folder) =>
        readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(root, folder, name)),
      )
      .filter((file) => file.endsWith('.lua'))
    expect(files.length).toBeGreaterThan(15)
    using lua = createRuntime()
    for (const file of files) {
      lua.compileFile(file)
      expect(() => findRequireCalls(readFileSync(file)), file).not.toThrow()
    }
  })

  it.each(['x =', 'require(', 'local', 'if x then', '"a', '[[a', 'f(}', 'x $ y'])('gives the line for %s', (source) => {
    expect(() => scan(`\n${source}`)).toThrow(expect.objectContaining({ line: 2 }))
  })
})
