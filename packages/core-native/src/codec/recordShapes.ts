/** Keys of one shape, as `kMaxShapeKeys` in `vm/wire.hpp`. */
const MAX_SHAPE_KEYS = 24
/** Shapes of one message, as `kMaxShapes` there. */
const MAX_SHAPES = 64
/** So many orders of keys are remembered, over all messages until it is more. */
const MAX_PATHS = 4096

/** Some keys in some order, as a place in the tree of all orders that were met. */
export class KeyPath {
  readonly key: string
  readonly parent: KeyPath | undefined
  readonly length: number
  /** A shape that starts with these keys. Numbers below `RecordShapes.first` are of earlier messages. */
  prefixOf = -1
  /** The shape that has just these keys. */
  shape = -1
  /** The last message that had an object with just these keys. */
  message = -1
  /** Where the last object went on. */
  next: KeyPath | undefined
  readonly others: Map<string, KeyPath> = new Map()

  constructor(key: string, parent: KeyPath | undefined) {
    this.key = key
    this.parent = parent
    this.length = parent === undefined ? 0 : parent.length + 1
  }
}

/**
 * The shapes of the objects of one message to Lua: keys that several objects have in the same order are written for
 * the first two of them only. The tree of keys outlives the message, the shapes do not.
 */
export class RecordShapes {
  root: KeyPath = new KeyPath('', undefined)
  /** Shapes are numbered over all messages; this one's start here. */
  first = 0
  #next = 0
  #message = 0
  #paths = 0

  /** Forgets the shapes of the message that ends. */
  settle(): void {
    this.first = this.#next
    this.#message++
    if (this.#paths < MAX_PATHS) return
    this.root = new KeyPath('', undefined)
    this.#paths = 0
  }

  /** How many shapes there are, over all messages: the reader of a record knows those defined before it starts. */
  get end(): number {
    return this.#next
  }

  /** The place behind `key`, if a shape of this message before `end` leads there. */
  follow(path: KeyPath, key: string, end: number): KeyPath | undefined {
    let { next } = path
    if (next === undefined || next.key !== key) {
      next = path.others.get(key)
      if (next === undefined) return undefined
      path.next = next
    }
    return next.prefixOf >= this.first && next.prefixOf < end ? next : undefined
  }

  /** The place behind `key`, made if there is room for it. */
  extend(path: KeyPath, key: string): KeyPath | undefined {
    let next = path.others.get(key)
    if (next === undefined) {
      if (path.length === MAX_SHAPE_KEYS || this.#paths === MAX_PATHS) return undefined
      this.#paths++
      next = new KeyPath(key, path)
      path.others.set(key, next)
    }
    path.next = next
    return next
  }

  /** Makes a shape of an object's keys if it is not the first with them. Returns whether it did. */
  define(path: KeyPath): boolean {
    const id = this.#next
    const isFirst = path.message !== this.#message
    path.message = this.#message
    if (isFirst || path.length === 0 || id - this.first === MAX_SHAPES) return false
    this.#next = id + 1
    path.shape = id
    for (let at = path; at.parent !== undefined && at.prefixOf < this.first; at = at.parent) at.prefixOf = id
    return true
  }
}
