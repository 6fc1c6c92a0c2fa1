import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { compilable, readScript } from './scriptFile.ts'

describe('compilable', () => {
  it.each([
    ['return 1', 'return 1'],
    ['\ufeffreturn 1', 'return 1'],
    ['#!/usr/bin/env lua\nreturn 1', '\nreturn 1'],
    ['\ufeff#!lua\r\nreturn 1', '\nreturn 1'],
    ['# only a comment', ''],
    ['\n# in line 2', '\n# in line 2'],
    ['', ''],
    ['\ufeff', ''],
  ])('makes %j into %j', (text, expected) => {
    expect(Buffer.from(compilable(Buffer.from(text))).toString()).toBe(expected)
  })

  it('keeps an incomplete byte order mark', () => {
    expect([...compilable(Uint8Array.of(0xef, 0xbb))]).toEqual([0xef, 0xbb])
  })
})

describe('readScript', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lua-native-script-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'a.lua')
  writeFileSync(file, 'return 1')

  it('reads by path and by URL, and names the chunk after the file', () => {
    for (const path of [file, pathToFileURL(file)]) {
      const script = readScript(path)
      expect(Buffer.from(script.source).toString()).toBe('return 1')
      expect(script.chunkName).toBe(`@${file}`)
    }
  })

  it("throws Node's error for a missing file", () => {
    expect(() => readScript(join(folder, 'missing.lua'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })

  it.each([5, null, undefined, {}])('refuses %j as a path', (path) => {
    expect(() => readScript(path)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })
})
