import { describe, expect, it } from 'vitest'
import { ChunkMode, GcCommand, type NativeState } from './addon.ts'
import { addon } from './environment.ts'

function open(): NativeState {
  const { NativeState } = addon()
  return new NativeState(1, 0, 0, 0, 0, -1, undefined)
}

describe('NativeState.loadFunction', () => {
  it('gives a function of text or bytecode', () => {
    const native = open()
    const text = native.loadFunction('return ... + 1', '=t', ChunkMode.text) as (n: number) => number
    expect(text(1)).toBe(2)
    const dump = native.compile('return ... * 2', '=d', true)
    const binary = native.loadFunction(dump, '', ChunkMode.binary) as (n: number) => number
    expect(binary(4)).toBe(8)
    native.dispose(false)
  })

  it('refuses the other kind, and what does not compile', () => {
    const native = open()
    const dump = native.compile('return 1', '=d', false)
    expect(() => native.loadFunction(dump, '', ChunkMode.text)).toThrow(expect.objectContaining({ code: 'LUA_SYNTAX' }))
    expect(() => native.loadFunction('return 1', '', ChunkMode.binary)).toThrow()
    expect(() => native.loadFunction('return =', '=x', ChunkMode.text)).toThrow(
      expect.objectContaining({ code: 'LUA_SYNTAX', line: 1 }),
    )
    native.dispose(false)
  })

  it('refuses a wrong receiver, wrong arguments and a closed state', () => {
    const native = open()
    const { loadFunction } = native as unknown as { loadFunction: (...args: unknown[]) => unknown }
    expect(() => loadFunction.call({}, 'return 1', '', 0)).toThrow(TypeError)
    for (const args of [[], ['return 1'], [5, '', 0], ['return 1', 5, 0], ['return 1', '', 'text']]) {
      expect(() => loadFunction.call(native, ...args), JSON.stringify(args)).toThrow(TypeError)
    }
    native.dispose(false)
    expect(() => native.loadFunction('return 1', '', 0)).toThrow(expect.objectContaining({ code: 'LUA_DISPOSED' }))
  })

  it('fails at the memory limit and no worse', () => {
    const native = open()
    const dump = native.compile(`return "${'x'.repeat(5000)}"`, '=d', true)
    native.gc(GcCommand.collect, 0, 0)
    native.setMemoryLimit(native.memoryBytes() + 1000)
    expect(() => native.loadFunction(dump, '', ChunkMode.binary)).toThrow(
      expect.objectContaining({ code: 'LUA_MEMORY' }),
    )
    native.setMemoryLimit(0)
    expect(typeof native.loadFunction(dump, '', ChunkMode.binary)).toBe('function')
    native.dispose(false)
  })
})
