import type { SharedPath } from './path.ts'

/** What the proxy needs of a shared table. */
interface Target {
  get(path: SharedPath): unknown
  has(path: SharedPath): boolean
  set(path: SharedPath, value: unknown): void
  delete(path: SharedPath): boolean
  toObject(): object
}

/** An object that stands for the table at a path, which is read anew at each use. */
export function proxyOf(table: Target, path: readonly (string | number)[]): object {
  const read = (): object => {
    const value = path.length === 0 ? table.toObject() : table.get(path)
    return typeof value === 'object' && value !== null ? value : {}
  }
  const at = (key: string): (string | number)[] => [...path, key]
  // Of the same kind, as a proxy of an array must be one of an array to be taken for one.
  return new Proxy(Array.isArray(read()) ? [] : {}, {
    get: (target, key) => {
      if (typeof key === 'symbol') return Reflect.get(target, key)
      if (key === 'length' && Array.isArray(target)) return (read() as unknown[]).length
      if (!isKey(key)) return undefined
      const value = table.get(at(key))
      return typeof value === 'object' ? proxyOf(table, at(key)) : value
    },
    set: (_, key, value) => {
      table.set(at(String(key)), value)
      return true
    },
    has: (_, key) => typeof key === 'string' && isKey(key) && table.has(at(key)),
    deleteProperty: (_, key) => {
      if (typeof key === 'string' && isKey(key)) table.delete(at(key))
      return true
    },
    ownKeys: (target) => [...new Set([...Reflect.ownKeys(target), ...Object.keys(read())])],
    getOwnPropertyDescriptor: (target, key) => {
      const value = (read() as Readonly<Record<PropertyKey, unknown>>)[key]
      if (key === 'length' && Array.isArray(target)) return Reflect.getOwnPropertyDescriptor(target, key)
      if (!Object.hasOwn(read(), key)) return undefined
      return { value, writable: true, enumerable: true, configurable: true }
    },
    defineProperty: () => false,
    setPrototypeOf: () => false,
    preventExtensions: () => false,
  })
}

/** Whether the table could have such a key: asking for others is answered, writing them is refused by `set`. */
function isKey(key: string): boolean {
  return key !== '' && key !== '__proto__'
}
