import { describe, expect, it } from 'vitest'
import { type NativeReference, StateFlag } from '../addon.ts'
import type { Converter, CrossingContext } from '../context.ts'
import { LuaConversionError } from '../errors.ts'
import { LuaNull } from '../luaNull.ts'
import { asTable, type NumberArray } from '../numberTable.ts'
import { standFor } from '../reference.ts'
import { DecoderStack } from './decoderStack.ts'
import { MessageStack } from './messageStack.ts'
import { Outbox } from './outbox.ts'
import { Tag } from './tags.ts'

// But for keys, the decoder reads what the encoder writes, so the two together tell what crossed.
let memory: Uint8Array = new Uint8Array()
const mailbox = new Uint32Array(4)
const messages = new MessageStack(
  new Outbox((bytes) => {
    memory = bytes
  }),
  mailbox,
)
const inbox = new Uint8Array(4096)
const decoders = new DecoderStack(inbox)

function context(parts: Partial<CrossingContext>): CrossingContext {
  return { toLua: undefined, fromLua: undefined, metatableOf: undefined, wrap: () => ({}), ...parts }
}

function sent(
  value: unknown,
  parts?: Partial<CrossingContext>,
  flags = 0,
): [bytes: Buffer, beside: unknown[] | undefined] {
  const beside = messages.encode(value, -1, flags, parts && context(parts))
  const [at = 0, length = 0] = mailbox
  return [withPlainKeys(Buffer.from(memory.subarray(at, at + length))), beside]
}

/** Writes keys out, as messages from Lua have them. */
function withPlainKeys(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  const keys: Buffer[] = []
  const shapes: Buffer[][] = []
  let at = 0
  const copy = (length: number): Buffer => {
    at += length
    return bytes.subarray(at - length, at)
  }
  /** Takes what `part` writes. */
  const taken = (part: () => void): Buffer => {
    const first = parts.length
    part()
    return Buffer.concat(parts.splice(first))
  }
  const fields = (): void => {
    const [known = 0, shape = 0, defines] = bytes.subarray(at + 1, at + 4)
    const more = bytes.readUInt32LE(at + 4)
    at += 8
    const names = known === 0 ? [] : (shapes[shape]?.slice(0, known) ?? [])
    const map = Buffer.of(Tag.map, 0, 0, 0, 0)
    parts.push(map)
    let count = 0
    for (let i = 0; i < known + more; i++) {
      if (i >= known) names.push(taken(value))
      const content = taken(value)
      if (content[0] === Tag.nil) continue
      parts.push(names[i] ?? Buffer.of(), content)
      count++
    }
    map.writeUInt32LE(count, 1)
    if (defines === 1) shapes.push(names)
  }
  const value = (): void => {
    const tag = bytes[at] ?? 0
    const count = bytes.length >= at + 5 ? bytes.readUInt32LE(at + 1) : 0
    if (tag === Tag.keyReference) {
      parts.push(keys[count] ?? Buffer.of())
      at += 5
    } else if (tag === Tag.keyDefinition) {
      at++
      const key = taken(value)
      keys.push(key)
      parts.push(key)
    } else if (tag === Tag.fields) fields()
    else if (tag === Tag.sequence || tag === Tag.map) {
      parts.push(copy(5))
      for (let i = 0; i < (tag === Tag.map ? 2 * count : count); i++) value()
    } else if (tag === Tag.floats) parts.push(copy(5 + 8 * count))
    else if (tag === Tag.ascii || tag === Tag.utf8 || tag === Tag.bytes) parts.push(copy(5 + count))
    else if (tag >= Tag.shortAscii) parts.push(copy(1 + tag - Tag.shortAscii))
    else if (tag === Tag.int32 || tag === Tag.handle || tag === Tag.object) parts.push(copy(5))
    else if (tag === Tag.float64 || tag === Tag.float || tag === Tag.int64) parts.push(copy(9))
    else parts.push(copy(1))
  }
  value()
  return Buffer.concat(parts)
}

function received(bytes: Uint8Array, parts?: Partial<CrossingContext>, flags = 0, beside?: unknown[]): unknown {
  return decoders.decode(bytes, bytes.length, beside, flags, undefined, parts && context(parts))
}

/** What Lua would send back for a value that it got. */
function echo(value: unknown, toLua?: Partial<CrossingContext>, flags = 0): unknown {
  const [bytes, beside] = sent(value, toLua, flags)
  return received(bytes, undefined, flags, beside)
}

function caught(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('Expected an error')
}

describe('LuaNull', () => {
  it('keeps its place, alone and nested', () => {
    expect(sent(LuaNull)).toEqual([Buffer.of(0x87), undefined])
    expect(echo([1, LuaNull, 3])).toEqual([1, LuaNull, 3])
    expect(received(sent([LuaNull])[0], undefined, StateFlag.nullSentinel)).toEqual([null])
  })

  it('is what null becomes under the sentinel, unlike undefined', () => {
    const flags = StateFlag.nullSentinel | StateFlag.strictConversion
    expect(received(sent([1, null], {}, flags)[0])).toEqual([1, LuaNull])
    expect(echo([1, null, 2], {}, StateFlag.nullSentinel)).toEqual([1, null, 2])
    expect(sent([null], {}, StateFlag.nullSentinel)[0].at(-1)).toBe(0x87)
    expect(sent([undefined], {}, StateFlag.nullSentinel)[0].at(-1)).toBe(0x80)
    expect(sent({ a: null, b: undefined }, {}, StateFlag.nullSentinel)[0].readUInt32LE(1)).toBe(1)
    expect(sent(new Map([['a', null]]), {}, StateFlag.nullSentinel)[0].readUInt32LE(1)).toBe(1)
    expect(caught(() => sent([undefined], {}, flags))).toBeInstanceOf(LuaConversionError)
  })

  it('is frozen, prints as null and survives JSON', () => {
    expect(Object.isFrozen(LuaNull)).toBe(true)
    expect(`${LuaNull}`).toBe('null')
    expect(JSON.stringify({ a: LuaNull })).toBe('{"a":null}')
  })
})

describe('asTable', () => {
  it.each<[NumberArray, unknown[]]>([
    [Float64Array.of(1.5, -0, Number.NaN, Infinity), [1.5, -0, Number.NaN, Infinity]],
    [Float32Array.of(0.5, 2), [0.5, 2]],
    [Int8Array.of(-128, 127), [-128, 127]],
    [Uint8ClampedArray.of(300), [255]],
    [Uint32Array.of(2 ** 32 - 1), [2 ** 32 - 1]],
    [BigInt64Array.of(-(2n ** 63n), 5n), [-(2n ** 63n), 5n]],
    [BigUint64Array.of(2n ** 63n - 1n), [2n ** 63n - 1n]],
    [new Float64Array(), []],
    [new Float64Array([1, 2, 3, 4]).subarray(1, 3), [2, 3]],
    [new Float64Array(new SharedArrayBuffer(16)), [0, 0]],
  ])('sends the numbers of %o', (numbers, expected) => {
    expect(echo(asTable(numbers))).toEqual(expected)
    expect(echo({ a: [asTable(numbers)] })).toEqual({ a: [expected] })
  })

  it('refuses integers that Lua has not, with their place', () => {
    const error = caught(() => sent({ n: asTable(BigUint64Array.of(1n, 2n ** 63n)) }))
    expect(error).toBeInstanceOf(LuaConversionError)
    expect((error as LuaConversionError).path).toBe('value.n[1]')
  })

  it('refuses what is no typed array', () => {
    for (const value of [[1], new DataView(new ArrayBuffer(8)), new ArrayBuffer(8), 'x', null, undefined]) {
      expect(() => asTable(value as never)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
    }
  })
})

describe('tables as maps', () => {
  const asMaps = StateFlag.tablesAsMaps
  it('keep the types of their keys, at every level', () => {
    const [bytes] = sent(
      new Map<unknown, unknown>([
        ['list', [1, 'b', [0.5]]],
        [1, 'number'],
        [0.5, 'float'],
        [true, 'boolean'],
        [2n ** 60n, 'integer'],
        ['1', 'string'],
      ]),
    )
    expect(received(bytes, undefined, asMaps)).toEqual(
      new Map<unknown, unknown>([
        [
          'list',
          new Map<unknown, unknown>([
            [1, 1],
            [2, 'b'],
            [3, new Map([[1, 0.5]])],
          ]),
        ],
        [1, 'number'],
        [0.5, 'float'],
        [true, 'boolean'],
        [2n ** 60n, 'integer'],
        ['1', 'string'],
      ]),
    )
    expect(received(sent([])[0], undefined, asMaps)).toEqual(new Map())
  })

  it('read shapes and leave out keys that are no scalars, or refuse them', () => {
    const shape = Buffer.from([0x90, 2, 0, 0, 0, 0x93, 1, 0, 0, 0, 0xa1, 0x61, 1, 0x92, 0, 0, 0, 0, 2])
    expect(received(shape, undefined, asMaps)).toEqual(
      new Map([
        [1, new Map([['a', 1]])],
        [2, new Map([['a', 2]])],
      ]),
    )
    const odd = Buffer.from([0x91, 2, 0, 0, 0, 0x80, 1, 0x81, 2])
    expect(received(odd, undefined, asMaps)).toEqual(new Map([[false, 2]]))
    expect(caught(() => received(odd, undefined, asMaps | StateFlag.strictConversion))).toBeInstanceOf(
      LuaConversionError,
    )
  })
})

describe('converters to Lua', () => {
  const dates: Converter = {
    match: (value) => value instanceof Date,
    convert: (value) => (value as Date).toISOString(),
  }

  it('replace what they match, at every level, the first match winning', () => {
    const second: Converter = { match: () => true, convert: (value) => (Array.isArray(value) ? value : 'other') }
    const toLua = [dates, second]
    const iso = '1970-01-01T00:00:00.000Z'
    expect(echo(new Date(0), { toLua })).toBe(iso)
    expect(echo([new Date(0), [new Date(0)], { a: 1 }], { toLua })).toEqual([iso, [iso], 'other'])
    expect(echo(new Map([['k', new Date(0)]]), { toLua: [dates] })).toEqual({ k: iso })
    expect(echo(new Set([new Date(0)]), { toLua: [dates] })).toEqual([iso])
  })

  it('may give anything that crosses, also what is converted in turn', () => {
    class Money {
      readonly cents = 5
    }
    const money: Converter = { match: (value) => value instanceof Money, convert: () => ({ paid: new Date(0) }) }
    expect(echo(new Money(), { toLua: [money, dates] })).toEqual({ paid: '1970-01-01T00:00:00.000Z' })
    expect(echo([new Money()], { toLua: [{ match: () => false, convert: () => 1 }] })).toEqual([{ cents: 5 }])
    expect(sent([new Date(0)], { toLua: [{ ...dates, convert: () => undefined }] })[0].at(-1)).toBe(0x80)
  })

  it('leave an object alone by giving it back', () => {
    expect(echo({ a: [1] }, { toLua: [{ match: () => true, convert: (value) => value }] })).toEqual({ a: [1] })
  })

  it('cannot go on for ever', () => {
    const error = caught(() => sent([{}], { toLua: [{ match: () => true, convert: () => ({}) }] }))
    expect(error).toBeInstanceOf(LuaConversionError)
    expect((error as LuaConversionError).path).toBe('value')
  })

  it('fail the conversion with what they throw, and leave nothing behind', () => {
    const thrown = new RangeError('mine')
    const fail = (): never => {
      throw thrown
    }
    expect(caught(() => sent([{}], { toLua: [{ match: fail, convert: fail }] }))).toBe(thrown)
    expect(caught(() => sent([{}], { toLua: [{ match: () => true, convert: fail }] }))).toBe(thrown)
    expect(echo([{ a: 1 }])).toEqual([{ a: 1 }])
  })

  it('see objects only, and none that live in Lua', () => {
    const seen: unknown[] = []
    const object = new (class Proxied {})()
    standFor(object, {} as NativeReference)
    const match = (value: object): boolean => seen.push(value) < 0
    sent([1, 'a', 2n, true, null, () => 1, object, LuaNull, asTable(Float64Array.of(1))], {
      toLua: [{ match, convert: () => 1 }],
    })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toHaveLength(9)
  })

  it('may encode and convert themselves', () => {
    const match = (value: object): boolean => value instanceof Date
    const convert = (): unknown => echo([7, new Date(1)], { toLua: [dates] })
    expect(echo([new Date(0), 'after'], { toLua: [{ match, convert }] })).toEqual([
      [7, '1970-01-01T00:00:00.001Z'],
      'after',
    ])
  })
})

describe('objects with a metatable', () => {
  it('go beside the bytes, before any converter is asked', () => {
    const instance = { x: 1 }
    const metatable = {} as NativeReference
    const metatableOf = (value: object): NativeReference | undefined => (value === instance ? metatable : undefined)
    const toLua = [{ match: (value: object) => value === instance, convert: () => 'converted' }]
    const [bytes, beside] = sent([instance, instance], { metatableOf, toLua })
    expect(bytes).toEqual(Buffer.from([0x90, 2, 0, 0, 0, 0x99, 0, 0, 0, 0, 0x99, 1, 0, 0, 0]))
    expect(beside).toEqual([
      [instance, metatable],
      [instance, metatable],
    ])
    expect(sent(instance, { metatableOf })).toEqual([Buffer.from([0x99, 0, 0, 0, 0]), [[instance, metatable]]])
  })
})

describe('converters from Lua', () => {
  it('replace objects, inner ones first, and keys never', () => {
    const seen: unknown[] = []
    const fromLua = [
      {
        match: (value: object) => {
          seen.push(value)
          return Array.isArray(value)
        },
        convert: (value: object) => new Set(value as unknown[]),
      },
    ]
    const [bytes] = sent({ a: [1, [2]], b: 'text' })
    expect(received(bytes, { fromLua })).toEqual({ a: new Set([1, new Set([2])]), b: 'text' })
    expect(seen).toEqual([[2], [1, new Set([2])], { a: new Set([1, new Set([2])]), b: 'text' }])
  })

  it('get bytes, maps and what stands beside the bytes, but no functions', () => {
    const seen: unknown[] = []
    const fromLua = [{ match: (value: object) => seen.push(value) < 0, convert: () => 1 }]
    const object = { of: 'the host' }
    const callback = (): void => undefined
    const [bytes] = sent([callback, new Uint8Array(2), callback])
    received(bytes, { fromLua }, StateFlag.tablesAsMaps, [object, callback])
    expect(seen).toEqual([
      object,
      Uint8Array.of(0, 0),
      new Map<unknown, unknown>([
        [1, object],
        [2, Uint8Array.of(0, 0)],
        [3, callback],
      ]),
    ])
  })

  it('may have other messages decoded meanwhile, also from the inbox', () => {
    const receiveFromInbox = (value: unknown, parts?: Partial<CrossingContext>): unknown => {
      const [bytes] = sent(value)
      inbox.set(bytes)
      return decoders.decode(undefined, bytes.length, undefined, 0, undefined, parts && context(parts))
    }
    const inner = { fromLua: [{ match: () => true, convert: () => receiveFromInbox(['plain']) }] }
    const outer = { fromLua: [{ match: Array.isArray, convert: () => receiveFromInbox({ n: [1] }, inner) }] }
    expect(receiveFromInbox({ a: ['x'], b: 'still here', c: ['y'] }, outer)).toEqual({
      a: ['plain'],
      b: 'still here',
      c: ['plain'],
    })
  })

  it('fail the conversion with what they throw, and leave nothing behind', () => {
    const thrown = new Error('mine')
    const fail = (): never => {
      throw thrown
    }
    const [bytes] = sent([[1]])
    expect(caught(() => received(bytes, { fromLua: [{ match: fail, convert: fail }] }))).toBe(thrown)
    expect(received(bytes, { fromLua: [{ match: () => false, convert: fail }] })).toEqual([[1]])
  })
})
