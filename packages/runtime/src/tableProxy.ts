import { type InspectOptions, inspect } from 'node:util'
import { LuaConversionError, type NativeReference, standFor, unwrapReference } from '@lua-native/core-native'
import type { LuaTable } from './luaTable.ts'
import { rawKeys } from './tableEntries.ts'
import { knownTable, registerTable, tableOf } from './tableRegistry.ts'
import { inspectTable, jsonOf } from './tableText.ts'

/** What reading a property of a proxy never asks Lua for. */
const reserved: ReadonlySet<string> = new Set(['then', 'toJSON'])

/**
 * The prototype of all proxies. It tells the conversion that they are no plain objects, and serves symbols, of which
 * Lua has none. `util.inspect` looks at the target of a proxy, not at its traps, and so finds its method here.
 */
const prototype: object = Object.freeze(
  Object.create(null, {
    [Symbol.toStringTag]: { value: 'LuaTable' },
    [Symbol.toPrimitive]: {
      value(this: object): string {
        const table = knownTable(this)
        const text = table.getMetatable()?.raw.get('__tostring')
        return typeof text === 'function' ? String(text(this)) : '[object LuaTable]'
      },
    },
    [inspect.custom]: {
      value(this: object, depth: number, options: InspectOptions): string {
        const reference = unwrapReference(this)
        return reference === undefined ? '[LuaTable]' : inspectTable(reference, depth, options)
      },
    },
  }),
)

/** The Lua key that a property name means: a number where the name is what JavaScript writes for one. */
function keyOf(name: string): string | number | bigint {
  const number = Number(name)
  if (Number.isFinite(number) && String(number) === name) return number
  if (/^-?[1-9]\d{15,18}$/.test(name)) {
    const integer = BigInt(name)
    if (BigInt.asIntN(64, integer) === integer) return integer
  }
  return name
}

/** The property name of a Lua key, `undefined` for one that no name means. */
function nameOf(key: unknown): string | undefined {
  if (typeof key === 'string') return typeof keyOf(key) === 'string' ? key : undefined
  if (typeof key === 'bigint' || (typeof key === 'number' && Number.isFinite(key))) return String(key)
  return undefined
}

/** Whether a value may be the copy of a plain table; converters of the host's make other objects of them. */
function isCopy(value: object): boolean {
  return Array.isArray(value) || value instanceof Map || Object.getPrototypeOf(value) === Object.prototype
}

class TableHandler implements ProxyHandler<object> {
  readonly #reference: NativeReference
  readonly #live: boolean

  constructor(reference: NativeReference, live: boolean) {
    this.#reference = reference
    this.#live = live
  }

  get(target: object, name: string | symbol, receiver: unknown): unknown {
    if (typeof name === 'symbol') return Reflect.get(target, name, receiver)
    if (name === 'then') return undefined
    if (name === 'toJSON') return () => jsonOf(this.#reference)
    return this.#read(keyOf(name)) ?? undefined
  }

  set(_target: object, name: string | symbol, value: unknown): boolean {
    if (typeof name === 'symbol') return false
    this.#reference.set(keyOf(name), value, false)
    return true
  }

  has(target: object, name: string | symbol): boolean {
    if (typeof name === 'symbol') return Reflect.has(target, name)
    return !reserved.has(name) && this.#reference.has(keyOf(name), false)
  }

  deleteProperty(_target: object, name: string | symbol): boolean {
    if (typeof name === 'string') this.#reference.set(keyOf(name), undefined, false)
    return true
  }

  ownKeys(): string[] {
    const names = rawKeys(this.#reference).map(nameOf)
    return names.filter((name) => name !== undefined && !reserved.has(name)) as string[]
  }

  getOwnPropertyDescriptor(_target: object, name: string | symbol): PropertyDescriptor | undefined {
    if (typeof name === 'symbol' || reserved.has(name)) return undefined
    const key = keyOf(name)
    if (!this.#reference.has(key, true)) return undefined
    return { value: this.#read(key), configurable: true, enumerable: true, writable: true }
  }

  defineProperty(_target: object, name: string | symbol, descriptor: PropertyDescriptor): boolean {
    const { configurable, enumerable, writable } = descriptor
    const plain = configurable !== false && enumerable !== false && writable !== false
    if (typeof name === 'symbol' || !plain || !('value' in descriptor)) return false
    this.#reference.set(keyOf(name), descriptor.value, false)
    return true
  }

  preventExtensions(): boolean {
    return false
  }

  setPrototypeOf(): boolean {
    return false
  }

  #read(key: string | number | bigint): unknown {
    if (this.#live) return this.#readLive(key)
    return this.#reference.get(key)
  }

  /** Reads a table as a live proxy, and all else as it is. */
  #readLive(key: string | number | bigint): unknown {
    let value: unknown
    try {
      value = this.#reference.get(key)
      if (typeof value !== 'object' || value === null) return value
      const table = tableOf(value)
      if (table !== undefined) return table.proxy()
      if (!isCopy(value)) return value
    } catch (error) {
      // A table that cannot be copied, such as one that holds itself, can be looked into all the same.
      if (!(error instanceof LuaConversionError)) throw error
    }
    return this.#nested(key) ?? value
  }

  #nested(key: string | number | bigint): object | undefined {
    try {
      const nested = this.#reference.getReference(key)
      return nested && knownTable(nested).proxy()
    } catch (error) {
      // An object of the host's, which is userdata in Lua.
      if (error instanceof TypeError) return undefined
      throw error
    }
  }
}

/**
 * Makes an object whose properties are the entries of a table. `live`: tables read from it are such objects too;
 * otherwise plain ones are copies, as everywhere.
 */
export function createTableProxy(reference: NativeReference, table: LuaTable, live: boolean): object {
  const proxy = new Proxy<object>(Object.create(prototype), new TableHandler(reference, live))
  standFor(proxy, reference)
  registerTable(proxy, table)
  return proxy
}
