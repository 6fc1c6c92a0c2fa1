import { types } from 'node:util'
import { LuaNull } from '../luaNull.ts'
import { LuaMulti } from '../multi.ts'
import { NumberTable } from '../numberTable.ts'
import { isForged, unwrapReference } from '../reference.ts'

/** How an object crosses to Lua. */
export type ObjectKind =
  | 'plain'
  | 'instance'
  | 'array'
  | 'map'
  | 'set'
  | 'bytes'
  | 'date'
  | 'regexp'
  | 'error'
  | 'boxed'
  | 'multi'
  | 'reference'
  | 'null'
  | 'numbers'
  | 'refused'

// Objects of another realm (`node:vm`) have another Object.prototype.
function isObjectPrototype(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

function isRefused(value: object): boolean {
  return (
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    types.isExternal(value) ||
    value instanceof WeakRef ||
    value instanceof FinalizationRegistry
  )
}

/**
 * Tells how an object crosses to Lua. `'plain'` has no prototype or Object's, `'instance'` another one and no rule of
 * its own. Built-in kinds are told by what they are, not by their prototype, so those of other realms count too.
 */
export function kindOfObject(value: object): ObjectKind {
  if (Array.isArray(value)) return 'array'
  const prototype: object | null = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return 'plain'
  if (value === LuaNull) return 'null'
  if (unwrapReference(value) !== undefined) return 'reference'
  if (types.isMap(value)) return 'map'
  if (types.isSet(value)) return 'set'
  if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return 'bytes'
  if (types.isDate(value)) return 'date'
  if (value instanceof LuaMulti) return 'multi'
  if (value instanceof NumberTable) return 'numbers'
  if (types.isRegExp(value)) return 'regexp'
  if (types.isNativeError(value) || value instanceof Error) return 'error'
  if (types.isBoxedPrimitive(value)) return 'boxed'
  if (isRefused(value) || isForged(prototype)) return 'refused'
  return isObjectPrototype(prototype) ? 'plain' : 'instance'
}
