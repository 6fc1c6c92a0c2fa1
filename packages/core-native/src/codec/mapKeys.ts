import { types } from 'node:util'
import { bytesOf } from './intrinsics.ts'
import { isLuaInteger } from './scalarWriter.ts'

/** Whether a key of a Map is bytes, which Lua takes as a string. */
export function isBytesKey(key: unknown): key is object {
  return typeof key === 'object' && key !== null && (ArrayBuffer.isView(key) || types.isAnyArrayBuffer(key))
}

function integerText(key: number): string {
  const integer = BigInt(key)
  return isLuaInteger(integer) ? `${integer}` : `float ${key}`
}

/**
 * A text that two keys of a Map share exactly if they are one key in Lua: 1 and 1n, or a string and its bytes.
 */
export function luaKeyText(key: unknown): string {
  if (typeof key === 'number') return Number.isInteger(key) ? integerText(key) : `float ${key}`
  if (typeof key === 'string') return `string ${Buffer.from(key).toString('latin1')}`
  if (isBytesKey(key)) return `string ${Buffer.from(bytesOf(key)).toString('latin1')}`
  return String(key)
}
