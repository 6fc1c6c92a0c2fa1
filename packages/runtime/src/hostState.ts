import { addon, type NativeState, StateFlag } from '@lua-native/core-native'
import type { ClassRegistry } from './classes/classRegistry.ts'
import type { HostMetatables } from './classes/hostMetatables.ts'
import type { HostTables } from './classes/hostTables.ts'
import { LuaCoroutine } from './coroutines/luaCoroutine.ts'
import { PromiseDriver } from './coroutines/promiseDriver.ts'
import { Crossing } from './crossing.ts'
import { denyFilesystem } from './filesystem.ts'
import type { HookSettings } from './hooks.ts'
import { libraryBits } from './libraries.ts'
import type { RuntimeSettings } from './options.ts'
import { ServedInput } from './servedInput.ts'
import type { StandardStreams } from './standardStreams.ts'

/** What of a runtime is in effect and goes on in the next state after a reset. */
export interface Carried {
  readonly classes: ClassRegistry
  readonly streams: StandardStreams
  readonly hook: HookSettings | undefined
  readonly limits: { readonly maxMemory: number; readonly maxInstructions: number; readonly timeout: number }
  /** The crossing of the state before, whose converters go on. */
  readonly crossing: Crossing | undefined
}

/** One Lua state and what belongs to it alone; a reset replaces all of it. */
export class HostState {
  readonly native: NativeState
  readonly crossing: Crossing
  /** What the host serves of io.read, dofile and loadfile. */
  readonly input: ServedInput
  readonly #classes: ClassRegistry
  /** Held here, since the crossing must not hold it. */
  readonly driver: PromiseDriver
  #tables: HostTables | undefined

  private constructor(native: NativeState, crossing: Crossing, classes: ClassRegistry) {
    this.native = native
    this.crossing = crossing
    this.#classes = classes
    this.input = new ServedInput(native)
    this.driver = new PromiseDriver(native, () => this.tables)
    crossing.connect(native)
    crossing.wrapThread = threadWrapper(new WeakRef(this.driver))
  }

  /** Opens a state with everything that options and earlier calls of the host ask for. */
  static open(settings: RuntimeSettings, carried: Carried): HostState {
    const crossing = new Crossing((settings.flags & StateFlag.tablesAsReferences) !== 0)
    crossing.toLua = carried.crossing?.toLua
    crossing.fromLua = carried.crossing?.fromLua
    const { maxMemory, maxInstructions, timeout } = carried.limits
    const { NativeState } = addon()
    const libraries = libraryBits(settings.libraries.names)
    const native = new NativeState(libraries, maxMemory, settings.flags, 0, 0, settings.seed, crossing)
    try {
      const state = new HostState(native, crossing, carried.classes)
      if (crossing.fromLua !== undefined) native.setConverting(true)
      if (crossing.toLua !== undefined) native.setInspecting(true)
      if (settings.denyFilesystem) denyFilesystem(native)
      native.setLimits(maxInstructions, timeout)
      carried.streams.connect(native, state.input)
      for (const name in settings.globals) native.setGlobal(name, settings.globals[name])
      if (!carried.classes.isEmpty) carried.classes.replay(state.tables)
      const { hook } = carried
      if (hook !== undefined) native.setHook(hook.callback, hook.mask, hook.count)
      return state
    } catch (error) {
      native.dispose(false)
      throw error
    }
  }

  /** What shows objects of JavaScript as userdata; from the first use on, every object that crosses is looked up. */
  get tables(): HostTables {
    if (this.#tables === undefined) {
      const tables = this.#classes.createTables(this.native)
      this.#tables = tables
      this.crossing.metatableOf = metatableFinder(tables.metatables)
      this.native.setInspecting(true)
    }
    return this.#tables
  }
}

// Functions of their own: closures made in one scope share what any of them uses, and these must not lead to the state.

function threadWrapper(driver: WeakRef<PromiseDriver>): Crossing['wrapThread'] {
  return (reference) => new LuaCoroutine(reference, driver.deref())
}

function metatableFinder(metatables: HostMetatables): Crossing['metatableOf'] {
  return (value) => metatables.metatableOf(value)
}
