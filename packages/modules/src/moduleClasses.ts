import type { LuaTable, Runtime } from '@lua-native/runtime'
import type { LuaSide } from './luaSide.ts'

/** A JavaScript class. */
export type HostClass = abstract new (...args: never[]) => object

/** Whether a function was written as a class: nothing else can only be constructed. */
export function isClass(value: unknown): value is HostClass {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

interface KnownClass {
  /** Under which the runtime knows it; after a reset it is a global again. */
  readonly path: string
  table: LuaTable
}

/** The classes that modules hold: registered with the runtime, but reached through their modules only. */
export class ModuleClasses {
  readonly #known = new Map<HostClass, KnownClass>()

  /** The table of a class in Lua: the same in all modules that have it. */
  tableOf(runtime: Runtime, lua: LuaSide, path: string, hostClass: HostClass): LuaTable {
    const known = this.#known.get(hostClass)
    if (known !== undefined) return known.table
    const [root = path] = path.split('.')
    lua.putAside(root)
    try {
      runtime.registerClass(hostClass, { name: path })
      const table = takeGlobal(runtime, path)
      this.#known.set(hostClass, { path, table })
      return table
    } finally {
      lua.putBack(root)
    }
  }

  /** Takes the classes out of the globals of a new state. */
  remake(runtime: Runtime): void {
    for (const known of this.#known.values()) {
      known.table = takeGlobal(runtime, known.path)
      runtime.setGlobal(known.path, undefined)
      dropEmptyTables(runtime, known.path)
    }
  }
}

function takeGlobal(runtime: Runtime, path: string): LuaTable {
  const table = runtime.getGlobalRef(path)
  if (table === undefined) throw new Error(`Expected the class "${path}" to have its table`)
  return table
}

/** Takes away the tables on the way to a path that hold nothing else. */
function dropEmptyTables(runtime: Runtime, path: string): void {
  const parts = path.split('.')
  for (parts.pop(); parts.length > 0; parts.pop()) {
    const parent = parts.join('.')
    const table = runtime.getGlobalRef(parent)
    if (table === undefined || table.raw.pairs().length > 0) return
    runtime.setGlobal(parent, undefined)
  }
}
