import { isUtf8 } from 'node:buffer'

// The bytes are there, though their type cannot say so: the length was read from the same message.
const fromCharCode = String.fromCharCode as (...codes: (number | undefined)[]) => string

/**
 * Reads `length` ASCII bytes. Up to a dozen, one call with the bytes as arguments takes a third of the time of a call
 * into the engine's decoder.
 */
export function readAscii(b: Buffer, at: number, length: number): string {
  switch (length) {
    case 0:
      return ''
    case 1:
      return fromCharCode(b[at])
    case 2:
      return fromCharCode(b[at], b[at + 1])
    case 3:
      return fromCharCode(b[at], b[at + 1], b[at + 2])
    case 4:
      return fromCharCode(b[at], b[at + 1], b[at + 2], b[at + 3])
    case 5:
      return fromCharCode(b[at], b[at + 1], b[at + 2], b[at + 3], b[at + 4])
    case 6:
      return fromCharCode(b[at], b[at + 1], b[at + 2], b[at + 3], b[at + 4], b[at + 5])
    case 7:
      return fromCharCode(b[at], b[at + 1], b[at + 2], b[at + 3], b[at + 4], b[at + 5], b[at + 6])
    case 8:
      return fromCharCode(b[at], b[at + 1], b[at + 2], b[at + 3], b[at + 4], b[at + 5], b[at + 6], b[at + 7])
    case 9:
      return fromCharCode(b[at], b[at + 1], b[at + 2], b[at + 3], b[at + 4], b[at + 5], b[at + 6], b[at + 7], b[at + 8])
    case 10:
      return fromCharCode(
        b[at],
        b[at + 1],
        b[at + 2],
        b[at + 3],
        b[at + 4],
        b[at + 5],
        b[at + 6],
        b[at + 7],
        b[at + 8],
        b[at + 9],
      )
    case 11:
      return fromCharCode(
        b[at],
        b[at + 1],
        b[at + 2],
        b[at + 3],
        b[at + 4],
        b[at + 5],
        b[at + 6],
        b[at + 7],
        b[at + 8],
        b[at + 9],
        b[at + 10],
      )
    case 12:
      return fromCharCode(
        b[at],
        b[at + 1],
        b[at + 2],
        b[at + 3],
        b[at + 4],
        b[at + 5],
        b[at + 6],
        b[at + 7],
        b[at + 8],
        b[at + 9],
        b[at + 10],
        b[at + 11],
      )
    default:
      return b.toString('latin1', at, at + length)
  }
}

/** Reads `length` bytes as UTF-8; what is none becomes U+FFFD. */
export function readUtf8(b: Buffer, at: number, length: number): string {
  return b.toString('utf8', at, at + length)
}

/** Whether reading these bytes as `text` lost something. */
export function isLossy(b: Buffer, at: number, length: number, text: string): boolean {
  return text.includes('\ufffd') && !isUtf8(b.subarray(at, at + length))
}
