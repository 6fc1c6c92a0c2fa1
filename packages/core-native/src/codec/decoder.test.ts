import { describe, expect, it } from 'vitest'
import { StateFlag } from '../addon.ts'
import { LuaConversionError } from '../errors.ts'
import { Decoder } from './decoder.ts'
import { Tag } from './tags.ts'

// A writer of the messages that the addon sends: each function gives the bytes of one value.
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const join = (tag: number, ...parts: Uint8Array[]): Buffer => Buffer.concat([Buffer.from([tag]), ...parts])
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return join(Tag.int32, bytes)
}
const float = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return join(Tag.float64, bytes)
}
const int64 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return join(Tag.int64, bytes)
}
const short = (text: string): Buffer => join(Tag.shortAscii + text.length, Buffer.from(text, 'latin1'))
const ascii = (text: string): Buffer => join(Tag.ascii, u32(text.length), Buffer.from(text, 'latin1'))
const utf8 = (bytes: string | Uint8Array): Buffer =>
  join(Tag.utf8, u32(Buffer.from(bytes as string).length), Buffer.from(bytes as string))
const byteString = (...bytes: number[]): Buffer => join(Tag.bytes, u32(bytes.length), Buffer.from(bytes))
const sequence = (...values: Buffer[]): Buffer => join(Tag.sequence, u32(values.length), ...values)
const map = (...entries: [Buffer, Buffer][]): Buffer => join(Tag.map, u32(entries.length), ...entries.flat())
const shape = (keys: Buffer[], values: Buffer[]): Buffer => join(Tag.shape, u32(keys.length), ...keys, ...values)
const record = (id: number, ...values: Buffer[]): Buffer => join(Tag.record, u32(id), ...values)
const floats = (...values: number[]): Buffer =>
  join(Tag.floats, u32(values.length), Buffer.from(Float64Array.from(values).buffer))
const handle = (index: number): Buffer => join(Tag.handle, u32(index))
const tag = (value: number): Buffer => Buffer.from([value])
const nil = tag(Tag.nil)

const inbox = new Uint8Array(4096)
const decoder = new Decoder(inbox)
const receive = (bytes: Buffer, flags = 0, handles?: unknown[]): unknown =>
  decoder.decode(bytes, bytes.length, handles, flags)
const receiveStrict = (bytes: Buffer): unknown => receive(bytes, StateFlag.strictConversion)

function refusedPath(bytes: Buffer): string {
  try {
    receiveStrict(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(LuaConversionError)
    expect((error as LuaConversionError).code).toBe('LUA_CONVERSION')
    return (error as LuaConversionError).path
  }
  throw new Error('expected a LuaConversionError')
}

describe('scalars', () => {
  it.each<[string, Buffer, unknown]>([
    ['nil', nil, null],
    ['false', tag(Tag.false), false],
    ['true', tag(Tag.true), true],
    ['0', tag(0), 0],
    ['127', tag(127), 127],
    ['an int32', int32(-(2 ** 31)), -(2 ** 31)],
    ['a float', float(0.1), 0.1],
    ['-0', float(-0), -0],
    ['NaN', float(Number.NaN), Number.NaN],
    ['infinity', float(-Infinity), -Infinity],
    ['2^53-1', float(2 ** 53 - 1), 2 ** 53 - 1],
    ['2^53', int64(2n ** 53n), 2n ** 53n],
    ['the largest integer', int64(2n ** 63n - 1n), 2n ** 63n - 1n],
    ['the smallest integer', int64(-(2n ** 63n)), -(2n ** 63n)],
    ['an empty string', short(''), ''],
    ['NUL', short('a\0b'), 'a\0b'],
    ['a long string', ascii('x'.repeat(1000)), 'x'.repeat(1000)],
    ['UTF-8', utf8('aé\u{1f600}'), 'aé\u{1f600}'],
    ['a byte order mark', utf8('\ufeffx'), '\ufeffx'],
    ['invalid UTF-8', utf8(Uint8Array.of(0x61, 0xff, 0x62)), 'a\ufffdb'],
  ])('reads %s, alone and nested', (_name, bytes, expected) => {
    expect(receive(bytes)).toBe(expected)
    expect(receive(sequence(map([short('k'), bytes])))).toEqual([{ k: expected }])
  })

  it('reads short ASCII strings of every length', () => {
    for (let length = 0; length < 32; length++) {
      const text = 'abcdefghijklmnopqrstuvwxyz0123456789'.slice(0, length)
      expect(receive(short(text))).toBe(text)
      expect(receive(ascii(text))).toBe(text)
    }
  })

  it('gives each byte string memory of its own', () => {
    const bytes = sequence(byteString(0, 255), byteString())
    const [first, second] = receive(bytes, StateFlag.binaryStrings) as Uint8Array[]
    bytes.fill(7)
    expect(first).toEqual(Uint8Array.of(0, 255))
    expect(second).toEqual(new Uint8Array())
    expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype)
    expect(first?.buffer.byteLength).toBe(2)
  })

  it('reads from the inbox when there are no bytes', () => {
    inbox.set(short('inbox'))
    expect(decoder.decode(undefined, 6, undefined, 0)).toBe('inbox')
  })

  it('reads handles', () => {
    const callback = (): void => undefined
    expect(receive(sequence(handle(0), map([short('f'), handle(1)])), 0, [callback, decoder])).toEqual([
      callback,
      { f: decoder },
    ])
  })
})

describe('containers', () => {
  it('reads sequences, an empty one included', () => {
    expect(receive(sequence())).toEqual([])
    expect(receive(sequence(tag(1), sequence(short('a'))))).toEqual([1, ['a']])
    expect(receive(floats(1, -0, Number.NaN, 1e300))).toEqual([1, -0, Number.NaN, 1e300])
    expect(receive(floats())).toEqual([])
  })

  it('reads records of shared shapes', () => {
    const keys = [short('id'), short('name')]
    const bytes = sequence(
      shape(keys, [tag(1), shape([short('x')], [tag(5)])]),
      record(0, tag(2), record(1, tag(6))),
      record(1, tag(7)),
    )
    expect(receive(bytes)).toEqual([{ id: 1, name: { x: 5 } }, { id: 2, name: { x: 6 } }, { x: 7 }])
  })

  it('does not keep shapes from one message to the next', () => {
    receive(shape([short('a')], [tag(1)]))
    expect(receive(shape([short('b')], [tag(1)]))).toEqual({ b: 1 })
    expect(() => receive(record(0, tag(1)))).toThrow()
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('makes %s an own property', (name) => {
    for (const bytes of [map([short(name), tag(1)]), shape([short('a'), short(name)], [tag(0), tag(1)])]) {
      const object = receive(bytes) as object
      expect(Object.getOwnPropertyDescriptor(object, name)).toEqual({
        value: 1,
        configurable: true,
        enumerable: true,
        writable: true,
      })
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
    }
  })

  it.each<[string, Buffer, string]>([
    ['a small integer', tag(7), '7'],
    ['a negative one', int32(-7), '-7'],
    ['an integer beyond 32 bits', float(2 ** 40), '1099511627776'],
    ['an integer beyond 2^53', int64(2n ** 53n + 1n), '9007199254740993'],
    ['1.5', float(1.5), '1.5'],
    ['1e300', float(1e300), '1e+300'],
    ['2^63', float(2 ** 63), '9.2233720368547758e+18'],
    ['infinity', float(Infinity), 'inf'],
    ['a number in text', short('1'), '1'],
    ['an empty key', short(''), ''],
    ['NUL', short('a\0b'), 'a\0b'],
    ['text', utf8('é'), 'é'],
  ])('names a property after %s', (_name, key, expected) => {
    expect(receive(map([key, short('v')]))).toEqual({ [expected]: 'v' })
    expect(receiveStrict(map([key, short('v')]))).toEqual({ [expected]: 'v' })
  })

  it.each<[string, Buffer]>([
    ['a boolean', tag(Tag.true)],
    ['bytes', byteString(1)],
    ['no scalar', nil],
  ])('leaves out a key that is %s, and refuses it when strict', (_name, key) => {
    const bytes = map([key, sequence(tag(1))], [short('a'), tag(2)])
    expect(receive(bytes)).toEqual({ a: 2 })
    expect(refusedPath(map([short('x'), bytes]))).toBe('value.x')
  })
})

describe('strict conversion', () => {
  it('refuses keys that meet', () => {
    const bytes = sequence(map([tag(1), short('integer')], [short('1'), short('text')]))
    expect(receive(bytes)).toEqual([{ 1: 'text' }])
    expect(refusedPath(bytes)).toBe('value[0]["1"]')
    expect(refusedPath(shape([short('a'), short('a')], [tag(1), tag(2)]))).toBe('value')
  })

  it('refuses text that is not UTF-8, as value and as key', () => {
    const invalid = utf8(Uint8Array.of(0xc3, 0x28))
    expect(refusedPath(map([short('a'), sequence(tag(1), invalid)]))).toBe('value.a[1]')
    expect(refusedPath(sequence(map([invalid, tag(1)])))).toBe('value[0]')
  })

  it('accepts U+FFFD itself', () => {
    expect(receiveStrict(utf8('\ufffd'))).toBe('\ufffd')
  })

  it('works again after a refusal', () => {
    refusedPath(sequence(utf8(Uint8Array.of(0xff))))
    expect(refusedPath(sequence(utf8(Uint8Array.of(0xff))))).toBe('value[0]')
    expect(receiveStrict(sequence(tag(1)))).toEqual([1])
  })
})

describe('a damaged message', () => {
  it.each<[string, Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['an unknown tag', tag(0x9f)],
    ['a number cut short', float(1).subarray(0, 5)],
    ['a sequence cut short', sequence(tag(1), tag(2)).subarray(0, 6)],
    ['bytes behind the value', Buffer.concat([tag(1), tag(2)])],
  ])('throws for %s', (_name, bytes) => {
    expect(() => receive(Buffer.from(Uint8Array.from(bytes).buffer))).toThrow()
  })
})
