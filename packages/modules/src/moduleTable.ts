import { LuaClass, tableOf } from '@lua-native/runtime'
import { invalidArgument } from './argument.ts'
import { isClass } from './moduleClasses.ts'
import type { ModuleHost } from './moduleHost.ts'

/** Deeper than any value may be that crosses. */
const MAX_DEPTH = 100

/** Whether an object is one of names and values: made by a literal, or the exports of an ES module. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || tableOf(value) !== undefined) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/**
 * Makes what `require` returns for an object of the host's: a table of its values, with the tables of classes in the
 * place of classes. A function and a Lua table stay what they are.
 */
export function makeModule(host: ModuleHost, name: string, module: object): unknown {
  if (tableOf(module) !== undefined) return module
  const value = withClasses(host, name, module, 0)
  return typeof value === 'function' || tableOf(value) !== undefined ? value : host.runtime.createTable(value)
}

function withClasses(host: ModuleHost, path: string, value: unknown, depth: number): unknown {
  if (isClass(value)) return host.classes.tableOf(host.runtime, path, value)
  if (value instanceof LuaClass) return registeredTable(host, path, value)
  // Beyond the depth, as in a cycle, the conversion itself says what is wrong.
  if (!isPlainObject(value) || depth > MAX_DEPTH) return value
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) copy[key] = withClasses(host, `${path}.${key}`, value[key], depth + 1)
  return copy
}

function registeredTable(host: ModuleHost, path: string, luaClass: LuaClass): unknown {
  const table = host.runtime.getGlobalRef(luaClass.name)
  if (table !== undefined) return table
  throw invalidArgument(
    `Expected the class "${luaClass.name}" in "${path}" to be a global of this runtime, received nil`,
  )
}
