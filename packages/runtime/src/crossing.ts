import {
  type Converter,
  type CrossingContext,
  LuaReference,
  type NativeReference,
  type NativeState,
  type ReferenceType,
} from '@lua-native/core-native'
import { arrivingProxy, LuaTable } from './luaTable.ts'

/**
 * What a runtime adds to the conversion of values. The addon holds it for as long as the state is open, and what Lua
 * holds of JavaScript too: if any of that led to the state, a runtime that is dropped would never be closed.
 */
export class Crossing implements CrossingContext {
  toLua: readonly Converter[] | undefined
  fromLua: readonly Converter[] | undefined
  metatableOf: ((value: object) => number | NativeReference | undefined) | undefined
  /** Makes the object for a coroutine. */
  wrapThread: (reference: NativeReference) => object = (reference) => new LuaReference(reference)
  readonly #tablesAsReferences: boolean
  #native: WeakRef<NativeState> | undefined

  /** `tablesAsReferences`: tables from Lua are seen as `LuaTable`, not as proxies. */
  constructor(tablesAsReferences: boolean) {
    this.#tablesAsReferences = tablesAsReferences
  }

  /** Names the state that values cross to and from; it is held weakly. */
  connect(native: NativeState): void {
    this.#native = new WeakRef(native)
  }

  wrap(reference: NativeReference, type: ReferenceType): object {
    if (type === 'thread') return this.wrapThread(reference)
    if (type === 'userdata') return new LuaReference(reference)
    const table = new LuaTable(reference, this.#native?.deref())
    return this.#tablesAsReferences ? table : arrivingProxy(table)
  }
}
