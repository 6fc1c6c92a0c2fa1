import { types } from 'node:util'
import type { NumberTable } from '../numberTable.ts'
import { bytesOf } from './intrinsics.ts'
import type { Outbox } from './outbox.ts'
import { isLuaInteger, writeBigInt, writeCounted } from './scalarWriter.ts'
import { Tag } from './tags.ts'

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/**
 * Writes a typed array as a sequence of numbers. Returns the index of an element that no integer of Lua can hold, or
 * -1 when all were written.
 */
export function writeNumbers(out: Outbox, { numbers }: NumberTable): number {
  if (types.isBigInt64Array(numbers) || types.isBigUint64Array(numbers)) return writeIntegers(out, numbers)
  const floats = types.isFloat64Array(numbers) ? numbers : new Float64Array(numbers)
  const bytes = bytesOf(floats)
  writeCounted(out, Tag.floats, bytes.length / 8)
  out.reserve(bytes.length)
  out.bytes.set(bytes, out.at)
  if (!isLittleEndian) out.bytes.subarray(out.at, out.at + bytes.length).swap64()
  out.at += bytes.length
  return -1
}

function writeIntegers(out: Outbox, numbers: BigInt64Array | BigUint64Array): number {
  // A copy: shared memory may change while it is read.
  const integers = Array.from<bigint>(numbers)
  writeCounted(out, Tag.sequence, integers.length)
  for (const [index, integer] of integers.entries()) {
    if (!isLuaInteger(integer)) return index
    writeBigInt(out, integer)
  }
  return -1
}
