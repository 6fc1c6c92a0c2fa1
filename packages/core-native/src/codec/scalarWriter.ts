import type { Outbox } from './outbox.ts'
import { Tag } from './tags.ts'

/** Below this a loop over the characters beats a call into the engine. */
const SHORT_STRING = 20
/** From here the exact length is worth computing before the room is reserved. */
const LONG_STRING = 64 * 1024

/** Writes nil, true or false. */
export function writeTag(out: Outbox, tag: number): void {
  out.reserve(1)
  out.bytes[out.at] = tag
  out.at += 1
}

/** Writes a tag with a u32 behind it and returns where the u32 is, so that it can be patched. */
export function writeCounted(out: Outbox, tag: number, count: number): number {
  out.reserve(5)
  const { at } = out
  out.bytes[at] = tag
  out.view.setUint32(at + 1, count, true)
  out.at = at + 5
  return at + 1
}

/** Leaves room for the head of an object's fields, to be written by {@link endFields}, and returns where that is. */
export function startFields(out: Outbox): number {
  out.reserve(8)
  const { at } = out
  out.at = at + 8
  return at
}

/** Writes that head: the values of `known` keys of a shape came first, then `count` entries. */
export function endFields(
  out: Outbox,
  at: number,
  known: number,
  shape: number,
  defines: boolean,
  count: number,
): void {
  const { bytes } = out
  bytes[at] = Tag.fields
  bytes[at + 1] = known
  bytes[at + 2] = shape
  bytes[at + 3] = defines ? 1 : 0
  out.view.setUint32(at + 4, count, true)
}

/** Writes a number that is a float in Lua, also when it is integral. */
export function writeFloat(out: Outbox, value: number): void {
  out.reserve(9)
  out.bytes[out.at] = Tag.float
  out.view.setFloat64(out.at + 1, value, true)
  out.at += 9
}

/** Writes a number in the shortest form that keeps it exactly. */
export function writeNumber(out: Outbox, value: number): void {
  out.reserve(9)
  const { at } = out
  const integer = value | 0
  if (integer !== value || (integer === 0 && 1 / value < 0)) {
    out.bytes[at] = Tag.float64
    out.view.setFloat64(at + 1, value, true)
    out.at = at + 9
  } else if (value >= 0 && value < 0x80) {
    out.bytes[at] = value
    out.at = at + 1
  } else {
    out.bytes[at] = Tag.int32
    out.view.setInt32(at + 1, value, true)
    out.at = at + 5
  }
}

/** Whether a BigInt is one of Lua's 64-bit integers. */
export function isLuaInteger(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value
}

/** Writes a BigInt that {@link isLuaInteger} holds for. */
export function writeBigInt(out: Outbox, value: bigint): void {
  out.reserve(9)
  const { at } = out
  out.bytes[at] = Tag.int64
  out.view.setBigInt64(at + 1, value, true)
  out.at = at + 9
}

/** Writes bytes. */
export function writeBytes(out: Outbox, bytes: Uint8Array): void {
  writeCounted(out, Tag.bytes, bytes.length)
  out.reserve(bytes.length)
  out.bytes.set(bytes, out.at)
  out.at += bytes.length
}

/** Writes a string and returns whether it took the short way, which only ASCII does. */
export function writeString(out: Outbox, text: string): boolean {
  const { length } = text
  if (length >= SHORT_STRING) return writeLongString(out, text)
  out.reserve(5 + length)
  const { bytes, at } = out
  let to = at + 1
  if (length < 0x20) {
    bytes[at] = Tag.shortAscii + length
  } else {
    bytes[at] = Tag.ascii
    out.view.setUint32(at + 1, length, true)
    to = at + 5
  }
  // One look at all bits in the end takes less time than one at each character.
  let bits = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    bits |= code
    bytes[to++] = code
  }
  if (bits >= 0x80) return writeLongString(out, text)
  out.at = to
  return true
}

function writeLongString(out: Outbox, text: string): false {
  const most = text.length < LONG_STRING ? text.length * 3 : Buffer.byteLength(text)
  out.reserve(5 + most)
  const { at } = out
  const written = out.bytes.write(text, at + 5, 'utf8')
  out.bytes[at] = Tag.utf8
  out.view.setUint32(at + 1, written, true)
  out.at = at + 5 + written
  return false
}
