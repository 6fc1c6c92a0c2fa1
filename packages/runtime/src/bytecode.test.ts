import { createHash } from 'node:crypto'
import { type BytecodeRefusal, LuaBytecodeError } from '@lua-native/core-native'
import { describe, expect, it } from 'vitest'
import { type BytecodeTarget, deriveKey, seal, unseal } from './bytecode.ts'
import { createRuntime } from './createRuntime.ts'

const target: BytecodeTarget = { luaVersionNumber: 505, bytecodeHeader: Buffer.from('\x1bLuaU\0\x19\x93', 'latin1') }
const dump = Buffer.concat([target.bytecodeHeader, Buffer.from('the rest of a chunk')])
const key = deriveKey(Buffer.from('secret'))
const otherKey = deriveKey(Buffer.from('Secret'))

function reasonOf(
  bytes: Uint8Array,
  { against = target, secret = undefined as Uint8Array | undefined, trusted = false } = {},
): BytecodeRefusal {
  try {
    unseal(bytes, against, secret, trusted)
  } catch (error) {
    expect(error).toBeInstanceOf(LuaBytecodeError)
    expect((error as LuaBytecodeError).code).toBe('LUA_BYTECODE')
    return (error as LuaBytecodeError).reason
  }
  throw new Error('expected a LuaBytecodeError')
}

describe.each([
  ['a digest', undefined],
  ['a signature', key],
])('an envelope with %s', (_name, secret) => {
  const envelope = seal(dump, target, secret)

  it('opens to what went in, any number of times, from any place in memory', () => {
    expect(Buffer.from(unseal(envelope, target, secret, false))).toEqual(dump)
    const padded = new Uint8Array([9, 9, ...envelope, 9])
    expect(Buffer.from(unseal(padded.subarray(2, -1), target, secret, false))).toEqual(dump)
    expect(Buffer.from(unseal(envelope, target, secret, true))).toEqual(dump)
  })

  it('is the same for the same dump', () => {
    expect(seal(dump, target, secret)).toEqual(envelope)
  })

  it('is refused with any bit changed', () => {
    for (let index = 0; index < envelope.length; index++) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const mutant = Buffer.from(envelope)
        mutant[index] = (mutant[index] as number) ^ bit
        expect(() => unseal(mutant, target, secret, true), `byte ${index}, bit ${bit}`).toThrow(LuaBytecodeError)
      }
    }
  })

  it('is refused at every shorter length', () => {
    for (let length = 0; length < envelope.length; length++) {
      expect(reasonOf(envelope.subarray(0, length), secret === undefined ? {} : { secret })).toBe('truncated')
    }
  })

  it('is refused with bytes appended', () => {
    expect(reasonOf(Buffer.concat([envelope, Buffer.from([0])]), secret === undefined ? {} : { secret })).toBe(
      'trailing',
    )
  })

  it('is checked in a copy when its memory is shared', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(envelope.length))
    shared.set(envelope)
    const opened = unseal(shared, target, secret, false)
    shared.fill(0)
    expect(Buffer.from(opened)).toEqual(dump)
  })
})

describe('the reason of a refusal', () => {
  const plain = seal(dump, target, undefined)

  it.each<[string, BytecodeRefusal, Uint8Array, Parameters<typeof reasonOf>[1]]>([
    ['text', 'foreign', Buffer.from('return 1 -- a script, not bytecode'), {}],
    ['another format', 'format', Buffer.from(plain).fill(2, 8, 9), {}],
    ['another Lua', 'version', plain, { against: { ...target, luaVersionNumber: 504 } }],
    ['another ABI', 'version', plain, { against: { ...target, bytecodeHeader: Buffer.from('\x1bLuaU\0\x19\x94') } }],
    ['no signature where a key is set', 'unsigned', plain, { secret: key }],
    ['a signature where no key is set', 'signed', seal(dump, target, key), {}],
    ['another key', 'altered', seal(dump, target, key), { secret: otherKey }],
    ['a plain dump', 'raw', dump, {}],
    ['a plain dump where a key is set', 'raw', dump, { secret: key }],
    ['a trusted dump of another Lua', 'version', Buffer.from('\x1bLuaT...........', 'latin1'), { trusted: true }],
  ])('for %s is %s', (_name, reason, bytes, options) => {
    expect(reasonOf(bytes, options)).toBe(reason)
  })

  it('is there when an attacker turns a signed envelope into one with a right digest', () => {
    const forged = Buffer.from(seal(dump, target, key).subarray(0, -32))
    forged[9] = 0
    const whole = Buffer.concat([forged, createHash('sha256').update(forged).digest()])
    expect(reasonOf(whole, { secret: key })).toBe('unsigned')
  })
})

it('takes a plain dump that is trusted', () => {
  expect(unseal(dump, target, undefined, true)).toEqual(dump)
  expect(unseal(dump, target, key, true)).toEqual(dump)
})

describe('loadFunction', () => {
  it('gives the function without running it', () => {
    using lua = createRuntime()
    const add = lua.loadFunction<(a: number, b: number) => number>(
      lua.compile('runs = (runs or 0) + 1 local a, b = ... return a + b', { chunkName: '@add.lua' }),
    )
    expect(lua.getGlobal('runs')).toBe(null)
    expect([add(1, 2), add(3, 4)]).toEqual([3, 7])
    expect(lua.getGlobal('runs')).toBe(2)
  })

  it('works inside a run, and keeps its results in Lua', () => {
    using lua = createRuntime()
    const bytecode = lua.compile('local t = {} t.self = t return t')
    lua.setGlobal('load', () => lua.loadFunction(bytecode))
    expect(lua.executeScript('local t = load()() return t.self == t')).toBe(true)
  })

  it('refuses what load refuses', () => {
    using lua = createRuntime({ bytecodeKey: 'a' })
    using other = createRuntime({ bytecodeKey: 'b' })
    const refusal = expect.objectContaining({ code: 'LUA_BYTECODE' })
    expect(() => lua.loadFunction(other.compile('return 1'))).toThrow(refusal)
    expect(() => lua.loadFunction(other.compile('return 1', { raw: true }))).toThrow(refusal)
    expect(() => lua.loadFunction('return 1' as never)).toThrow(
      expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }),
    )
    const unknown = { args: [] } as never
    expect(() => lua.loadFunction(lua.compile('return 1'), unknown)).toThrow(
      expect.objectContaining({ code: 'LUA_UNKNOWN_OPTION' }),
    )
    const raw = other.compile('return ...', { raw: true })
    expect(lua.loadFunction(raw, { trusted: true })(5)).toBe(5)
  })
})
