import { describe, invalidArgument, outOfRange } from './argument.ts'
import { checkKey, isIllFormed, type Key, showPath } from './path.ts'

/** What a shared table holds that is no table. */
export type Scalar = string | number | bigint | boolean
/** An entry: a scalar, or a table within. */
export type Entry = Scalar | Branch

let lastId = 0

/** A table of the shared tree. It never moves: what is written elsewhere is a copy. */
export class Branch {
  /** What views in Lua know it by. Never given twice; the root's is 0 there. */
  readonly id: number = ++lastId
  /** The items of an array, or the entries of an object. */
  content: Entry[] | Map<string, Entry>
  /** Whether views know it. */
  known = false

  constructor(content: Entry[] | Map<string, Entry>) {
    this.content = content
  }

  get isList(): boolean {
    return Array.isArray(this.content)
  }

  get(key: Key): Entry | undefined {
    const { content } = this
    return Array.isArray(content) ? content[key as number] : content.get(key as string)
  }

  /** Writes an entry, or takes it away. In an array only the last item can go, and one come after it. */
  put(key: Key, entry: Entry | undefined): void {
    // Lua does not tell an empty list from an empty object: the first key does.
    if (entry !== undefined && (typeof key === 'number') !== this.isList) this.content = this.isList ? new Map() : []
    const { content } = this
    if (Array.isArray(content)) {
      if (entry === undefined) content.pop()
      else content[key as number] = entry
    } else if (entry === undefined) content.delete(key as string)
    else content.set(key as string, entry)
  }

  keys(): Iterable<Key> {
    return this.content.keys()
  }

  /** The key that an element of a path means here, if any. */
  find(key: Key): Key | undefined {
    if (!Array.isArray(this.content)) {
      return typeof key === 'string' || (key === 0 && this.content.size === 0) ? key : undefined
    }
    const index = typeof key === 'number' ? key : /^(0|[1-9]\d*)$/.test(key) ? Number(key) : -1
    if (Number.isSafeInteger(index) && index >= 0) return index
    return this.content.length === 0 && typeof key === 'string' ? key : undefined
  }
}

/** The key as Lua has it. */
export function luaKey(key: Key): Key {
  return typeof key === 'number' ? key + 1 : key
}

/** Copies a value of the host's into entries, and refuses what is not the same on both sides. */
export function copyIn(value: unknown, path: readonly Key[], maxDepth: number): Entry {
  return copy(value, [...path], maxDepth, new Set())
}

function copy(value: unknown, path: Key[], maxDepth: number, above: Set<object>): Entry {
  switch (typeof value) {
    case 'boolean':
    case 'number':
      return value
    case 'string':
      if (isIllFormed(value)) throw outOfRange(`Expected "${showPath(path)}" to be well-formed text`)
      return value
    case 'bigint':
      return integer(value, path)
    case 'object':
      if (value !== null) break
      throw refusal(value, path)
    default:
      throw refusal(value, path)
  }
  if (above.has(value)) throw invalidArgument(`Expected "${showPath(path)}" not to be part of itself`)
  if (path.length >= maxDepth) {
    throw outOfRange(`Expected at most ${maxDepth} levels of tables, received more at "${showPath(path)}"`)
  }
  above.add(value)
  const branch = Array.isArray(value)
    ? new Branch(copyItems(value, path, maxDepth, above))
    : new Branch(copyEntries(value, path, maxDepth, above))
  above.delete(value)
  return branch
}

function copyItems(list: readonly unknown[], path: Key[], maxDepth: number, above: Set<object>): Entry[] {
  const items: Entry[] = []
  for (let i = 0; i < list.length; i++) {
    path.push(i)
    items.push(copy(list[i], path, maxDepth, above))
    path.pop()
  }
  return items
}

function copyEntries(value: object, path: Key[], maxDepth: number, above: Set<object>): Map<string, Entry> {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw refusal(value, path)
  const entries = new Map<string, Entry>()
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key !== 'string') throw invalidArgument(`Expected the keys of "${showPath(path)}" to be strings`)
    checkKey(key, showPath(path))
    path.push(key)
    entries.set(key, copy((value as Readonly<Record<string, unknown>>)[key], path, maxDepth, above))
    path.pop()
  }
  return entries
}

function integer(value: bigint, path: readonly Key[]): Scalar {
  if (BigInt.asIntN(64, value) !== value) {
    throw outOfRange(`Expected "${showPath(path)}" to be an integer of 64 bits, received ${describe(value)}`)
  }
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function refusal(value: unknown, path: readonly Key[]): Error {
  const received = typeof value === 'object' && value !== null ? 'an instance of a class' : describe(value)
  const expected = 'a boolean, number, bigint, string, array or plain object'
  return invalidArgument(`Expected "${showPath(path)}" to be ${expected}, received ${received}`)
}

/** A copy of an entry as plain arrays and objects. */
export function copyOut(entry: Entry): unknown {
  if (!(entry instanceof Branch)) return entry
  const { content } = entry
  if (Array.isArray(content)) return content.map(copyOut)
  const copied: Record<string, unknown> = {}
  for (const [key, each] of content) copied[key] = copyOut(each)
  return copied
}

/** Whether two entries hold the same. */
export function sameEntries(a: Entry | undefined, b: Entry | undefined): boolean {
  if (!(a instanceof Branch && b instanceof Branch)) return Object.is(a, b)
  if (a.isList !== b.isList || measure(a).keys !== measure(b).keys) return false
  for (const key of a.keys()) if (!sameEntries(a.get(key), b.get(key))) return false
  return true
}

/** What entries take: keys of all tables in it, and bytes of texts and 8 for every other scalar. */
export interface Size {
  keys: number
  bytes: number
}

/** Measures an entry and what is within; the entry itself is no key. */
export function measure(entry: Entry, size: Size = { keys: 0, bytes: 0 }): Size {
  if (!(entry instanceof Branch)) {
    size.bytes += typeof entry === 'string' ? Buffer.byteLength(entry) : 8
    return size
  }
  for (const key of entry.keys()) {
    const within = entry.get(key)
    size.keys++
    size.bytes += typeof key === 'string' ? Buffer.byteLength(key) : 0
    if (within !== undefined) measure(within, size)
  }
  return size
}
