import { invalidArgument, outOfRange } from './argument.ts'
import { copyIn } from './branch.ts'
import type { Coordinator } from './coordinator.ts'
import { checkKey, type Key, showPath } from './path.ts'

/** What stands in texts for bytes that are no UTF-8. */
const REPLACED = '\ufffd'

/** Makes the function that takes what a script writes into a live view. Lua holds it: it leads to no runtime. */
export function scriptWriter(coordinator: Coordinator): (path: unknown, value: unknown) => void {
  return (sent, value) => {
    const path = (sent as readonly unknown[]).map(keyOf)
    if (value !== undefined && value !== null) {
      coordinator.write(path, copyIn(asText(value, path), path, coordinator.bounds.maxDepth))
    } else if (coordinator.read(path) !== undefined) coordinator.write(path, undefined)
  }
}

/** A key of Lua's as the table has it. */
function keyOf(key: unknown): Key {
  if (typeof key === 'number') return key - 1
  const text = asText(key, [])
  if (typeof text !== 'string') throw invalidArgument('Expected a key of a shared table to be a string or integer')
  checkKey(text, 'the shared table')
  return text
}

/** Refuses texts that were other bytes in Lua, and tables that have some. */
function asText(value: unknown, path: readonly Key[]): unknown {
  if (value instanceof Uint8Array) return asText(Buffer.from(value).toString(), path)
  if (typeof value === 'string' && value.includes(REPLACED)) {
    throw outOfRange(`Expected texts written to "${showPath(path)}" to be UTF-8 without the character U+FFFD`)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => asText(item, path))
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [asText(key, path), asText(item, path)]))
}
