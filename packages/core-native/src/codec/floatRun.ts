import type { Outbox } from './outbox.ts'
import { writeNumber } from './scalarWriter.ts'
import { Tag } from './tags.ts'

// An array is written as bare floats for as long as its elements are numbers. When another element turns up, what
// is written becomes the start of something else; nothing is read from the array again, since that may run code.

/** Turns `count` bare floats behind `countAt`, the last thing written, into elements of a sequence, in place. */
export function widenFloats(out: Outbox, countAt: number, count: number): void {
  out.reserve(count)
  const { bytes, view } = out
  const start = countAt + 4
  bytes[countAt - 1] = Tag.sequence
  for (let i = count - 1; i >= 0; i--) {
    view.setFloat64(start + i * 9 + 1, view.getFloat64(start + i * 8, true), true)
    bytes[start + i * 9] = Tag.float64
  }
  out.at = start + count * 9
}

/** Turns `count` bare floats behind `countAt`, the last thing written, into entries of a map; returns `count`. */
export function mapFloats(out: Outbox, countAt: number, count: number): number {
  const start = countAt + 4
  const floats: number[] = []
  for (let i = 0; i < count; i++) floats.push(out.view.getFloat64(start + i * 8, true))
  out.bytes[countAt - 1] = Tag.map
  out.at = start
  floats.forEach((float, i) => {
    writeNumber(out, i + 1)
    writeNumber(out, float)
  })
  return count
}
