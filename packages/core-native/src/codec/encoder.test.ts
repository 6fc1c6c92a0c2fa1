import vm from 'node:vm'
import { describe, expect, it } from 'vitest'
import { type NativeReference, StateFlag } from '../addon.ts'
import { LuaConversionError } from '../errors.ts'
import { multi } from '../multi.ts'
import { standFor } from '../reference.ts'
import { MessageStack } from './messageStack.ts'
import { Outbox } from './outbox.ts'
import { Tag } from './tags.ts'

/** What Lua would hold: integers are bigint, floats number, bytes Buffer, strings string, tables Map. */
type LuaModel = bigint | number | boolean | null | string | Buffer | Map<LuaModel, LuaModel> | LuaModel[] | Handle

class Handle {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
}

/** Reads messages as the addon does. */
class Peer {
  #at = 0
  readonly #keys: LuaModel[] = []
  readonly shapes: LuaModel[][] = []
  readonly #view: DataView
  readonly bytes: Buffer
  readonly handles: readonly unknown[]

  constructor(bytes: Buffer, handles: readonly unknown[] = []) {
    this.bytes = bytes
    this.handles = handles
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  whole(): LuaModel {
    if (this.bytes[0] === Tag.multi) {
      this.#at = 1
      const values = Array.from({ length: this.#u32() }, () => this.value())
      expect(this.#at).toBe(this.bytes.length)
      return values
    }
    const value = this.value()
    expect(this.#at).toBe(this.bytes.length)
    return value
  }

  #u32(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  #slice(length: number): Buffer {
    this.#at += length
    expect(this.#at).toBeLessThanOrEqual(this.bytes.length)
    return Buffer.from(this.bytes.subarray(this.#at - length, this.#at))
  }

  #number(value: number): LuaModel {
    return Number.isInteger(value) && !Object.is(value, -0) && value >= -(2 ** 63) && value < 2 ** 63
      ? BigInt(value)
      : value
  }

  #table(count: number, entry: (index: number) => [LuaModel, LuaModel]): Map<LuaModel, LuaModel> {
    const table = new Map<LuaModel, LuaModel>()
    for (let i = 0; i < count; i++) {
      const [key, value] = entry(i)
      if (value !== null) table.set(key, value)
    }
    return table
  }

  #fields(): LuaModel {
    const [known = 0, id = 0, defines] = this.#slice(3)
    const more = this.#u32()
    const shape = known === 0 ? [] : (this.shapes[id] as LuaModel[]).slice(0, known)
    expect(shape).toHaveLength(known)
    const keys: LuaModel[] = [...shape]
    const fields = this.#table(known + more, (index) => {
      if (index >= known) {
        expect(defines === 0 || (this.bytes[this.#at] ?? 0) >= Tag.keyReference).toBe(true)
        keys.push(this.value())
      }
      return [keys[index] as LuaModel, this.value()]
    })
    if (defines === 1) {
      expect(fields.size).toBe(new Set(keys).size)
      expect(keys.length).toBeLessThanOrEqual(24)
      this.shapes.push(keys)
      expect(this.shapes.length).toBeLessThanOrEqual(64)
    }
    return fields
  }

  value(): LuaModel {
    const tag = this.bytes[this.#at++] as number
    if (tag < 0x80) return BigInt(tag)
    if (tag >= Tag.shortAscii && tag < 0xc0) return this.#slice(tag - Tag.shortAscii).toString('latin1')
    switch (tag) {
      case Tag.nil:
        return null
      case Tag.false:
        return false
      case Tag.true:
        return true
      case Tag.int32:
        this.#at += 4
        return BigInt(this.#view.getInt32(this.#at - 4, true))
      case Tag.float64:
        this.#at += 8
        return this.#number(this.#view.getFloat64(this.#at - 8, true))
      case Tag.float:
        this.#at += 8
        return this.#view.getFloat64(this.#at - 8, true)
      case Tag.int64:
        this.#at += 8
        return this.#view.getBigInt64(this.#at - 8, true)
      case Tag.ascii:
        return this.#slice(this.#u32()).toString('latin1')
      case Tag.utf8:
        return this.#slice(this.#u32()).toString('utf8')
      case Tag.bytes:
        return this.#slice(this.#u32())
      case Tag.sequence:
        return this.#table(this.#u32(), (index) => [BigInt(index + 1), this.value()])
      case Tag.floats:
        return this.#table(this.#u32(), (index) => {
          this.#at += 8
          return [BigInt(index + 1), this.#number(this.#view.getFloat64(this.#at - 8, true))]
        })
      case Tag.map:
        return this.#table(this.#u32(), () => [this.value(), this.value()])
      case Tag.fields:
        return this.#fields()
      case Tag.handle: {
        const index = this.#u32()
        expect(index).toBeLessThan(this.handles.length)
        return new Handle(this.handles[index])
      }
      case Tag.keyDefinition: {
        const key = this.value()
        expect(Buffer.byteLength(key as string)).toBeLessThanOrEqual(40)
        this.#keys.push(key)
        expect(this.#keys.length).toBeLessThanOrEqual(512)
        return key
      }
      case Tag.keyReference: {
        const id = this.#u32()
        expect(id).toBeLessThan(this.#keys.length)
        return this.#keys[id] as LuaModel
      }
      default:
        throw new Error(`unknown tag ${tag}`)
    }
  }
}

interface Sender {
  send(value: unknown, place?: number, flags?: number): LuaModel
  readonly out: Outbox
  announced: number
}

function sender(): Sender {
  const mailbox = new Uint32Array(4)
  const self = { announced: 0 } as { announced: number; out: Outbox; send: Sender['send'] }
  self.out = new Outbox(() => {
    self.announced++
  })
  const messages = new MessageStack(self.out, mailbox)
  self.send = (value, place = -1, flags = 0) => {
    const handles = messages.encode(value, place, flags)
    const [start = 0, length = 0] = mailbox
    return new Peer(self.out.bytes.subarray(start, start + length), handles).whole()
  }
  return self
}

const { send } = sender()
const table = (entries: Record<string, LuaModel>): LuaModel => new Map(Object.entries(entries))
const sequence = (...values: LuaModel[]): LuaModel => {
  const entries = values.map((value, index): [LuaModel, LuaModel] => [BigInt(index + 1), value])
  return new Map(entries.filter(([, value]) => value !== null))
}

function failure(action: () => unknown): LuaConversionError {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(LuaConversionError)
    expect((error as LuaConversionError).code).toBe('LUA_CONVERSION')
    return error as LuaConversionError
  }
  throw new Error('expected a LuaConversionError')
}

describe('scalars', () => {
  it.each([
    [0, 0n],
    [1, 1n],
    [127, 127n],
    [128, 128n],
    [-1, -1n],
    [2 ** 31 - 1, 2n ** 31n - 1n],
    [2 ** 31, 2n ** 31n],
    [-(2 ** 31), -(2n ** 31n)],
    [-(2 ** 31) - 1, -(2n ** 31n) - 1n],
    [2 ** 53 - 1, 2n ** 53n - 1n],
    [2 ** 53, 2n ** 53n],
    [-(2 ** 53), -(2n ** 53n)],
    [2 ** 60, 2n ** 60n],
    [2 ** 63, 2 ** 63],
    [-(2 ** 63), -(2n ** 63n)],
    [0.5, 0.5],
    [-0, -0],
    [Number.NaN, Number.NaN],
    [Infinity, Infinity],
    [-Infinity, -Infinity],
    [Number.MIN_VALUE, Number.MIN_VALUE],
  ])('sends the number %s as %s, alone and nested', (value, expected) => {
    expect(send(value)).toBe(expected)
    expect(send({ a: [value, 'x'], b: [value] })).toEqual(table({ a: sequence(expected, 'x'), b: sequence(expected) }))
  })

  it.each([0n, -1n, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)])('sends the BigInt %s as an integer', (value) => {
    expect(send(value)).toBe(value)
    expect(send([value])).toEqual(sequence(value))
  })

  it.each([2n ** 63n, -(2n ** 63n) - 1n, 10n ** 40n])('refuses the BigInt %s', (value) => {
    expect(failure(() => send({ a: [value] }, 0)).path).toBe('args[0].a[0]')
  })

  it.each([
    '',
    'a',
    'a\0b',
    'x'.repeat(19),
    'x'.repeat(20),
    'x'.repeat(31),
    'x'.repeat(32),
    'x'.repeat(70_000),
    'é',
    'aé',
    '\u{1f600}',
    'ü'.repeat(19),
    'ü'.repeat(40_000),
    '\ufeffa',
    '\x7f\x80',
  ])('sends the text %j', (text) => {
    expect(send(text)).toBe(text)
    expect(send({ [text]: text, z: [text] })).toEqual(table({ [text]: text, z: sequence(text) }))
  })

  it('sends a lone surrogate as U+FFFD, and refuses it when strict', () => {
    expect(send('a\ud800')).toBe('a\ufffd')
    expect(failure(() => send({ a: ['a\ud800'] }, -1, StateFlag.strictConversion)).path).toBe('value.a[0]')
    expect(failure(() => send({ 'k\udc00': 1 }, -1, StateFlag.strictConversion)).path).toBe('value["k\\udc00"]')
    expect(send('\u{1f600}', -1, StateFlag.strictConversion)).toBe('\u{1f600}')
  })

  it('sends booleans, null and undefined', () => {
    expect([true, false, null, undefined].map((value) => send(value))).toEqual([true, false, null, null])
  })

  it('refuses a Symbol and says what to pass instead', () => {
    const error = failure(() => send({ a: Symbol('x') }, 2))
    expect(error.path).toBe('args[2].a')
    expect(error.message).toContain('symbol.description')
  })
})

describe('bytes', () => {
  const buffer = new Uint8Array([9, 0, 255, 128, 1, 9]).buffer
  const expected = Buffer.from([0, 255, 128, 1])
  it.each([
    ['Uint8Array', new Uint8Array(buffer, 1, 4)],
    ['Buffer', Buffer.from(buffer, 1, 4)],
    ['Int8Array', new Int8Array(buffer, 1, 4)],
    ['DataView', new DataView(buffer, 1, 4)],
    ['ArrayBuffer', buffer.slice(1, 5)],
    ['Uint16Array', new Uint16Array(buffer.slice(1, 5))],
    ['another realm', vm.runInNewContext('new Uint8Array([0, 255, 128, 1])')],
  ])('sends a %s as its bytes', (_name, value) => {
    expect(send(value)).toEqual(expected)
    expect(send([value])).toEqual(sequence(expected))
  })

  it('sends a SharedArrayBuffer and views of one as bytes', () => {
    const shared = new SharedArrayBuffer(3)
    new Uint8Array(shared).set([1, 2, 3])
    expect(send(shared)).toEqual(Buffer.from([1, 2, 3]))
    expect(send(new DataView(shared, 1))).toEqual(Buffer.from([2, 3]))
  })

  it('does not believe properties that shadow the length', () => {
    const lying = new Uint8Array([1, 2])
    Object.defineProperty(lying, 'byteLength', { value: 1000 })
    expect(send(lying)).toEqual(Buffer.from([1, 2]))
  })
})

describe('containers', () => {
  it('sends arrays as sequences with holes', () => {
    expect(send([])).toEqual(sequence())
    expect(send(['a', null, undefined, 'd'])).toEqual(sequence('a', null, null, 'd'))
    expect(send([1, null, 3])).toEqual(sequence(1n, null, 3n))
    // biome-ignore lint/suspicious/noSparseArray: holes are the point
    expect(send([1, , 'c'])).toEqual(sequence(1n, null, 'c'))
  })

  it('sends numbers before another element exactly', () => {
    const numbers = Array.from({ length: 5000 }, (_, index) => index * 1.5 - 100)
    const expected = numbers.map((number) => (Number.isInteger(number) ? BigInt(number) : number))
    expect(send([...numbers, 'end', 7])).toEqual(sequence(...expected, 'end', 7n))
  })

  it('reads each element of an array once', () => {
    const reads: string[] = []
    const array = new Proxy([1, 2, 'x', 4], {
      get(target, key) {
        reads.push(String(key))
        return Reflect.get(target, key)
      },
    })
    expect(send(array)).toEqual(sequence(1n, 2n, 'x', 4n))
    expect(reads).toEqual(['length', '0', '1', '2', '3'])
  })

  it('sends a huge sparse array by its elements', () => {
    const array: unknown[] = []
    array[0] = 1
    array[7] = 'seven'
    array[2 ** 32 - 2] = 'last'
    expect(send(array)).toEqual(
      new Map<LuaModel, LuaModel>([
        [1n, 1n],
        [8n, 'seven'],
        [2n ** 32n - 1n, 'last'],
      ]),
    )
    expect(send(new Array(2 ** 32 - 1))).toEqual(new Map())
  })

  it('keeps all elements of a long array with a run of holes', () => {
    const array: unknown[] = new Array(3000)
    for (let index = 2000; index < 3000; index++) array[index] = `v${index}`
    const sent = send(array) as Map<LuaModel, LuaModel>
    expect(sent.size).toBe(1000)
    expect(sent.get(2001n)).toBe('v2000')
    expect(sent.get(3000n)).toBe('v2999')
  })

  it('sends a Set as a sequence', () => {
    expect(send(new Set(['a', 2]))).toEqual(sequence('a', 2n))
  })

  it('keeps the types of the keys of a Map', () => {
    const map = new Map<unknown, unknown>([
      ['1', 'text'],
      [1, 'integer'],
      [1.5, 'float'],
      [true, 'boolean'],
      [2n ** 60n, 'bigint'],
      [new Uint8Array([255]), 'bytes'],
      [Infinity, 'infinite'],
      ['gone', null],
    ])
    expect([...(send(map) as Map<LuaModel, LuaModel>)]).toEqual([
      ['1', 'text'],
      [1n, 'integer'],
      [1.5, 'float'],
      [true, 'boolean'],
      [2n ** 60n, 'bigint'],
      [Buffer.from([255]), 'bytes'],
      [Infinity, 'infinite'],
    ])
  })

  it.each([[Number.NaN], [null], [undefined], [{}], [Symbol('s')], [() => 1], [new Date()]])(
    'refuses the Map key %s',
    (key) => {
      expect(failure(() => send({ m: new Map([[key, 1]]) })).path).toBe('value.m')
    },
  )

  it('sends enumerable string keys, own and inherited, without nil', () => {
    class Base {
      a = 1
      get hidden(): number {
        return 5
      }
    }
    const object = Object.assign(Object.create({ inherited: 'yes' }), {
      own: 1,
      7: 'seven',
      none: null,
      [Symbol('s')]: 1,
    })
    expect(send(object)).toEqual(table({ own: 1n, 7: 'seven', inherited: 'yes' }))
    expect(send(new Base())).toEqual(table({ a: 1n }))
    expect(send(Object.create(null))).toEqual(table({}))
  })

  it('sends __proto__ as the data that it is', () => {
    expect(send(JSON.parse('{"__proto__": {"x": 1}}'))).toEqual(new Map([['__proto__', table({ x: 1n })]]))
  })

  it('sends many rows of one shape, and rows of other shapes between them', () => {
    const rows = Array.from({ length: 500 }, (_, id) =>
      id % 3 === 0 ? { name: `n${id}`, id, at: { x: id, y: [id] } } : { id, name: `n${id}`, extra: { id } },
    )
    const sent = send(rows) as Map<LuaModel, LuaModel>
    expect(sent.get(4n)).toEqual(table({ name: 'n3', id: 3n, at: table({ x: 3n, y: sequence(3n) }) }))
    expect(sent.get(500n)).toEqual(table({ id: 499n, name: 'n499', extra: table({ id: 499n }) }))
  })

  it('sends objects of more keys than are remembered by position', () => {
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, index]))
    const expected = new Map(Object.entries(wide).map(([key, value]) => [key, BigInt(value)]))
    expect(send([wide, wide])).toEqual(sequence(expected, expected))
  })

  it('sends objects that begin alike, end early, go on or leave values out', () => {
    const objects = [
      { a: 1, b: 2, c: 3 },
      { a: 1, b: 2, c: 3 },
      { a: 1, b: 2 },
      { a: 1, b: 2 },
      { a: 1, b: 2 },
      { a: 1, b: 2, c: 3, d: 4 },
      { a: 1, b: 2, c: 3, d: 4 },
      { a: 1, b: undefined, c: 3 },
      { a: undefined, b: null, c: null },
      { b: 1, a: 2 },
      {},
      { a: { a: 1, b: { a: 1, b: 2, c: 3 } }, b: { b: 1, a: 2 }, c: [{ a: 1 }] },
      { a: 1, b: 2, c: 3, d: 4 },
      { a: null },
    ]
    const expected = objects.map((object): unknown => JSON.parse(JSON.stringify(object)))
    const plain = (value: LuaModel): unknown => {
      if (!(value instanceof Map)) return Number(value)
      return value.has(1n)
        ? [...value.values()].map(plain)
        : Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]))
    }
    const withoutNull = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value, (_key, item: unknown) => (item === null ? undefined : item)))
    expect(plain(send([...objects, ...objects]))).toEqual(withoutNull([...expected, ...expected]))
  })

  it('sends an object that contains objects of its own shape', () => {
    const tree = (depth: number): object =>
      depth === 0 ? { id: 0 } : { id: depth, left: tree(depth - 1), right: tree(depth - 1) }
    const model = (depth: number): LuaModel =>
      depth === 0 ? table({ id: 0n }) : table({ id: BigInt(depth), left: model(depth - 1), right: model(depth - 1) })
    expect(send(tree(6))).toEqual(model(6))
    expect(send(tree(6))).toEqual(model(6))
  })

  it('sends more shapes, keys and orders of keys than are remembered', () => {
    const objects = Array.from({ length: 9000 }, (_, index) => ({ [`k${index % 3000}`]: 1, [`l${index % 7}`]: index }))
    const sent = send(objects) as Map<LuaModel, LuaModel>
    expect(sent.get(9000n)).toEqual(table({ k2999: 1n, [`l${8999 % 7}`]: 8999n }))
    expect(sent.get(1n)).toEqual(table({ k0: 1n, l0: 0n }))
    expect(send([{ k1: 1 }, { k1: 2 }, { k1: 3 }])).toEqual(
      sequence(table({ k1: 1n }), table({ k1: 2n }), table({ k1: 3n })),
    )
  })

  it('sends keys that are too long to be referred to, and keys that are one key in Lua', () => {
    const long = 'x'.repeat(41)
    const wide = 'ü'.repeat(21)
    const rows = Array.from({ length: 4 }, () => ({ a: 1, [long]: 2, [wide]: 3, b: 4 }))
    expect(send(rows)).toEqual(sequence(...rows.map(() => table({ a: 1n, [long]: 2n, [wide]: 3n, b: 4n }))))
    const odd = Array.from({ length: 4 }, (_, index) => ({ a: { x: 1 }, '\ud800': { x: 2 }, '\ud801': index }))
    expect(send(odd)).toEqual(
      sequence(...odd.map((_, index) => table({ a: table({ x: 1n }), '\ufffd': BigInt(index) }))),
    )
  })

  it('copies a shared object twice', () => {
    const shared = { a: 1 }
    expect(send([shared, shared])).toEqual(sequence(table({ a: 1n }), table({ a: 1n })))
  })
})

describe('other objects', () => {
  it('sends a Date as a float of milliseconds, an invalid one as NaN', () => {
    expect(send(new Date(1.5e12))).toBe(1500000000000)
    expect(send(new Date(Number.NaN))).toBe(Number.NaN)
  })

  it('sends a RegExp as its source', () => {
    expect(send(/a\/b/i)).toBe('a\\/b')
    expect(send({ r: /é/ })).toEqual(table({ r: 'é' }))
  })

  it('sends name, message and own properties of an Error', () => {
    expect(send(Object.assign(new RangeError('bad'), { code: 'E1' }))).toEqual(
      table({ name: 'RangeError', message: 'bad', code: 'E1' }),
    )
    expect(send(Object.assign(new Error('a'), { message: 'b' }))).toEqual(table({ name: 'Error', message: 'b' }))
  })

  it('unboxes primitives', () => {
    expect(send([Object(1.5), Object('s'), Object(true), Object(3n)])).toEqual(sequence(1.5, 's', true, 3n))
    expect(failure(() => send([Object(Symbol('s'))])).path).toBe('value[0]')
  })

  it.each([
    ['Promise', Promise.resolve()],
    ['WeakMap', new WeakMap()],
    ['WeakSet', new WeakSet()],
    ['WeakRef', new WeakRef({})],
    ['FinalizationRegistry', new FinalizationRegistry(() => undefined)],
  ])('refuses a %s', (name, value) => {
    const error = failure(() => send({ x: value }, -2))
    expect(error.path).toBe('result.x')
    expect(error.message).toContain(name)
  })

  it('treats a generator as a plain object', () => {
    const generator = (function* () {
      yield 1
    })()
    expect(send(generator)).toEqual(table({}))
  })

  it('knows built-in objects of another realm', () => {
    const value = vm.runInNewContext(
      '({ map: new Map([[1, "a"]]), set: new Set([1]), date: new Date(5), re: /x/, error: new TypeError("e"), plain: { a: 1 } })',
    )
    expect(send(value, -1, StateFlag.strictConversion)).toEqual(
      table({
        map: sequence('a'),
        set: sequence(1n),
        date: 5,
        re: 'x',
        error: table({ name: 'TypeError', message: 'e' }),
        plain: table({ a: 1n }),
      }),
    )
  })

  it('sends functions and references beside the bytes', () => {
    class Reference {}
    const object = new Reference()
    const reference = {} as NativeReference
    standFor(object, reference)
    const callback = (): void => undefined
    expect(send({ a: callback, b: [object, callback] })).toEqual(
      table({ a: new Handle(callback), b: sequence(new Handle(reference), new Handle(callback)) }),
    )
    expect(send(object)).toEqual(new Handle(reference))
  })
})

describe('multi', () => {
  it('becomes several values as a whole result', () => {
    expect(send(multi(1, null, 'c', [2]), -2)).toEqual([1n, null, 'c', sequence(2n)])
    expect(send(multi(), -2)).toEqual([])
  })

  it('is refused anywhere else', () => {
    expect(failure(() => send(multi(1), -1)).path).toBe('value')
    expect(failure(() => send(multi(1), 0)).path).toBe('args[0]')
    expect(failure(() => send([multi(1)], -2)).path).toBe('result[0]')
    expect(failure(() => send(multi(1, multi(2)), -2)).path).toBe('result[1]')
  })

  it('is frozen', () => {
    const values = multi(1)
    expect(Object.isFrozen(values)).toBe(true)
    expect(Object.isFrozen(values.values)).toBe(true)
  })
})

describe('depth and cycles', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = []
    for (let i = 1; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value }
    return value
  }

  it('accepts 100 levels and refuses 101', () => {
    expect(() => send(nested(100))).not.toThrow()
    expect(failure(() => send(nested(101))).path).toMatch(/^value(\.a|\[0\]){100}$/)
  })

  it('accepts a deep value after it has refused a deeper one', () => {
    failure(() => send(nested(300)))
    expect(() => send(nested(100))).not.toThrow()
  })

  it.each([
    [
      'an array',
      (): unknown => {
        const array: unknown[] = [1]
        array.push({ items: [0, 0, 0, array] })
        return array
      },
      'args[0][1].items[3]',
    ],
    [
      'an object',
      (): unknown => {
        const object: Record<string, unknown> = {}
        object['self'] = { 'odd key': object }
        return object
      },
      'args[0].self["odd key"]',
    ],
    [
      'a Map',
      (): unknown => {
        const map = new Map<unknown, unknown>()
        map.set(1.5, map)
        return map
      },
      'args[0][1.5]',
    ],
    [
      'a Set',
      (): unknown => {
        const set = new Set<unknown>([1])
        set.add(set)
        return set
      },
      'args[0][1]',
    ],
    [
      'an Error',
      (): unknown => {
        const error: Error & { self?: Error } = new Error('x')
        error.self = error
        return error
      },
      'args[0].self',
    ],
  ])('refuses a cycle through %s and says where', (_name, make, path) => {
    expect(failure(() => send(make(), 0)).path).toBe(path)
  })
})

describe('strict conversion', () => {
  const strict = (value: unknown): LuaModel => send(value, -1, StateFlag.strictConversion)

  it.each([
    ['null in an array', { a: [1, null] }, 'value.a[1]'],
    ['undefined in an array', [undefined], 'value[0]'],
    ['a hole', [1, ...new Array(1)], 'value[1]'],
    ['null in a Set', new Set([null]), 'value[0]'],
    ['null as a property', { a: { b: null } }, 'value.a.b'],
    ['null in a Map', new Map([[1, null]]), 'value[1]'],
    ['a class instance', { a: new (class Point {})() }, 'value.a'],
    ['inherited properties', Object.create({ a: 1 }), 'value'],
    ['flags of a RegExp', [/a/g], 'value[0]'],
    [
      'integer keys that meet',
      new Map<unknown, unknown>([
        [1, 1],
        [1n, 2],
      ]),
      'value[1n]',
    ],
    [
      'text keys that meet',
      new Map<unknown, unknown>([
        ['é', 1],
        [Buffer.from('é'), 2],
      ]),
      'value[<bytes>]',
    ],
  ])('refuses %s', (_name, value, path) => {
    expect(failure(() => strict(value)).path).toBe(path)
  })

  it('accepts what loses nothing', () => {
    expect(
      strict({
        a: [1, 'x'],
        m: new Map<unknown, unknown>([
          [1, 'a'],
          ['1', 'b'],
        ]),
        r: /a/,
        d: new Date(1),
      }),
    ).toEqual(
      table({
        a: sequence(1n, 'x'),
        m: new Map<LuaModel, LuaModel>([
          [1n, 'a'],
          ['1', 'b'],
        ]),
        r: 'a',
        d: 1,
      }),
    )
    expect(strict(null)).toBe(null)
    expect(send(multi(1, null), -2, StateFlag.strictConversion)).toEqual([1n, null])
  })
})

describe('code of the host that runs meanwhile', () => {
  it.each([
    [
      'a getter',
      {
        get a(): never {
          throw new RangeError('mine')
        },
      },
    ],
    [
      'a proxy',
      [
        new Proxy(
          {},
          {
            ownKeys: () => {
              throw new RangeError('mine')
            },
          },
        ),
      ],
    ],
    [
      'an element',
      Object.defineProperty([], '0', {
        get: () => {
          throw new RangeError('mine')
        },
      }),
    ],
  ])('lets the error of %s through', (_name, value) => {
    expect(() => send(value)).toThrow(RangeError)
    expect(send({ a: 1 })).toEqual(table({ a: 1n }))
  })

  it('keeps an outer message whole while nested ones are written, also when they make the buffer grow', () => {
    const peer = sender()
    const nested: LuaModel[] = []
    const value = {
      before: [1.5, 2.5],
      get small() {
        nested.push(peer.send({ before: 'inner', own: [1] }))
        return 's'
      },
      get huge() {
        nested.push(peer.send({ text: 'y'.repeat(3_000_000) }))
        return { before: 'h' }
      },
      numbers: Object.defineProperty([1, 2, 3], 1, {
        get: () => {
          nested.push(peer.send([9, 9, 9]))
          return 2
        },
      }),
      after: 'z',
    }
    expect(peer.send(value)).toEqual(
      table({
        before: sequence(1.5, 2.5),
        small: 's',
        huge: table({ before: 'h' }),
        numbers: sequence(1n, 2n, 3n),
        after: 'z',
      }),
    )
    expect(nested[0]).toEqual(table({ before: 'inner', own: sequence(1n) }))
    expect((nested[1] as Map<string, string>).get('text')).toHaveLength(3_000_000)
    expect(nested[2]).toEqual(sequence(9n, 9n, 9n))
  })
})

describe('the outbox', () => {
  it('grows for a huge message, announces each buffer and shrinks after a small one', () => {
    const peer = sender()
    expect(peer.announced).toBe(1)
    const initial = peer.out.bytes.length
    peer.send('x'.repeat(5_000_000))
    expect(peer.out.bytes.length).toBeGreaterThan(5_000_000)
    expect(peer.announced).toBeGreaterThan(1)
    peer.send('small')
    peer.send('small')
    expect(peer.out.bytes.length).toBe(initial)
    expect(peer.out.at).toBe(0)
  })
})
