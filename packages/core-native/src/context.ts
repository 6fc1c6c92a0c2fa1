import type { NativeReference, ReferenceType } from './addon.ts'

/** A rule for objects that cross: what `match` accepts, `convert` replaces. */
export interface Converter {
  readonly match: (value: object) => unknown
  readonly convert: (value: object) => unknown
}

/**
 * What one runtime adds to the conversion of values. Lists are replaced, never changed in place: a conversion in
 * progress keeps the one that it started with. The addon holds the context while the state is open: it must not lead
 * to the state or to a reference, or a runtime that is dropped is never closed.
 */
export interface CrossingContext {
  /** Tried in order on every object that crosses to Lua; `undefined` when there are none. */
  readonly toLua: readonly Converter[] | undefined
  /** Tried in order on every object that came from Lua; `undefined` when there are none. */
  readonly fromLua: readonly Converter[] | undefined
  /**
   * Gives the metatable of an object that crosses to Lua as userdata, as an anchor or a reference, `undefined` for all
   * others; itself `undefined` while there are no such objects. Must run no code of the host's.
   */
  readonly metatableOf: ((value: object) => number | NativeReference | undefined) | undefined
  /** Implements `AddonHost.wrapReference`. */
  wrap(reference: NativeReference, type: ReferenceType): object
}
