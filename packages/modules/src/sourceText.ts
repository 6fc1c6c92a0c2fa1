import { isUtf8 } from 'node:buffer'

/** First byte of Lua's own dumps. */
const DUMP = 0x1b
/** How bytecode in an envelope starts. */
const ENVELOPE = Buffer.from([0x89, 0x4c, 0x75, 0x61, 0x4e])
const NEWLINE = 0x0a
const HASH = 0x23
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Whether bytes are bytecode: Lua's own, or what `compile` makes. */
export function isBytecode(bytes: Uint8Array): boolean {
  return bytes[0] === DUMP || ENVELOPE.every((byte, index) => bytes[index] === byte)
}

/** Skips a byte order mark and a first line that starts with `#`, whose newline stays so that lines keep numbers. */
export function compilable(bytes: Uint8Array): Uint8Array {
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte)
  const text = hasMark ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes
  if (text[0] !== HASH) return text
  const end = text.indexOf(NEWLINE)
  return end === -1 ? text.subarray(text.length) : text.subarray(end)
}

/** Text as a string where it is UTF-8, which converters of the host's do not get to see; bytes are an object. */
export function asText(source: string | Uint8Array): string | Uint8Array {
  if (typeof source === 'string' || !isUtf8(source)) return source
  const bytes = source instanceof Buffer ? source : Buffer.from(source.buffer, source.byteOffset, source.byteLength)
  return bytes.toString()
}
