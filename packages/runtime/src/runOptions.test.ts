import { describe, expect, it } from 'vitest'
import { readCompileOptions, readLoadOptions, readRunOptions } from './runOptions.ts'

describe('readRunOptions', () => {
  it('gives defaults', () => {
    const defaults = { chunkName: '', args: undefined, resultMode: 0, maxInstructions: 0, timeout: 0 }
    expect(readRunOptions(undefined, 'executeScript', '')).toEqual(defaults)
    expect(readRunOptions({}, 'executeScript', '')).toEqual(defaults)
    expect(readRunOptions(undefined, 'executeFile', '@a.lua')).toEqual({ ...defaults, chunkName: '@a.lua' })
  })

  it('takes every option', () => {
    const options = { chunkName: '=x', args: [1], results: 'all', maxInstructions: 5, timeout: 0.5 }
    expect(readRunOptions(options, 'executeFile', '@a.lua')).toEqual({
      chunkName: '=x',
      args: [1],
      resultMode: 2,
      maxInstructions: 5,
      timeout: 0.5,
    })
    expect(readRunOptions({ results: 'first', timeout: Infinity }, 'executeScript', '')).toMatchObject({
      resultMode: 1,
      timeout: 0,
    })
  })

  it('reads args that are a proxy, and refuses more than Lua can hold', () => {
    expect(readRunOptions({ args: new Proxy([1, 2], {}) }, 'executeScript', '').args).toEqual([1, 2])
    expect(() => readRunOptions({ args: new Array(2 ** 32 - 1) }, 'executeScript', '')).toThrow(
      expect.objectContaining({ code: 'LUA_OUT_OF_RANGE' }),
    )
  })

  it.each([
    [{ chunkName: 5 }, TypeError, 'LUA_INVALID_ARGUMENT'],
    [{ args: 'x' }, TypeError, 'LUA_INVALID_ARGUMENT'],
    [{ args: { length: 1 } }, TypeError, 'LUA_INVALID_ARGUMENT'],
    [{ results: 1 }, TypeError, 'LUA_INVALID_ARGUMENT'],
    [{ results: 'last' }, RangeError, 'LUA_OUT_OF_RANGE'],
    [{ results: 'valueOf' }, RangeError, 'LUA_OUT_OF_RANGE'],
    [{ maxInstructions: 0 }, RangeError, 'LUA_OUT_OF_RANGE'],
    [{ timeout: -1 }, RangeError, 'LUA_OUT_OF_RANGE'],
    [{ trusted: true }, TypeError, 'LUA_UNKNOWN_OPTION'],
    [null, TypeError, 'LUA_INVALID_ARGUMENT'],
    ['@name', TypeError, 'LUA_INVALID_ARGUMENT'],
  ])('refuses %j', (options, cls, code) => {
    const read = (): unknown => readRunOptions(options, 'executeScript', '')
    expect(read).toThrow(cls)
    expect(read).toThrow(expect.objectContaining({ code }))
  })
})

describe('readLoadOptions', () => {
  it('trusts nothing by default', () => {
    expect(readLoadOptions(undefined).trusted).toBe(false)
    expect(readLoadOptions({ trusted: true, args: [1] })).toMatchObject({ trusted: true, args: [1] })
    expect(() => readLoadOptions({ trusted: 1 })).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })
})

describe('readCompileOptions', () => {
  it('keeps debug information and makes an envelope by default', () => {
    expect(readCompileOptions(undefined, 'compile', '')).toEqual({ chunkName: '', strip: false, raw: false })
    expect(readCompileOptions({ chunkName: '@b', strip: true, raw: true }, 'compileFile', '@a')).toEqual({
      chunkName: '@b',
      strip: true,
      raw: true,
    })
  })

  it.each([
    [{ strip: 1 }, 'LUA_INVALID_ARGUMENT'],
    [{ raw: 'yes' }, 'LUA_INVALID_ARGUMENT'],
    [{ stripDebug: true }, 'LUA_UNKNOWN_OPTION'],
  ])('refuses %j', (options, code) => {
    expect(() => readCompileOptions(options, 'compile', '')).toThrow(expect.objectContaining({ code }))
  })
})
