/** Roots against names and files that try to lead out of them, or that are no text. */
import { execFileSync } from 'node:child_process'
import fs, { linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRuntime, type Runtime } from '@lua-native/runtime'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ModuleMethods, moduleActions, type RootOptions } from '../src/index.ts'
import { temporaryFolder, writeModules } from './servers.ts'

/** A root inside a folder that has a secret beside it. */
function place(): { readonly root: string; readonly outside: string } {
  const folder = temporaryFolder()
  const root = join(folder, 'root')
  writeModules(root, { ok: 'return "ok"', 'sub.init': 'return "sub"', 'sub.deep': 'return "deep"' })
  writeModules(folder, { secret: 'return "secret"', 'root2.secret': 'return "secret"' })
  return { root, outside: folder }
}

function open(root: string, options?: RootOptions): Runtime & ModuleMethods {
  const lua = createRuntime().extend(moduleActions())
  lua.addRoot(root, { shown: 'root', ...options })
  return lua
}

const requireName = (lua: Runtime, name: unknown): unknown =>
  lua.executeScript('local ok, value = pcall(require, ...) return value', { args: [name] })

describe('names', () => {
  it('finds files and folders', () => {
    const { root } = place()
    using lua = open(root)
    expect(['ok', 'sub', 'sub.deep', 'sub/deep'].map((name) => requireName(lua, name))).toEqual([
      'ok',
      'sub',
      'deep',
      'deep',
    ])
  })

  it.each([
    '..secret',
    '../secret',
    '..',
    '...',
    '.',
    '',
    'sub...secret',
    'sub/../../secret',
    'sub.....secret',
    '/etc/passwd',
    '/secret',
    '//secret',
    '\\secret',
    '..\\secret',
    'sub\\..\\..\\secret',
    'C:\\secret',
    'C:/secret',
    'ok\0',
    'ok.lua\0',
    '\0',
    'sub/',
    'sub.',
    '.ok',
    'ok:stream',
    'ok::$DATA',
    '~/secret',
    'ok?',
    '?',
    '*',
    'ok ',
    ' ok',
    'ok\n',
    '\u2024\u2024/secret',
    '\u2025/secret',
    '\uff0e\uff0e\uff0fsecret',
    '\u2026secret',
    '\u2100',
    'o\u200ck',
    'ok\u200b',
    'ok\ufeff',
    '\u202eok',
    'o\u0308k'.normalize('NFD'),
    'ok\ud800',
    'x'.repeat(1000),
    'x.'.repeat(400),
    '%2e%2e/secret',
    'file:///etc/passwd',
  ])('finds nothing for %j', (name) => {
    const { root } = place()
    using lua = open(root)
    const message = requireName(lua, name)
    expect(message).toMatch(/^module '[\s\S]*' not found:/)
    expect(message).toContain("'root")
  })

  it('refuses names of 10 KB', () => {
    const { root } = place()
    using lua = open(root)
    expect(requireName(lua, 'x'.repeat(10_240))).toMatch(/name of 10240 bytes, at most 1024 are allowed/)
  })

  it('refuses bytes that are no UTF-8', () => {
    const { root } = place()
    using lua = open(root)
    expect(lua.executeScript('return select(2, pcall(require, "ok\\xff"))')).toContain('no file of a module may have')
  })

  it('works where every Lua string is bytes', () => {
    const { root } = place()
    using lua = createRuntime({ binaryStrings: true }).extend(moduleActions())
    lua.addRoot(root)
    expect(lua.executeScript('return require("sub.deep") == "deep"')).toBe(true)
    expect(lua.listModules()).toEqual([expect.objectContaining({ name: 'sub.deep', loaded: true })])
    expect(lua.resolveModule('ok').file).toBe(`${root}/ok.lua`)
    expect(lua.resolveModule('no').tried.length).toBe(4)
  })
})

describe('links', () => {
  it('follows those that stay inside', () => {
    const { root } = place()
    symlinkSync('ok.lua', join(root, 'alias.lua'))
    symlinkSync('sub', join(root, 'linked'))
    using lua = open(root)
    expect(requireName(lua, 'alias')).toBe('ok')
    expect(requireName(lua, 'linked.deep')).toBe('deep')
  })

  it('finds nothing behind those that lead out', () => {
    const { root, outside } = place()
    symlinkSync(join(outside, 'secret.lua'), join(root, 'absolute.lua'))
    symlinkSync('../secret.lua', join(root, 'relative.lua'))
    symlinkSync(outside, join(root, 'folder'))
    symlinkSync(join(outside, 'root2'), join(root, 'sibling'))
    symlinkSync('/dev/zero', join(root, 'zero.lua'))
    using lua = open(root)
    for (const name of ['absolute', 'relative', 'folder.secret', 'sibling.secret', 'zero']) {
      expect(requireName(lua, name)).toContain('(it leads out of the directory)')
    }
  })

  it('finds nothing behind one that leads to itself or nowhere', () => {
    const { root } = place()
    symlinkSync('loop.lua', join(root, 'loop.lua'))
    symlinkSync('gone.lua', join(root, 'dangling.lua'))
    using lua = open(root)
    expect(requireName(lua, 'loop')).toContain("no file 'root/loop.lua'")
    expect(requireName(lua, 'dangling')).toContain("no file 'root/dangling.lua'")
  })

  it('may be what a root is given as', () => {
    const { root, outside } = place()
    symlinkSync(root, join(outside, 'link'))
    using lua = open(join(outside, 'link'))
    expect(requireName(lua, 'ok')).toBe('ok')
  })

  it('looks at the directory that was there when it was added', () => {
    const { root, outside } = place()
    using lua = open(root)
    expect(requireName(lua, 'ok')).toBe('ok')
    renameSync(root, join(outside, 'moved'))
    symlinkSync(join(outside, 'root2'), root)
    expect(requireName(lua, 'secret')).toContain('leads out')
  })
})

describe('files', () => {
  it('refuses binary ones', () => {
    const { root } = place()
    using lua = open(root)
    writeFileSync(join(root, 'dump.lua'), lua.compile('return 1', { raw: true }))
    writeFileSync(join(root, 'envelope.lua'), lua.compile('return 1'))
    writeFileSync(join(root, 'nul.lua'), 'return 1\0')
    expect(requireName(lua, 'dump')).toMatch(
      /^error loading module 'dump' from 'root\/dump.lua':\n\tthe file is binary/,
    )
    expect(requireName(lua, 'envelope')).toContain('the file is binary')
    expect(requireName(lua, 'nul')).toContain('root/nul.lua:1:')
  })

  it('refuses larger ones than the limit, and reads those of its size', () => {
    const { root } = place()
    const source = 'return "0123456789"'
    writeFileSync(join(root, 'large.lua'), source)
    using small = open(root, { maxFileBytes: source.length - 1 })
    expect(requireName(small, 'large')).toContain(`the file is larger than ${source.length - 1} bytes`)
    using exact = open(root, { maxFileBytes: source.length })
    expect(requireName(exact, 'large')).toBe('0123456789')
    using general = createRuntime().extend(moduleActions({ maxFileBytes: 5 }))
    general.addRoot(root)
    expect(requireName(general, 'large')).toContain('larger than 5 bytes')
  })

  it('takes directories and pipes for no files', () => {
    const { root } = place()
    mkdirSync(join(root, 'folder.lua'))
    // Windows keeps pipes elsewhere.
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(root, 'pipe.lua')])
    using lua = open(root)
    expect(requireName(lua, 'folder')).toContain("no file 'root/folder.lua' (not a file)")
    expect(requireName(lua, 'pipe')).toContain(
      `no file 'root/pipe.lua'${process.platform === 'win32' ? '' : ' (not a file)'}`,
    )
  })

  it('skips a byte order mark and a first line for the shell, and keeps lines', () => {
    const { root } = place()
    writeFileSync(join(root, 'marked.lua'), '\ufeff#!/usr/bin/lua\nerror("here")')
    writeFileSync(join(root, 'empty.lua'), '')
    writeFileSync(join(root, 'shell.lua'), '#only this')
    using lua = open(root)
    expect(requireName(lua, 'marked')).toBe('root/marked.lua:2: here')
    expect([requireName(lua, 'empty'), requireName(lua, 'shell')]).toEqual([true, true])
  })

  it('keeps bytes that are no UTF-8', () => {
    const { root } = place()
    writeFileSync(join(root, 'latin.lua'), Buffer.from('return #"\xe9\xff", "\xe9" == "\\xe9"', 'latin1'))
    using lua = open(root)
    expect(lua.executeScript('return (require("latin"))')).toBe(2)
  })

  it('gives hard links, which nothing tells apart', () => {
    const { root, outside } = place()
    linkSync(join(outside, 'secret.lua'), join(root, 'hard.lua'))
    using lua = open(root)
    expect(requireName(lua, 'hard')).toBe('secret')
  })
})

describe('what a root shows of itself', () => {
  it('is what the host says', () => {
    const { root } = place()
    writeFileSync(join(root, 'bad.lua'), 'x =')
    using lua = open(root, { shown: 'scripts' })
    expect(requireName(lua, 'bad')).toContain('scripts/bad.lua:1:')
    expect(requireName(lua, 'no')).not.toContain(root)
    expect(lua.resolveModule('ok')).toMatchObject({ file: 'scripts/ok.lua', origin: 'scripts/ok.lua' })
  })

  it('is its path otherwise', () => {
    const { root } = place()
    using lua = createRuntime().extend(moduleActions())
    lua.addRoot(`${root}/`)
    expect(lua.resolveModule('ok').file).toBe(`${root}/ok.lua`)
  })
})

describe('a file system that fails', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    syncBuiltinESMExports()
  })

  it('tells a file that cannot be read', () => {
    const { root } = place()
    using lua = open(root)
    vi.spyOn(fs, 'openSync').mockImplementation(() => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    })
    syncBuiltinESMExports()
    expect(requireName(lua, 'ok')).toContain("no file 'root/ok.lua' (EACCES)")
  })

  it('reads each file once', () => {
    const { root } = place()
    using lua = open(root)
    const opened = vi.spyOn(fs, 'openSync')
    const read = vi.spyOn(fs, 'readSync')
    const closed = vi.spyOn(fs, 'closeSync')
    syncBuiltinESMExports()
    lua.executeScript('require("sub.deep") require("sub.deep") require("ok") pcall(require, "no")')
    expect([opened.mock.calls.length, closed.mock.calls.length]).toEqual([2, 2])
    // One for the contents; the end of the file is known from its size.
    expect(read.mock.calls.length).toBeLessThanOrEqual(4)
    lua.resolveModule('sub')
    expect([opened.mock.calls.length, closed.mock.calls.length]).toEqual([3, 3])
  })
})

describe('addRoot', () => {
  it('refuses what is no directory', () => {
    const { root } = place()
    using lua = createRuntime().extend(moduleActions())
    expect(() => lua.addRoot(join(root, 'gone'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
    expect(() => lua.addRoot(join(root, 'ok.lua'))).toThrow(expect.objectContaining({ code: 'LUA_OUT_OF_RANGE' }))
    for (const wrong of [5, null, undefined, {}]) {
      expect(() => lua.addRoot(wrong as never)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
    }
    expect(() => lua.addRoot('')).toThrow(expect.objectContaining({ code: 'LUA_OUT_OF_RANGE' }))
    expect(() => lua.addRoot('a\0b')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }))
  })

  it.each([['../?.lua'], ['?'], ['/?.lua'], ['no mark'], ['a/../../?.lua'], ['..\\?.lua']])(
    'checks the template %s',
    (template) => {
      const { root } = place()
      using lua = createRuntime().extend(moduleActions())
      const add = (): unknown => lua.addRoot(root, { templates: [template] })
      if (template === '?') expect(add).not.toThrow()
      else expect(add).toThrow(expect.objectContaining({ code: 'LUA_OUT_OF_RANGE' }))
    },
  )

  it('takes a URL, and gives what takes the root away', () => {
    const { root } = place()
    using lua = createRuntime().extend(moduleActions())
    const remove = lua.addRoot(pathToFileURL(root))
    expect(requireName(lua, 'ok')).toBe('ok')
    remove()
    remove()
    expect(requireName(lua, 'sub')).toContain('not found')
    expect(requireName(lua, 'ok')).toBe('ok')
  })
})
