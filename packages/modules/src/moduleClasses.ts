import type { LuaTable, Runtime } from '@lua-native/runtime'

/** A JavaScript class. */
export type HostClass = abstract new (...args: never[]) => object

/** Whether a function was written as a class: nothing else can only be constructed. */
export function isClass(value: unknown): value is HostClass {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value))
}

interface KnownClass {
  /** Under which the runtime knows it; after a reset it is a global again. */
  readonly name: string
  table: LuaTable
}

/** The classes that modules hold: registered with the runtime, but reached through their modules only. */
export class ModuleClasses {
  readonly #known = new Map<HostClass, KnownClass>()

  /** The table of a class in Lua: the same in all modules that have it. `path` is where the first one has it. */
  tableOf(runtime: Runtime, path: string, hostClass: HostClass): LuaTable {
    const known = this.#known.get(hostClass)
    if (known !== undefined) return known.table
    // No name that a script would give to a global, and no path through tables that others may have.
    const name = path.replaceAll('.', ':')
    runtime.registerClass(hostClass, { name })
    const table = takeGlobal(runtime, name)
    this.#known.set(hostClass, { name, table })
    return table
  }

  /** Takes the classes out of the globals of a new state. */
  remake(runtime: Runtime): void {
    for (const known of this.#known.values()) known.table = takeGlobal(runtime, known.name)
  }
}

function takeGlobal(runtime: Runtime, name: string): LuaTable {
  const table = runtime.getGlobalRef(name)
  if (table === undefined) throw new Error(`Expected the class "${name}" to have its table`)
  runtime.setGlobal(name, undefined)
  return table
}
