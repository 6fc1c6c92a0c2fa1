import { ErrorCode, type LuaMulti, LuaRuntimeError, multi, type Runtime } from '@lua-native/runtime'
import { describe, invalidArgument } from './argument.ts'
import { installRequire, type LuaSearcher, type LuaSide, textOf } from './luaSide.ts'
import { ModuleClasses } from './moduleClasses.ts'
import type { ModuleContent, ModulePlace, Searcher } from './searcher.ts'
import { RegisteredModules } from './searchers/registeredModules.ts'
import { asText } from './sourceText.ts'

/** Options of the package, after validation. */
export interface ModuleSettings {
  /** Most bytes of a file that is read as a module. */
  readonly maxFileBytes: number
  /** Whether the run in progress waits for a promise that a host function returns. */
  readonly canAwait: () => boolean
}

/** What a searcher of Lua gets; see `makeSearcher` in `requireSource`. */
type Reply = LuaMulti | string | ((...args: never[]) => unknown)

/** A searcher in its place. */
interface Slot {
  readonly searcher: Searcher
  readonly position: number
  lua: LuaSearcher
}

/**
 * What this package knows of one runtime: searchers, registered modules, search paths. All of it lasts over a reset.
 * Lua holds only functions that refer to it weakly, so that a runtime that is dropped is closed.
 */
export class ModuleHost {
  readonly runtime: Runtime
  readonly settings: ModuleSettings
  /** Whether the library package is there, and its searchers are used. */
  readonly plugged: boolean
  readonly registered: RegisteredModules
  readonly classes: ModuleClasses = new ModuleClasses()
  #lua: LuaSide
  readonly #slots = new Map<number, Slot>()
  readonly #preloads = new Map<string, unknown>()
  readonly #paths: string[] = []
  #lastSlot = 0

  constructor(runtime: Runtime, settings: ModuleSettings) {
    const { libraries } = runtime.info()
    if (!libraries.includes('base')) {
      throw invalidArgument('Expected a runtime with the library "base" for modules, received one without')
    }
    this.runtime = runtime
    this.settings = settings
    this.plugged = libraries.includes('package')
    this.#lua = installRequire(runtime, this.plugged)
    this.registered = new RegisteredModules(this)
    this.addSearcher(this.registered, 2)
    runtime.onReset(() => this.#reinstall())
  }

  /** The functions of the present Lua state. */
  get lua(): LuaSide {
    return this.#lua
  }

  /** Adds a searcher and returns what takes it out again. `position` 0: the end. */
  addSearcher(searcher: Searcher, position: number): () => void {
    const id = ++this.#lastSlot
    const lua = this.#makeSearcher(searcher, id)
    this.#lua.insertSearcher(lua, position)
    this.#slots.set(id, { searcher, position, lua })
    return () => {
      const slot = this.#slots.get(id)
      if (slot === undefined) return
      this.#slots.delete(id)
      this.#lua.removeSearcher(slot.lua)
    }
  }

  /** The searchers in their order; those that are not this package's as the Lua functions that they are. */
  searchers(): (Searcher | LuaSearcher)[] {
    const own = new Map([...this.#slots.values()].map(({ lua, searcher }) => [lua, searcher]))
    const list: (Searcher | LuaSearcher)[] = []
    this.#lua.eachSearcher((searcher) => {
      if (typeof searcher === 'function') list.push(own.get(searcher as LuaSearcher) ?? (searcher as LuaSearcher))
    })
    return list
  }

  /** Sets `package.preload[name]`. */
  preload(name: string, loader: unknown): void {
    if (this.#lua.hasPreload(name)) {
      throw invalidArgument(
        `Expected the name of a preloaded module to be new, received ${JSON.stringify(name)}`,
        ErrorCode.nameTaken,
      )
    }
    this.#lua.setPreload(name, loader)
    this.#preloads.set(name, loader)
  }

  /** Appends to `package.path`. */
  addPath(templates: string): void {
    this.#lua.appendPath(templates)
    this.#paths.push(templates)
  }

  /** Whether the name is a standard library, loaded, or neither; and its loader data. */
  stateOf(name: string): { state: 'library' | 'loaded' | 'unloaded'; origin: string | undefined } {
    const found = this.#lua.stateOf(name)
    const [state, origin] = Array.isArray(found) ? found : [found, undefined]
    return {
      state: textOf(state) as 'library' | 'loaded' | 'unloaded',
      origin: origin === undefined || origin === null ? undefined : textOf(origin),
    }
  }

  /** Refuses what is no module of the host's or a script's. */
  checkNoLibrary(name: string): void {
    if (this.stateOf(name).state !== 'library') return
    throw invalidArgument(`Expected the name of a module, received ${describe(name)}, a standard library`)
  }

  /** Answers a searcher function of Lua's. */
  search(id: number, name: string): Reply | PromiseLike<Reply> {
    const searcher = this.#slots.get(id)?.searcher
    if (searcher === undefined) return multi(undefined, undefined)
    const place = searcher.locate(name)
    if (typeof place === 'string') return multi(undefined, place)
    const { content } = place
    if (!isThenable(content)) return this.#reply(searcher, place, content)
    if (this.settings.canAwait()) return content.then((settled) => this.#reply(searcher, place, settled))
    // Its outcome, also a failure, is not asked for any more: the refusal below says what is wrong.
    content.then(undefined, () => undefined)
    throw failure(
      `searcher '${searcher.name}' returned a promise for module '${name}', which only an asynchronous run can wait for`,
    )
  }

  #reply(searcher: Searcher, place: ModulePlace, content: ModuleContent): Reply {
    const { origin } = place
    switch (content.kind) {
      case 'source': {
        const text = asText(content.source)
        const whole = typeof text === 'string' && place.file === origin && this.#lua.splitsText
        return whole ? `${origin}\0${text}` : multi('source', text, content.chunkName, origin)
      }
      case 'bytecode': {
        const { bytecode, chunkName = '', trusted = false } = content
        const loader = this.runtime.loadFunction(bytecode, { chunkName, trusted })
        return searcher.origin === origin ? loader : multi('function', loader, undefined, origin)
      }
      case 'value':
        return multi('value', content.value, undefined, origin)
      case 'refused':
        return multi('refused', content.reason, undefined, origin)
      case 'missing':
        return multi(undefined, content.tried)
    }
  }

  #makeSearcher(searcher: Searcher, id: number): LuaSearcher {
    const find = bridge(new WeakRef(this), id)
    const { makeRegisteredSearcher, makeSearcher } = this.#lua
    return (searcher === this.registered ? makeRegisteredSearcher : makeSearcher)(find, searcher.origin)
  }

  #reinstall(): void {
    this.#lua = installRequire(this.runtime, this.plugged)
    this.classes.remake(this.runtime)
    this.registered.remake()
    for (const [id, slot] of this.#slots) {
      slot.lua = this.#makeSearcher(slot.searcher, id)
      this.#lua.insertSearcher(slot.lua, slot.position)
    }
    for (const path of this.#paths) this.#lua.appendPath(path)
    for (const [name, loader] of this.#preloads) this.#lua.setPreload(name, loader)
  }
}

/** The error of a script that asked for something; a text in Lua, as Lua's own are. */
export function failure(message: string): LuaRuntimeError {
  return new LuaRuntimeError(message, message)
}

// A function of its own: Lua holds what it returns, and a closure made in a method would keep the host too.
function bridge(host: WeakRef<ModuleHost>, id: number): (name: unknown) => unknown {
  return (name) => host.deref()?.search(id, textOf(name))
}

function isThenable(value: ModuleContent | PromiseLike<ModuleContent>): value is PromiseLike<ModuleContent> {
  return 'then' in value && typeof value.then === 'function'
}
