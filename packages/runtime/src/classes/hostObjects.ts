import type { HostKind } from './hostKind.ts'

/** Which JavaScript objects are of which kind, for one Lua state. Keeps no object alive, and no state. */
export class HostObjects {
  readonly #objects = new WeakMap<object, HostKind>()
  readonly #prototypes = new Map<object, HostKind>()
  /** Answers for prototypes asked about, until a class is added or taken away. */
  #inherited = new WeakMap<object, HostKind | typeof none>()

  /** The kind of an object: its own, or that of the nearest registered prototype. */
  kindOf(value: object): HostKind | undefined {
    const prototype: object | null = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype && this.#prototypes.size > 0) {
      const kind = this.#kindOfPrototype(prototype)
      if (kind !== undefined) return kind
    }
    return this.#objects.get(value)
  }

  /** Whether a value is an object of `kind`. */
  has(value: unknown, kind: HostKind): value is object {
    return typeof value === 'object' && value !== null && this.kindOf(value)?.isA(kind) === true
  }

  /** {@link has} for one kind, quick for objects that were adopted. */
  tester(kind: HostKind): (value: unknown) => value is object {
    const objects: WeakMap<WeakKey, HostKind> = this.#objects
    return (value): value is object => objects.get(value as WeakKey) === kind || this.has(value, kind)
  }

  /** Makes an object one of `kind` for as long as it lives. */
  adopt(object: object, kind: HostKind): void {
    this.#objects.set(object, kind)
  }

  /** Takes `adopt` back. */
  forget(object: object): void {
    this.#objects.delete(object)
  }

  /** The kind given to this very object, if any. */
  adopted(object: object): HostKind | undefined {
    return this.#objects.get(object)
  }

  /** Makes all objects that inherit from `prototype` ones of `kind`. */
  addPrototype(prototype: object, kind: HostKind): void {
    this.#prototypes.set(prototype, kind)
    this.#inherited = new WeakMap()
  }

  /** The kind that objects directly below `prototype` would have. */
  ofPrototype(prototype: object): HostKind | undefined {
    return this.#kindOfPrototype(prototype)
  }

  /** Takes `addPrototype` back. */
  removePrototype(prototype: object): void {
    this.#prototypes.delete(prototype)
    this.#inherited = new WeakMap()
  }

  #kindOfPrototype(prototype: object): HostKind | undefined {
    const known = this.#inherited.get(prototype)
    if (known !== undefined) return known === none ? undefined : known
    let found: HostKind | undefined
    for (let at: object | null = prototype; at !== null && found === undefined; at = Object.getPrototypeOf(at)) {
      found = this.#prototypes.get(at)
    }
    this.#inherited.set(prototype, found ?? none)
    return found
  }
}

const none = Symbol('no kind')
