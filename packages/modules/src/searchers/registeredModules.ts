import { ErrorCode, tableOf } from '@lua-native/runtime'
import { describe, invalidArgument } from '../argument.ts'
import type { ModuleHost } from '../moduleHost.ts'
import { makeModule } from '../moduleTable.ts'
import type { ModuleContent, ModulePlace, Searcher } from '../searcher.ts'

/** What the host registered under a name. */
export type Registration =
  | { readonly kind: 'source'; readonly source: string | Uint8Array; readonly chunkName: string }
  | { readonly kind: 'module'; readonly module: object; readonly readonly: boolean; readonly value: unknown }

/** The modules that the host registered by name: objects, functions and source texts. */
export class RegisteredModules implements Searcher {
  readonly name = 'registered modules'
  readonly #entries = new Map<string, Registration>()
  readonly #host: WeakRef<ModuleHost>

  constructor(host: ModuleHost) {
    this.#host = new WeakRef(host)
  }

  /** All of them. */
  get entries(): ReadonlyMap<string, Registration> {
    return this.#entries
  }

  names(): Iterable<string> {
    return this.#entries.keys()
  }

  locate(name: string): ModulePlace | string {
    const entry = this.#entries.get(name)
    if (entry === undefined) return `no module '${name}' registered by the host`
    return { origin: ':registered:', content: contentOf(entry) }
  }

  /** Registers source text. */
  addSource(name: string, source: string | Uint8Array, chunkName: string, replace: boolean): void {
    this.#checkNew(name, replace)
    this.#set(name, { kind: 'source', source, chunkName })
  }

  /** Registers an object or function; it is converted now. */
  addModule(name: string, module: object, options: { readonly replace: boolean; readonly readonly: boolean }): void {
    this.#checkNew(name, options.replace)
    this.#setModule(name, module, options.readonly)
  }

  /** Converts the object of a module again, so that the next `require` gets a new table. */
  renew(name: string): void {
    const entry = this.#entries.get(name)
    if (entry?.kind !== 'module') return
    this.#setModule(name, entry.module, entry.readonly)
  }

  /** Converts all objects for a new state. Tables of the old state are gone, and with them modules that were one. */
  remake(): void {
    for (const [name, entry] of this.#entries) {
      if (entry.kind === 'source') this.#set(name, entry)
      else if (tableOf(entry.module) !== undefined) this.#entries.delete(name)
      else this.renew(name)
    }
  }

  #setModule(name: string, module: object, readonly: boolean): void {
    const host = this.#open()
    const value = makeModule(host, name, module)
    const table = readonly ? tableOf(value) : undefined
    this.#set(name, {
      kind: 'module',
      module,
      readonly,
      value: table === undefined ? value : host.lua.freeze(table, `module ${name}`),
    })
  }

  #set(name: string, entry: Registration): void {
    this.#open().lua.setRegistered(name)
    this.#entries.set(name, entry)
  }

  #checkNew(name: string, replace: boolean): void {
    const { state } = this.#open().stateOf(name)
    const why =
      state === 'library'
        ? 'a standard library'
        : replace
          ? undefined
          : this.#entries.has(name)
            ? 'registered already'
            : state === 'loaded'
              ? 'loaded already'
              : undefined
    if (why !== undefined) {
      throw invalidArgument(
        `Expected the name of a module to be new, received ${describe(name)}, which is ${why}`,
        ErrorCode.nameTaken,
      )
    }
    if (state === 'loaded') this.#open().lua.unload(name)
  }

  #open(): ModuleHost {
    const host = this.#host.deref()
    if (host === undefined) throw new Error('Expected the modules of a runtime that is in use')
    return host
  }
}

function contentOf(entry: Registration): ModuleContent {
  return entry.kind === 'source' ? entry : { kind: 'value', value: entry.value }
}
