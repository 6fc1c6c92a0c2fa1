import { describe, expect, it } from 'vitest'
import { readOptions } from './options.ts'

function refusal(options: unknown): { cls: string; code: unknown; message: string } {
  try {
    readOptions(options)
  } catch (error) {
    const { name, message, code } = error as Error & { code: unknown }
    return { cls: name, code, message }
  }
  throw new Error('expected a refusal')
}

describe('readOptions', () => {
  it('gives defaults without limits and the sandbox', () => {
    expect(readOptions(undefined)).toEqual({
      libraries: { names: ['base', 'coroutine', 'table', 'string', 'math', 'utf8'], sandbox: true },
      maxMemory: 0,
      maxInstructions: 0,
      timeout: 0,
      flags: 8,
      denyFilesystem: false,
      seed: -1,
      globals: {},
      print: undefined,
      bytecodeKey: undefined,
    })
  })

  it('takes undefined as not given', () => {
    const names = ['libraries', 'maxMemory', 'maxInstructions', 'timeout', 'globals', 'print', 'bytecodeKey']
    const flags = ['binaryStrings', 'strictConversion', 'allowBytecode', 'seed']
    const options = Object.fromEntries([...names, ...flags].map((name) => [name, undefined]))
    expect(readOptions(options)).toEqual(readOptions(undefined))
  })

  it('takes Infinity as no limit', () => {
    expect(readOptions({ maxMemory: Infinity, maxInstructions: Infinity, timeout: Infinity })).toMatchObject({
      maxMemory: 0,
      maxInstructions: 0,
      timeout: 0,
    })
  })

  it('takes fractions of milliseconds, and more than 30 years as no limit', () => {
    expect(readOptions({ timeout: 0.25 }).timeout).toBe(0.25)
    expect(readOptions({ timeout: Number.MAX_VALUE }).timeout).toBe(0)
  })

  it.each([
    ['sandbox', 6, true],
    ['safe', 7, false],
    ['all', 10, false],
    ['none', 0, false],
  ])('knows the preset %s', (libraries, count, sandbox) => {
    const selection = readOptions({ libraries }).libraries
    expect(selection.names).toHaveLength(count)
    expect(selection.sandbox).toBe(sandbox)
  })

  it('takes a list of libraries, in any order and with repetitions', () => {
    expect(readOptions({ libraries: ['math', 'base', 'math'] }).libraries.names).toEqual(['base', 'math'])
    expect(readOptions({ libraries: [] }).libraries.names).toEqual([])
  })

  it('turns switches into flags', () => {
    const libraries = 'none'
    expect(readOptions({ libraries, binaryStrings: true }).flags).toBe(1)
    expect(readOptions({ libraries, strictConversion: true }).flags).toBe(2)
    expect(readOptions({ libraries, allowBytecode: true }).flags).toBe(4)
    expect(readOptions({ libraries, allowBytecode: false }).flags).toBe(0)
  })

  it('copies the key, so that later changes of it have no effect', () => {
    const bytecodeKey = Uint8Array.of(1, 2)
    const settings = readOptions({ bytecodeKey })
    bytecodeKey.fill(0)
    expect([...(settings.bytecodeKey ?? [])]).toEqual([1, 2])
  })

  it.each([null, 5, 'x', [], () => undefined])('refuses %j as options', (options) => {
    expect(refusal(options)).toMatchObject({ cls: 'TypeError', code: 'LUA_INVALID_ARGUMENT' })
  })

  it('refuses an unknown option by name, inherited ones included', () => {
    for (const options of [{ maxmemory: 1 }, Object.create({ maxmemory: 1 })]) {
      const { cls, code, message } = refusal(options)
      expect([cls, code]).toEqual(['TypeError', 'LUA_UNKNOWN_OPTION'])
      expect(message).toContain('"maxmemory"')
    }
  })

  it.each([
    ['maxMemory', '5'],
    ['maxMemory', null],
    ['maxMemory', 5n],
    ['maxInstructions', true],
    ['maxInstructions', {}],
    ['timeout', '10'],
    ['timeout', null],
    ['globals', null],
    ['globals', 5],
    ['globals', []],
    ['print', 'x'],
    ['print', null],
    ['bytecodeKey', 5],
    ['bytecodeKey', null],
    ['binaryStrings', 1],
    ['strictConversion', 'yes'],
    ['allowBytecode', 0],
    ['seed', '1'],
    ['libraries', null],
    ['libraries', 5],
    ['libraries', [5]],
  ])('refuses %s: %s with a TypeError that names it', (name, value) => {
    const { cls, code, message } = refusal({ [name]: value })
    expect([cls, code]).toEqual(['TypeError', 'LUA_INVALID_ARGUMENT'])
    expect(message).toContain(`"${name}"`)
  })

  it.each([
    ['maxMemory', 0],
    ['maxMemory', -1],
    ['maxMemory', 1.5],
    ['maxMemory', Number.NaN],
    ['maxMemory', -Infinity],
    ['maxMemory', 2 ** 53],
    ['maxInstructions', 0],
    ['maxInstructions', 0.5],
    ['maxInstructions', Number.NaN],
    ['timeout', 0],
    ['timeout', -0.1],
    ['timeout', Number.NaN],
    ['bytecodeKey', ''],
    ['bytecodeKey', new Uint8Array()],
    ['seed', -1],
    ['seed', 0.5],
    ['seed', Infinity],
    ['libraries', 'everything'],
    ['libraries', 'toString'],
    ['libraries', ['base', 'os2']],
    ['libraries', ['constructor']],
  ])('refuses %s: %s with a RangeError that names it', (name, value) => {
    const { cls, code, message } = refusal({ [name]: value })
    expect([cls, code]).toEqual(['RangeError', 'LUA_OUT_OF_RANGE'])
    expect(message).toContain(`"${name}"`)
  })

  it('words a refusal as expected and received', () => {
    expect(refusal({ maxMemory: -1 }).message).toBe('Expected "maxMemory" to be a positive integer, received -1')
  })
})
