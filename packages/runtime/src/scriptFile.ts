import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { invalidArgument } from '@lua-native/core-native'
import { expectation } from './argument.ts'

const NEWLINE = 0x0a
const HASH = 0x23
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** A script file's text, as Lua compiles it, and the chunk name that Lua gives to files. */
export interface ScriptFile {
  readonly source: Uint8Array
  readonly chunkName: string
}

/** Reads a script file. An unreadable file throws Node's own error. */
export function readScript(path: unknown): ScriptFile {
  if (typeof path !== 'string' && !(path instanceof URL)) {
    throw invalidArgument(expectation('path', 'a string or file URL', path))
  }
  const name = typeof path === 'string' ? path : fileURLToPath(path)
  return { source: compilable(readFileSync(name)), chunkName: `@${name}` }
}

/** Skips a byte order mark and a first line that starts with `#`, whose newline stays so that lines keep numbers. */
export function compilable(bytes: Uint8Array): Uint8Array {
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)
  const text = hasMark ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
  if (text[0] !== HASH) return text
  const end = text.indexOf(NEWLINE)
  return end === -1 ? text.subarray(text.length) : text.subarray(end)
}
