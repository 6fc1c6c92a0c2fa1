import { StateFlag } from '../addon.ts'
import type { Converter, CrossingContext } from '../context.ts'
import { LuaConversionError } from '../errors.ts'
import type { LuaMulti } from '../multi.ts'
import type { NumberTable } from '../numberTable.ts'
import { unwrapReference } from '../reference.ts'
import { classNameOf } from './className.ts'
import { mapFloats, widenFloats } from './floatRun.ts'
import { bytesOf, elementsOf, entriesOf, sourceOf, timeOf, unboxed } from './intrinsics.ts'
import { isBytesKey, luaKeyText } from './mapKeys.ts'
import { writeNumbers } from './numberWriter.ts'
import { kindOfObject, type ObjectKind } from './objectKind.ts'
import type { Outbox } from './outbox.ts'
import { type PathStep, pathText } from './path.ts'
import { type KeyPath, RecordShapes } from './recordShapes.ts'
import {
  endFields,
  isLuaInteger,
  startFields,
  writeBigInt,
  writeBytes,
  writeCounted,
  writeFloat,
  writeNumber,
  writeString,
  writeTag,
} from './scalarWriter.ts'
import { isSparse, presentIndices } from './sparseArray.ts'
import { MAX_DEPTH, Tag } from './tags.ts'

/** `place` of a host function's result; results may be several values. */
const RESULT_PLACE = -2
/** Keys of one message that may be referred to, as `kMaxKeys` in `vm/wire.hpp`. */
const MAX_KEYS = 512
/** Bytes of the longest string that Lua interns: only such keys may be referred to. */
const LONGEST_KEY = 40
/** So many keys of earlier messages may stay in the table: emptying it costs more than writing a small message. */
const KEPT_KEYS = 1024

const loneSurrogate = /\p{Surrogate}/u

/** Whether a key is short enough to be one string of Lua's wherever it comes up. */
function isInterned(key: string): boolean {
  return key.length * 3 <= LONGEST_KEY || (key.length <= LONGEST_KEY && Buffer.byteLength(key) <= LONGEST_KEY)
}

function rootOf(place: number): string {
  if (place >= 0) return `args[${place}]`
  return place === RESULT_PLACE ? 'result' : 'value'
}

/**
 * Writes one JavaScript value as a message for Lua. Reading the value may run code of the host's (getters, proxy
 * traps) that encodes other messages: each of those uses an encoder of its own and writes behind `out.at`, so
 * `out.at` is up to date, and nothing of the outbox is held in a local, wherever a property is read.
 *
 * Longer than a file should be: every rule below reads and writes the same private position, path and key table.
 */
export class Encoder {
  readonly #out: Outbox
  /** Ids go on counting from message to message: those below `#firstId` were defined in earlier ones. */
  readonly #keyIds = new Map<string, number>()
  #firstId = 0
  #nextId = 0
  readonly #shapes = new RecordShapes()
  readonly #ancestors: object[] = []
  readonly #steps: PathStep[] = []
  #handles: unknown[] | undefined
  #place = 0
  #strict = false
  #nullSentinel = false
  #context: CrossingContext | undefined
  #converters: readonly Converter[] | undefined
  #conversions = 0

  constructor(out: Outbox) {
    this.#out = out
  }

  /** Writes `value` at `out.at` and returns what the bytes refer to by index. */
  encode(value: unknown, place: number, flags: number, context?: CrossingContext): unknown[] | undefined {
    this.#place = place
    this.#strict = (flags & StateFlag.strictConversion) !== 0
    this.#nullSentinel = (flags & StateFlag.nullSentinel) !== 0
    this.#converters = context?.toLua
    // Most states have neither converters nor classes: then no object is looked at twice.
    this.#context = this.#converters === undefined && context?.metatableOf === undefined ? undefined : context
    try {
      this.#write(value, undefined)
      return this.#handles
    } finally {
      this.#firstId = this.#nextId
      this.#shapes.settle()
      if (this.#keyIds.size > KEPT_KEYS) this.#keyIds.clear()
      // Only what failed leaves some. Setting the length of an array that is empty takes longer than all of this.
      if (this.#ancestors.length > 0) this.#ancestors.length = 0
      if (this.#steps.length > 0) this.#steps.length = 0
      this.#handles = undefined
      this.#context = undefined
      this.#converters = undefined
      this.#conversions = 0
    }
  }

  // Comparisons of typeof, the common types first: the engine turns a switch over it into a call.
  #write(value: unknown, step: PathStep | undefined): void {
    if (typeof value === 'number') writeNumber(this.#out, value)
    else if (typeof value === 'string') this.#string(value, step)
    else if (typeof value === 'boolean') writeTag(this.#out, value ? Tag.true : Tag.false)
    else this.#writeOther(value, step)
  }

  #writeOther(value: unknown, step: PathStep | undefined): void {
    switch (typeof value) {
      case 'object':
        if (value === null) writeTag(this.#out, this.#nullSentinel ? Tag.null : Tag.nil)
        else if (this.#context === undefined) this.#builtIn(value, kindOfObject(value), step)
        else this.#object(value, this.#context, step)
        break
      case 'function':
        this.#handle(value)
        break
      case 'undefined':
        writeTag(this.#out, Tag.nil)
        break
      case 'bigint':
        this.#bigint(value, step)
        break
      default:
        throw this.#failure('Expected a value that Lua can hold', 'a Symbol; pass symbol.description instead', step)
    }
  }

  /** Writes an object that classes and converters may have a say about. */
  #object(value: object, context: CrossingContext, step: PathStep | undefined): void {
    const kind = kindOfObject(value)
    if (kind === 'reference' || kind === 'null' || kind === 'multi' || kind === 'numbers') {
      this.#builtIn(value, kind, step)
      return
    }
    const metatable = context.metatableOf?.(value)
    if (metatable !== undefined) {
      this.#beside(Tag.object, [value, metatable])
      return
    }
    const converter = this.#converters?.find(({ match }) => match(value))
    const converted = converter === undefined ? value : converter.convert(value)
    if (converted === value) {
      this.#builtIn(value, kind, step)
      return
    }
    if (this.#conversions >= MAX_DEPTH) {
      throw this.#failure(`Expected at most ${MAX_DEPTH} conversions inside each other`, 'more', step)
    }
    this.#conversions++
    this.#write(converted, step)
    this.#conversions--
  }

  #builtIn(value: object, kind: ObjectKind, step: PathStep | undefined): void {
    switch (kind) {
      case 'plain':
        this.#record(value, step)
        break
      case 'array':
        this.#array(value as unknown[], step)
        break
      case 'map':
        this.#map(value, step)
        break
      case 'set':
        this.#set(value, step)
        break
      case 'bytes':
        writeBytes(this.#out, bytesOf(value))
        break
      case 'date':
        writeFloat(this.#out, timeOf(value))
        break
      case 'error':
        this.#error(value as Error, step)
        break
      case 'boxed':
        this.#write(unboxed(value), step)
        break
      case 'null':
        writeTag(this.#out, Tag.null)
        break
      case 'numbers':
        this.#numbers(value as NumberTable, step)
        break
      case 'reference':
        this.#handle(unwrapReference(value))
        break
      case 'multi':
        this.#multi(value as LuaMulti, step)
        break
      case 'regexp':
        if (this.#strict && (value as RegExp).flags !== '') {
          throw this.#failure(
            'Expected a RegExp without flags, which Lua has not',
            `flags "${(value as RegExp).flags}"`,
            step,
          )
        }
        this.#string(sourceOf(value), step)
        break
      case 'refused':
        throw this.#failure('Expected data or a function', `an instance of ${classNameOf(value)}`, step)
      case 'instance':
        if (this.#strict) {
          throw this.#failure('Expected a plain object', `an instance of ${classNameOf(value)}`, step)
        }
        this.#record(value, step)
        break
    }
  }

  #enter(value: object, step: PathStep | undefined): void {
    const ancestors = this.#ancestors
    if (ancestors.includes(value))
      throw this.#failure('Expected a value without cycles', 'a reference to a container of itself', step)
    if (ancestors.length >= MAX_DEPTH)
      throw this.#failure(`Expected at most ${MAX_DEPTH} levels of nesting`, 'more', step)
    ancestors.push(value)
    if (step !== undefined) this.#steps.push(step)
  }

  #leave(step: PathStep | undefined): void {
    this.#ancestors.pop()
    if (step !== undefined) this.#steps.pop()
  }

  #record(value: object, step: PathStep | undefined): void {
    this.#enter(value, step)
    const shapes = this.#shapes
    const out = this.#out
    const start = startFields(out)
    // What its own values define comes too late for it.
    const end = shapes.end
    const source = value as Record<string, unknown>
    let path: KeyPath | undefined = shapes.root
    /** Where the keys left the known shapes; from there on they are written. */
    let left: KeyPath | undefined
    let count = 0
    let hasNil = false
    // Inherited properties cross too, as documented.
    for (const key in source) {
      const property = source[key]
      if (left === undefined) {
        const next: KeyPath | undefined = shapes.follow(path as KeyPath, key, end)
        if (next !== undefined) {
          path = next
          if (typeof property === 'number') writeNumber(out, property)
          else if (typeof property === 'string') this.#string(property, key)
          else if (this.#orNil(property, key)) hasNil = true
          continue
        }
        left = path as KeyPath
      }
      const isNil = this.#isNil(property)
      if (isNil) this.#refuseNil(property, key)
      if (isNil) continue
      count++
      const canBeShared = this.#key(key)
      path = path !== undefined && canBeShared ? shapes.extend(path, key) : undefined
      this.#write(property, key)
    }
    this.#endRecord(start, end, left ?? (path as KeyPath), count, hasNil ? undefined : path)
    this.#leave(step)
  }

  /** Writes a property that a shape has a place for, nil or not. Returns whether it was nil. */
  #orNil(property: unknown, key: string): boolean {
    const isNil = this.#isNil(property)
    if (isNil) this.#refuseNil(property, key)
    this.#write(property, key)
    return isNil
  }

  /** Completes a record: the keys of `known` come from a shape, `count` are written; `path` is all, if it can be shared. */
  #endRecord(start: number, end: number, known: KeyPath, count: number, path: KeyPath | undefined): void {
    const shapes = this.#shapes
    const isWhole = count === 0 && known.shape >= shapes.first && known.shape < end
    const shape = isWhole ? known.shape : known.prefixOf
    const defines = !isWhole && path !== undefined && shapes.define(path)
    endFields(this.#out, start, known.length, known.length === 0 ? 0 : shape - shapes.first, defines, count)
  }

  #error(value: Error, step: PathStep | undefined): void {
    this.#enter(value, step)
    const countAt = writeCounted(this.#out, Tag.map, 0)
    let count = 0
    if (this.#property('name', value.name)) count++
    if (this.#property('message', value.message)) count++
    const source = value as unknown as Record<string, unknown>
    for (const key of Object.keys(value)) {
      if (key !== 'name' && key !== 'message' && this.#property(key, source[key])) count++
    }
    this.#out.view.setUint32(countAt, count, true)
    this.#leave(step)
  }

  /** Writes a property, unless its value is nil: a Lua table cannot hold that. Returns whether it did. */
  #property(key: string, value: unknown): boolean {
    if (this.#isNil(value)) {
      this.#refuseNil(value, key)
      return false
    }
    this.#key(key)
    this.#write(value, key)
    return true
  }

  /** Writes a key and returns whether it can be referred to from now on. */
  #key(key: string): boolean {
    const first = this.#firstId
    const id = this.#keyIds.get(key)
    if (id !== undefined && id >= first) {
      writeCounted(this.#out, Tag.keyReference, id - first)
      return true
    }
    const canBeShared = this.#nextId - first < MAX_KEYS && isInterned(key)
    if (canBeShared) {
      this.#keyIds.set(key, this.#nextId++)
      writeTag(this.#out, Tag.keyDefinition)
    }
    this.#string(key, key)
    return canBeShared
  }

  #array(value: readonly unknown[], step: PathStep | undefined): void {
    this.#enter(value, step)
    const out = this.#out
    // A proxy may answer anything.
    const length = value.length >>> 0
    const countAt = writeCounted(out, length === 0 ? Tag.sequence : Tag.floats, length)
    let index = 0
    let element: unknown
    for (; index < length; index++) {
      element = value[index]
      if (typeof element !== 'number') break
      out.reserve(8)
      out.view.setFloat64(out.at, element, true)
      out.at += 8
    }
    if (index < length) this.#mixedArray(value, countAt, index, element, length)
    this.#leave(step)
  }

  /** Goes on with an array that started with `index` numbers and then has `element`, which is none. */
  #mixedArray(value: readonly unknown[], countAt: number, index: number, element: unknown, length: number): void {
    if (!this.#strict && isSparse(value, index, length)) {
      this.#sparseArray(value, countAt, index, element, length)
      return
    }
    widenFloats(this.#out, countAt, index)
    this.#element(element, index)
    for (let i = index + 1; i < length; i++) this.#element(value[i], i)
  }

  #element(value: unknown, index: number): void {
    if (this.#isNil(value)) this.#refuseNil(value, index)
    this.#write(value, index)
  }

  /** Writes an array as a map from integers, so that its holes cost nothing. */
  #sparseArray(value: readonly unknown[], countAt: number, index: number, element: unknown, length: number): void {
    const out = this.#out
    let count = mapFloats(out, countAt, index)
    for (const present of presentIndices(value, index, length)) {
      const item = present === index ? element : value[present]
      if (this.#isNil(item)) continue
      writeNumber(out, present + 1)
      this.#write(item, present)
      count++
    }
    out.view.setUint32(countAt, count, true)
  }

  #set(value: object, step: PathStep | undefined): void {
    this.#enter(value, step)
    const countAt = writeCounted(this.#out, Tag.sequence, 0)
    let count = 0
    for (const element of elementsOf(value)) this.#element(element, count++)
    this.#out.view.setUint32(countAt, count, true)
    this.#leave(step)
  }

  #map(value: object, step: PathStep | undefined): void {
    this.#enter(value, step)
    const countAt = writeCounted(this.#out, Tag.map, 0)
    const seen = this.#strict ? new Set<string>() : undefined
    let count = 0
    for (const [key, item] of entriesOf(value)) {
      const keyStep = this.#checkedKey(key)
      if (this.#isNil(item)) {
        this.#refuseNil(item, keyStep)
        continue
      }
      if (seen !== undefined) this.#refuseCollision(seen, key, keyStep)
      if (typeof key === 'string') this.#key(key)
      else if (isBytesKey(key)) writeBytes(this.#out, bytesOf(key))
      else this.#write(key, keyStep)
      this.#write(item, keyStep)
      count++
    }
    this.#out.view.setUint32(countAt, count, true)
    this.#leave(step)
  }

  /** Refuses what no key of a Lua table can be made of, and says how to name the entry in a path. */
  #checkedKey(key: unknown): PathStep {
    switch (typeof key) {
      case 'string':
      case 'boolean':
      case 'bigint':
        return key
      case 'number':
        if (!Number.isNaN(key)) return key
        break
      default:
        if (isBytesKey(key)) return bytesOf(key)
    }
    const received = typeof key === 'number' || key === null || key === undefined ? String(key) : `a ${typeof key}`
    throw this.#failure(
      'Expected keys of the Map to be strings, numbers, booleans, bigints or bytes',
      received,
      undefined,
    )
  }

  #refuseCollision(seen: Set<string>, key: unknown, step: PathStep): void {
    const text = luaKeyText(key)
    if (seen.has(text))
      throw this.#failure('Expected keys of the Map to differ in Lua', 'two that are one key there', step)
    seen.add(text)
  }

  #multi(value: LuaMulti, step: PathStep | undefined): void {
    if (step !== undefined || this.#place !== RESULT_PLACE || this.#ancestors.length > 0) {
      throw this.#failure('Expected multi() only as the whole result of a host function', 'it elsewhere', step)
    }
    writeCounted(this.#out, Tag.multi, value.values.length)
    value.values.forEach((item, index) => {
      this.#write(item, index)
    })
  }

  #string(text: string, step: PathStep | undefined): void {
    if (!writeString(this.#out, text) && this.#strict && loneSurrogate.test(text)) {
      throw this.#failure('Expected well-formed text', 'a string with a lone surrogate', step)
    }
  }

  #bigint(value: bigint, step: PathStep | undefined): void {
    if (!isLuaInteger(value)) throw this.#failure('Expected a BigInt of at most 64 bits', `${value}`, step)
    writeBigInt(this.#out, value)
  }

  #numbers(value: NumberTable, step: PathStep | undefined): void {
    const refused = writeNumbers(this.#out, value)
    if (refused < 0) return
    if (step !== undefined) this.#steps.push(step)
    throw this.#failure('Expected integers of at most 64 bits, signed', `${value.numbers[refused]}`, refused)
  }

  #handle(value: unknown): void {
    this.#beside(Tag.handle, value)
  }

  /** Sends a value beside the bytes, which refer to it by index. */
  #beside(tag: number, value: unknown): void {
    this.#handles ??= []
    writeCounted(this.#out, tag, this.#handles.length)
    this.#handles.push(value)
  }

  /** Whether a value is nil in Lua, which a table cannot hold. */
  #isNil(value: unknown): value is undefined | null {
    return value === undefined || (value === null && !this.#nullSentinel)
  }

  #refuseNil(value: undefined | null, step: PathStep): void {
    if (this.#strict) throw this.#failure('Expected a value that stays in the table', String(value), step)
  }

  #failure(expected: string, received: string, step: PathStep | undefined): LuaConversionError {
    const path = pathText(rootOf(this.#place), step === undefined ? this.#steps : [...this.#steps, step])
    return new LuaConversionError(`${expected} at ${path}, received ${received}`, path)
  }
}
