import { type InspectOptions, inspect } from 'node:util'
import { LuaConversionError, LuaError, type NativeReference, unwrapReference } from '@lua-native/core-native'
import { tableOf } from './tableRegistry.ts'

/** As many entries as `console.log` shows of a Map. */
const SHOWN_ENTRIES = 100

const inProgress = new Set<NativeReference>()

/** What `util.inspect` and `console.log` show of a table: its raw entries. Runs no metamethod and never throws. */
export function inspectTable(reference: NativeReference, depth: number, options: InspectOptions): string {
  if (reference.released) return 'LuaTable <released>'
  if (inProgress.has(reference)) return '[Circular]'
  if (depth < 0) return '[LuaTable]'
  inProgress.add(reference)
  try {
    const flat = reference.entries(undefined, SHOWN_ENTRIES + 1, false)
    const entries = new Map<unknown, unknown>()
    for (let i = 0; i < flat.length; i += 2) entries.set(flat[i], flat[i + 1])
    const text = inspect(entries, { ...options, depth, maxArrayLength: SHOWN_ENTRIES })
    return `LuaTable ${text.replace(/^Map\(\d+\) /, '')}`
  } catch (error) {
    return `LuaTable <${error instanceof LuaError ? error.code : 'unreadable'}>`
  } finally {
    inProgress.delete(reference)
  }
}

/**
 * A table as `JSON.stringify` can write it: a copy in which tables with a metatable are copied too, a reference back to
 * a table in progress reads `'[Circular]'`, what cannot be converted `'[Unreadable]'`, and integers beyond 2^53 are
 * their digits. Runs no metamethod.
 */
export function jsonOf(reference: NativeReference): unknown {
  return new JsonCopy().table(reference)
}

class JsonCopy {
  readonly #ancestors = new Set<NativeReference>()

  table(reference: NativeReference): unknown {
    if (this.#ancestors.has(reference)) return '[Circular]'
    this.#ancestors.add(reference)
    try {
      return this.#value(reference.toValue(false))
    } catch (error) {
      if (error instanceof LuaConversionError) return '[Unreadable]'
      throw error
    } finally {
      this.#ancestors.delete(reference)
    }
  }

  #value(value: unknown): unknown {
    if (typeof value === 'bigint') return String(value)
    if (typeof value !== 'object' || value === null) return value
    const reference = tableOf(value) && unwrapReference(value)
    if (reference !== undefined) return this.table(reference)
    if (Array.isArray(value)) return value.map((item) => this.#value(item))
    if (Object.getPrototypeOf(value) !== Object.prototype) return value
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#value(item)]))
  }
}
