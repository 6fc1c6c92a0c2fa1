import { types } from 'node:util'
import type { NativeReference } from '@lua-native/core-native'
import type { HostKind } from './hostKind.ts'
import type { HostObjects } from './hostObjects.ts'

/**
 * The metatables of classes and userdata in one state, as the conversion looks them up. The addon holds this for as
 * long as the state is open, so nothing here may keep the state open: metatables are anchors, which are numbers, or
 * references held weakly.
 */
export class HostMetatables {
  /** What a coroutine yields with a promise when it was told to wait for it by `promise:await()`. */
  readonly awaitToken: object = Object.freeze({})
  readonly #objects: HostObjects
  readonly #known = new WeakMap<HostKind, number | WeakRef<NativeReference>>()
  #promise: number | undefined
  /** How many calls of {@link withPromises} are in progress. */
  #promises = 0

  constructor(objects: HostObjects) {
    this.#objects = objects
  }

  /** Implements `CrossingContext.metatableOf`. */
  metatableOf(value: object): number | NativeReference | undefined {
    if (this.#promises > 0 && (types.isPromise(value) || value === this.awaitToken)) return this.#promise
    const kind = this.#objects.kindOf(value)
    const known = kind === undefined ? undefined : this.#known.get(kind)
    return typeof known === 'object' ? known.deref() : known
  }

  /** Whether objects of the kind have a metatable. */
  has(kind: HostKind): boolean {
    return this.#known.has(kind)
  }

  /** Gives a kind its metatable for as long as the caller holds the reference. */
  set(kind: HostKind, reference: NativeReference): void {
    this.#known.set(kind, new WeakRef(reference))
  }

  /** Gives a kind its metatable for as long as the state is open. */
  anchor(kind: HostKind, reference: NativeReference): void {
    this.#known.set(kind, reference.anchor())
  }

  /** Takes {@link set} back. */
  delete(kind: HostKind): void {
    this.#known.delete(kind)
  }

  /** Gives promises their metatable for as long as the state is open. */
  anchorPromise(reference: NativeReference): void {
    this.#promise = reference.anchor()
  }

  /** Lets promises cross to Lua as userdata while `work` runs. */
  withPromises<Result>(work: () => Result): Result {
    this.#promises += 1
    try {
      return work()
    } finally {
      this.#promises -= 1
    }
  }
}
