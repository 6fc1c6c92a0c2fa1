import {
  type Converter,
  type CrossingContext,
  LuaReference,
  type NativeReference,
  type NativeState,
  type ReferenceType,
} from '@lua-native/core-native'
import { arrivingProxy, LuaTable } from './luaTable.ts'

/** What a runtime adds to the conversion of values, and what objects that stand for Lua values work with. */
export class Crossing implements CrossingContext {
  toLua: readonly Converter[] | undefined
  fromLua: readonly Converter[] | undefined
  metatableOf: ((value: object) => NativeReference | undefined) | undefined
  /** Makes the object for a coroutine. */
  wrapThread: (reference: NativeReference) => object = (reference) => new LuaReference(reference)
  readonly #tablesAsReferences: boolean
  #native: NativeState | undefined

  /** `tablesAsReferences`: tables from Lua are seen as `LuaTable`, not as proxies. */
  constructor(tablesAsReferences: boolean) {
    this.#tablesAsReferences = tablesAsReferences
  }

  /** The state that values cross to and from. */
  get native(): NativeState {
    if (this.#native === undefined) throw new Error('Expected the state to be made before it is used')
    return this.#native
  }

  set native(state: NativeState) {
    this.#native = state
  }

  wrap(reference: NativeReference, type: ReferenceType): object {
    if (type === 'thread') return this.wrapThread(reference)
    if (type === 'userdata') return new LuaReference(reference)
    const table = new LuaTable(reference, this)
    return this.#tablesAsReferences ? table : arrivingProxy(table)
  }
}
