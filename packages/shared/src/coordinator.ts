import { ErrorCode, LuaDisposedError } from '@lua-native/runtime'
import { invalidArgument, outOfRange } from './argument.ts'
import { Audience, type SharedChange } from './audience.ts'
import { Branch, copyOut, type Entry, measure } from './branch.ts'
import { type LogEntry, type Patch, patchOf, registerWithin } from './patch.ts'
import { type Key, showPath } from './path.ts'

/** What gets every patch: a view in a runtime. */
export interface Sink {
  /** Takes a patch, now or later. Throws when it failed; the next `sync` brings everything then. */
  push(patch: Patch): void
  /** Takes what it has not taken yet. */
  sync(): void
  /** The table is gone. */
  drop(): void
}

/** The most that a table may hold. */
export interface Bounds {
  readonly maxBytes: number
  readonly maxKeys: number
  readonly maxDepth: number
}

/** A whole table, for a view that begins or has missed something. */
export interface Whole {
  readonly value: unknown
  readonly registers: (number | Key)[]
}

/** The one place where a shared table is written: it keeps the tree, orders writes, and hands patches on. */
export class Coordinator {
  readonly root: Branch
  readonly bounds: Bounds
  readonly audience: Audience = new Audience()
  version = 0
  keys: number
  bytes: number
  disposed = false
  /** Weak, so that runtimes that are dropped can go. */
  readonly #sinks = new Set<WeakRef<Sink>>()
  readonly #log: LogEntry[] = []
  readonly #changes: (readonly Key[])[] = []
  readonly #outbox: { readonly patch: Patch; readonly sinks: readonly Sink[] }[] = []
  #depth = 0
  #handingOut = false

  constructor(root: Branch, bounds: Bounds) {
    this.root = root
    this.bounds = bounds
    const { keys, bytes } = measure(root)
    this.keys = keys
    this.bytes = bytes
    this.#checkBounds()
    root.known = true
  }

  /** What stands at a path. */
  read(path: readonly Key[]): Entry | undefined {
    this.#checkOpen()
    let entry: Entry | undefined = this.root
    for (const each of path) {
      const key: Key | undefined = entry instanceof Branch ? entry.find(each) : undefined
      if (key === undefined) return undefined
      entry = (entry as Branch).get(key)
    }
    return entry
  }

  /** Writes an entry, or takes it away. Tables of the same kind stay the same and get what differs. */
  write(path: readonly Key[], entry: Entry | undefined): void {
    this.transact(() => {
      const { branch, key } = this.#place(path, entry === undefined)
      const before = this.#log.length
      this.#assign(branch, key, entry)
      if (this.#log.length > before) this.#changes.push(path)
    })
  }

  /** Runs writes that count together: all of them, or none if one throws. */
  transact<Result>(body: () => Result): Result {
    this.#checkOpen()
    if (this.#depth === 0) this.audience.checkChain()
    const writes = this.#log.length
    const changes = this.#changes.length
    this.#depth++
    let result: Result
    try {
      result = body()
      this.#checkBounds()
    } catch (error) {
      this.#undo(writes)
      this.#changes.length = changes
      throw error
    } finally {
      this.#depth--
    }
    if (this.#depth === 0) this.#commit()
    return result
  }

  /** Adds a view that has the whole of now. */
  attach(sink: Sink): () => void {
    const reference = new WeakRef(sink)
    this.#sinks.add(reference)
    return () => this.#sinks.delete(reference)
  }

  /** Everything, for a view that holds nothing. */
  whole(): Whole {
    this.#checkOpen()
    if (this.#depth > 0) {
      throw invalidArgument('Expected a shared table to be attached and synced outside of a batch, received it in one')
    }
    const registers: (number | Key)[] = []
    registerWithin(registers, this.root, 0)
    return { value: copyOut(this.root), registers }
  }

  /** Has every view take what it has not taken yet. */
  sync(): void {
    this.#checkOpen()
    this.#toAll(this.#live(), (sink) => sink.sync())
    this.audience.throwErrors()
  }

  dispose(): void {
    if (this.disposed) return
    if (this.#depth > 0) {
      throw invalidArgument(
        'Expected a shared table to be disposed outside of a batch, received it in one',
        ErrorCode.busy,
      )
    }
    this.disposed = true
    this.#toAll(this.#live(), (sink) => sink.drop())
    this.#sinks.clear()
    try {
      this.audience.throwErrors()
    } finally {
      this.audience.clear()
    }
  }

  /** The table and key that a path ends at, for writing. */
  #place(path: readonly Key[], removing: boolean): { branch: Branch; key: Key } {
    const above = path.slice(0, -1)
    const branch = this.read(above)
    if (!(branch instanceof Branch)) throw outOfRange(`Expected "${showPath(above)}" to be a table`)
    const last = path.at(-1) as Key
    const key = branch.find(last)
    if (key === undefined) {
      const expected = branch.isList ? 'an index from 0, as it is in an array' : 'a string, as it is in an object'
      throw outOfRange(`Expected the last key of "${showPath(path)}" to be ${expected}`)
    }
    if (typeof key === 'number') checkIndex(branch, key, path, removing)
    return { branch, key }
  }

  #assign(branch: Branch, key: Key, entry: Entry | undefined): void {
    const before = branch.get(key)
    if (before instanceof Branch && entry instanceof Branch && before.isList === entry.isList) {
      this.#merge(before, entry)
    } else if (!Object.is(before, entry)) {
      this.#put(branch, key, entry)
      this.#log.push({ branch, key, before })
    }
  }

  #merge(into: Branch, from: Branch): void {
    for (const key of [...into.keys()].reverse()) {
      if (from.get(key) === undefined) this.#assign(into, key, undefined)
    }
    for (const key of from.keys()) this.#assign(into, key, from.get(key))
  }

  #put(branch: Branch, key: Key, entry: Entry | undefined): void {
    const before = branch.get(key)
    const keyBytes = typeof key === 'string' ? Buffer.byteLength(key) : 0
    for (const [each, sign] of [
      [before, -1],
      [entry, 1],
    ] as const) {
      if (each === undefined) continue
      const { keys, bytes } = measure(each)
      this.keys += sign * (keys + 1)
      this.bytes += sign * (bytes + keyBytes)
    }
    branch.put(key, entry)
  }

  #undo(length: number): void {
    while (this.#log.length > length) {
      const { branch, key, before } = this.#log.pop() as LogEntry
      this.#put(branch, key, before)
    }
  }

  #commit(): void {
    if (this.#log.length === 0) return
    this.version++
    this.#outbox.push({ patch: patchOf(this.#log.splice(0), this.root), sinks: this.#live() })
    const changes = this.#changes.splice(0).map((path): SharedChange => {
      return { path, value: this.#heard(path), version: this.version }
    })
    this.#handOut()
    this.audience.publish(changes)
  }

  #heard(path: readonly Key[]): unknown {
    if (!this.audience.hears(path)) return undefined
    const entry = this.read(path)
    return entry === undefined ? undefined : copyOut(entry)
  }

  // A finalizer of Lua's may write while a patch is handed out: its patch comes after this one everywhere.
  #handOut(): void {
    if (this.#handingOut) return
    this.#handingOut = true
    try {
      for (let next = this.#outbox.shift(); next; next = this.#outbox.shift()) {
        const { patch, sinks } = next
        this.#toAll(sinks, (sink) => sink.push(patch))
      }
    } finally {
      this.#handingOut = false
    }
  }

  #toAll(sinks: readonly Sink[], action: (sink: Sink) => void): void {
    for (const sink of sinks) {
      try {
        action(sink)
      } catch (error) {
        this.audience.fail(error)
      }
    }
  }

  #live(): Sink[] {
    const live: Sink[] = []
    for (const reference of this.#sinks) {
      const sink = reference.deref()
      if (sink) live.push(sink)
      else this.#sinks.delete(reference)
    }
    return live
  }

  #checkBounds(): void {
    const { maxKeys, maxBytes } = this.bounds
    if (this.keys > maxKeys) throw outOfRange(`Expected at most ${maxKeys} keys ("maxKeys"), received ${this.keys}`)
    if (this.bytes > maxBytes) {
      throw outOfRange(`Expected at most ${maxBytes} bytes ("maxBytes"), received ${this.bytes}`)
    }
  }

  #checkOpen(): void {
    if (this.disposed) throw new LuaDisposedError('Expected a shared table that is open, received a disposed one')
  }
}

function checkIndex(branch: Branch, index: number, path: readonly Key[], removing: boolean): void {
  const length = Array.isArray(branch.content) ? branch.content.length : 0
  if (removing ? index >= length - 1 : index <= length) return
  throw outOfRange(
    removing
      ? `Expected "${showPath(path)}" to be the last item of its array, which can be deleted without a gap`
      : `Expected "${showPath(path)}" to leave no gap in an array of ${length} items`,
  )
}
