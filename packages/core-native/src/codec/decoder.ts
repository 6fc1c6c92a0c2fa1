import { StateFlag } from '../addon.ts'
import type { Converter, CrossingContext } from '../context.ts'
import { LuaConversionError } from '../errors.ts'
import { LuaNull } from '../luaNull.ts'
import { luaFloatText } from './luaNumberText.ts'
import { type PathStep, pathText } from './path.ts'
import { isLossy, readAscii, readUtf8 } from './stringReader.ts'
import { Tag } from './tags.ts'

/** Positions in a map whose last key is remembered. */
const REMEMBERED_KEYS = 32

/** The keys of a record, and whether a plain assignment makes an own property of each. */
interface Shape {
  readonly keys: readonly string[]
  readonly assignable: boolean
}

/**
 * Whether assigning to this key of an object literal makes an own data property. Names that Object.prototype has do
 * not always: `__proto__` is a setter, and a frozen prototype makes assignments to the others throw.
 */
function isAssignable(key: string): boolean {
  return !(key in Object.prototype)
}

/** The same text as the engine keeps it for names of properties: with another one each store looks it up first. */
function asName(key: string): string {
  return Object.keys({ [key]: 0 })[0] ?? key
}

/** An array to be filled to `length`. V8 makes a slow one when it is told a length in the tens of millions. */
function roomFor<Element>(length: number): Element[] {
  return length < 1e7 ? new Array<Element>(length) : []
}

function define(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, configurable: true, enumerable: true, writable: true })
}

/**
 * Reads one message from Lua. Only converters run code of the host's; without them a decoder is never asked for a
 * second message while it reads one.
 *
 * Longer than a file should be: every rule below reads the same private position, path and tables.
 */
export class Decoder {
  readonly #inbox: Buffer
  readonly #inboxView: DataView
  #bytes: Buffer
  #view: DataView
  #at = 0
  #handles: readonly unknown[] = []
  #strict = false
  #asMaps = false
  #null: LuaNull | null = LuaNull
  #converters: readonly Converter[] | undefined
  #place = 'value'
  #shapes: Shape[] = []
  readonly #steps: PathStep[] = []
  readonly #recentKeys: (string | undefined)[] = new Array<undefined>(REMEMBERED_KEYS).fill(undefined)

  /** `inbox` is where messages are that come without bytes of their own. */
  constructor(inbox: Uint8Array) {
    this.#inbox = Buffer.from(inbox.buffer, inbox.byteOffset, inbox.byteLength)
    this.#inboxView = new DataView(inbox.buffer, inbox.byteOffset, inbox.byteLength)
    this.#bytes = this.#inbox
    this.#view = this.#inboxView
  }

  /** Implements `AddonHost.decode`. */
  decode(
    bytes: Uint8Array | undefined,
    length: number,
    handles: unknown[] | undefined,
    flags: number,
    place = 'value',
    context?: CrossingContext,
  ): unknown {
    this.#place = place
    if (bytes === undefined) {
      this.#bytes = this.#inbox
      this.#view = this.#inboxView
    } else {
      this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.#at = 0
    this.#handles = handles ?? []
    this.#strict = (flags & StateFlag.strictConversion) !== 0
    this.#asMaps = (flags & StateFlag.tablesAsMaps) !== 0
    this.#null = (flags & StateFlag.nullSentinel) === 0 ? LuaNull : null
    this.#converters = context?.fromLua
    try {
      const value = this.#read(undefined)
      if (this.#at !== length) throw new Error(`Expected a message of ${length} bytes, read ${this.#at}`)
      return value
    } finally {
      this.#bytes = this.#inbox
      this.#view = this.#inboxView
      this.#handles = []
      this.#converters = undefined
      // Only what failed leaves some, and setting the length takes long.
      if (this.#steps.length > 0) this.#steps.length = 0
      if (this.#shapes.length > 0) this.#shapes = []
    }
  }

  #read(step: PathStep | undefined): unknown {
    const tag = this.#bytes[this.#at++]
    if (tag === undefined) throw new Error('Expected more bytes of a message from Lua')
    if (tag < 0x80) return tag
    if (tag >= Tag.shortAscii) return this.#ascii(tag - Tag.shortAscii)
    switch (tag) {
      case Tag.record:
        return this.#shaped(this.#shape(this.#count()), step)
      case Tag.float64: {
        const at = this.#at
        this.#at = at + 8
        return this.#view.getFloat64(at, true)
      }
      case Tag.int32: {
        const at = this.#at
        this.#at = at + 4
        return this.#view.getInt32(at, true)
      }
      case Tag.true:
        return true
      case Tag.false:
        return false
      case Tag.nil:
        return null
      case Tag.null:
        return this.#null
      case Tag.ascii:
        return this.#ascii(this.#count())
      case Tag.utf8:
        return this.#utf8(step)
      case Tag.sequence:
        return this.#converted(this.#asMaps ? this.#sequenceMap(step) : this.#sequence(step))
      case Tag.map:
        return this.#converted(this.#asMaps ? this.#typedMap(step) : this.#map(step))
      case Tag.shape:
        return this.#shaped(this.#defineShape(step), step)
      case Tag.floats:
        return this.#converted(this.#asMaps ? this.#floatMap() : this.#floats())
      case Tag.bytes:
        return this.#converted(this.#byteString())
      case Tag.int64: {
        const at = this.#at
        this.#at = at + 8
        return this.#view.getBigInt64(at, true)
      }
      case Tag.handle:
        return this.#converted(this.#handles[this.#count()] as object)
      default:
        throw new Error(`Expected a tag of the wire format, received 0x${tag.toString(16)}`)
    }
  }

  /** Gives an object to the converters, once what it contains is converted. */
  #converted(value: object): unknown {
    if (this.#converters === undefined || typeof value === 'function') return value
    const converter = this.#converters.find(({ match }) => match(value))
    return converter === undefined ? value : converter.convert(value)
  }

  #count(): number {
    const at = this.#at
    this.#at = at + 4
    return this.#view.getUint32(at, true)
  }

  #ascii(length: number): string {
    const at = this.#at
    this.#at = at + length
    return readAscii(this.#bytes, at, length)
  }

  #utf8(step: PathStep | undefined): string {
    const length = this.#count()
    const at = this.#at
    this.#at = at + length
    const text = readUtf8(this.#bytes, at, length)
    if (this.#strict && isLossy(this.#bytes, at, length, text)) {
      throw this.#failure('Expected text in UTF-8', 'a string with other bytes', step)
    }
    return text
  }

  #byteString(): Uint8Array {
    const length = this.#count()
    const at = this.#at
    this.#at = at + length
    return new Uint8Array(this.#bytes.subarray(at, at + length))
  }

  #sequenceMap(step: PathStep | undefined): Map<unknown, unknown> {
    const length = this.#count()
    const map = new Map<unknown, unknown>()
    this.#enter(step)
    for (let i = 1; i <= length; i++) map.set(i, this.#read(i))
    this.#leave(step)
    return map
  }

  #sequence(step: PathStep | undefined): unknown[] {
    const length = this.#count()
    const array = roomFor<unknown>(length)
    this.#enter(step)
    for (let i = 0; i < length; i++) array[i] = this.#read(i)
    this.#leave(step)
    return array
  }

  #floats(): number[] {
    const length = this.#count()
    const view = this.#view
    const array = roomFor<number>(length)
    let at = this.#at
    for (let i = 0; i < length; i++, at += 8) array[i] = view.getFloat64(at, true)
    this.#at = at
    return array
  }

  #floatMap(): Map<unknown, unknown> {
    return new Map(this.#floats().map((float, index) => [index + 1, float]))
  }

  #shape(id: number): Shape {
    const shape = this.#shapes[id]
    if (shape === undefined) throw new Error(`Expected the shape ${id} of a message from Lua to be defined`)
    return shape
  }

  #defineShape(step: PathStep | undefined): Shape {
    const length = this.#count()
    const keys: string[] = []
    let assignable = true
    this.#enter(step)
    for (let i = 0; i < length; i++) {
      const key = this.#read(undefined) as string
      keys.push(asName(key))
      assignable &&= isAssignable(key)
    }
    this.#leave(step)
    if (this.#strict) this.#refuseEqualKeys(keys, step)
    const shape = { keys, assignable }
    this.#shapes.push(shape)
    return shape
  }

  #shaped(shape: Shape, step: PathStep | undefined): unknown {
    const value = this.#asMaps ? this.#recordMap(shape, step) : this.#record(shape, step)
    return this.#converters === undefined ? value : this.#converted(value)
  }

  #recordMap({ keys }: Shape, step: PathStep | undefined): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    this.#enter(step)
    for (const key of keys) map.set(key, this.#read(key))
    this.#leave(step)
    return map
  }

  #record(shape: Shape, step: PathStep | undefined): Record<string, unknown> {
    const { keys, assignable } = shape
    const record: Record<string, unknown> = {}
    this.#enter(step)
    if (assignable) {
      this.#assign(record, keys)
    } else {
      for (const key of keys) define(record, key, this.#read(key))
    }
    this.#leave(step)
    return record
  }

  /**
   * Reads a value for each key. The engine remembers for each place in the code which key is set there, so the first
   * few have a place of their own: where one shape is common, that takes two thirds of the time of a loop.
   */
  #assign(record: Record<string, unknown>, keys: readonly string[]): void {
    const { length } = keys
    if (length > 0) {
      const key = keys[0] as string
      record[key] = this.#read(key)
    }
    if (length > 1) {
      const key = keys[1] as string
      record[key] = this.#read(key)
    }
    if (length > 2) {
      const key = keys[2] as string
      record[key] = this.#read(key)
    }
    if (length > 3) {
      const key = keys[3] as string
      record[key] = this.#read(key)
    }
    if (length > 4) {
      const key = keys[4] as string
      record[key] = this.#read(key)
    }
    if (length > 5) {
      const key = keys[5] as string
      record[key] = this.#read(key)
    }
    if (length > 6) {
      const key = keys[6] as string
      record[key] = this.#read(key)
    }
    if (length > 7) {
      const key = keys[7] as string
      record[key] = this.#read(key)
    }
    for (let i = 8; i < length; i++) {
      const key = keys[i] as string
      record[key] = this.#read(key)
    }
  }

  #map(step: PathStep | undefined): Record<string, unknown> {
    const length = this.#count()
    const map: Record<string, unknown> = {}
    this.#enter(step)
    for (let i = 0; i < length; i++) {
      const key = this.#key(i)
      const value = this.#read(key)
      if (key === undefined) continue
      if (this.#strict && Object.hasOwn(map, key)) {
        throw this.#failure('Expected keys that differ as property names', 'two that are one there', key)
      }
      if (isAssignable(key)) map[key] = value
      else define(map, key, value)
    }
    this.#leave(step)
    return map
  }

  #typedMap(step: PathStep | undefined): Map<unknown, unknown> {
    const length = this.#count()
    const map = new Map<unknown, unknown>()
    this.#enter(step)
    for (let i = 0; i < length; i++) {
      const key = this.#scalar()
      const value = this.#read(key ?? undefined)
      if (key !== null) map.set(key, value)
      else if (this.#strict) throw this.#failure('Expected keys that are scalars', 'another type', undefined)
    }
    this.#leave(step)
    return map
  }

  /** Reads the key of an entry as it is; `null` for one that is no scalar. */
  #scalar(): PathStep | null {
    const converters = this.#converters
    // Keys are never converted.
    this.#converters = undefined
    const key = this.#read(undefined) as PathStep | null
    this.#converters = converters
    return key
  }

  /** Reads the key of entry `position` as a property name; `undefined` for one that cannot be one: it is left out. */
  #key(position: number): string | undefined {
    const tag = this.#bytes[this.#at] as number
    if (tag >= Tag.shortAscii) return this.#shortKey(tag - Tag.shortAscii, position)
    const key = this.#scalar()
    // Lua turns a float key that is integral into an integer, so a safe integer was one in either form.
    if (tag === Tag.float64 && !Number.isSafeInteger(key)) return luaFloatText(key as number)
    if (typeof key === 'string') return key
    if (typeof key === 'number' || typeof key === 'bigint') return String(key)
    if (this.#strict) {
      throw this.#failure('Expected keys that are strings or numbers', keyKind(key), undefined)
    }
    return undefined
  }

  /** Reads a short key; rows of one shape have the same at the same position, and comparing is faster than reading. */
  #shortKey(length: number, position: number): string {
    const bytes = this.#bytes
    const at = this.#at + 1
    this.#at = at + length
    const recent = this.#recentKeys[position]
    if (recent !== undefined && recent.length === length) {
      let i = 0
      while (i < length && bytes[at + i] === recent.charCodeAt(i)) i++
      if (i === length) return recent
    }
    const key = readAscii(bytes, at, length)
    if (position < REMEMBERED_KEYS) this.#recentKeys[position] = key
    return key
  }

  #refuseEqualKeys(keys: readonly string[], step: PathStep | undefined): void {
    if (new Set(keys).size === keys.length) return
    throw this.#failure('Expected keys that differ as property names', 'two that are one there', step)
  }

  #enter(step: PathStep | undefined): void {
    if (step !== undefined) this.#steps.push(step)
  }

  #leave(step: PathStep | undefined): void {
    if (step !== undefined) this.#steps.pop()
  }

  #failure(expected: string, received: string, step: PathStep | undefined): LuaConversionError {
    const path = pathText(this.#place, step === undefined ? this.#steps : [...this.#steps, step])
    return new LuaConversionError(`${expected} at ${path}, received ${received}`, path)
  }
}

function keyKind(key: unknown): string {
  if (typeof key === 'boolean') return `the boolean ${key}`
  return key instanceof Uint8Array ? 'bytes' : 'another type'
}
