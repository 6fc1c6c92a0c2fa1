import { ErrorCode, type Runtime } from '@lua-native/runtime'
import { invalidArgument } from './argument.ts'
import { Attachment, type AttachmentSettings } from './attachment.ts'
import type { Coordinator } from './coordinator.ts'
import { sharedSource } from './sharedSource.ts'

/** What `open` of `sharedSource` returns, in that order. */
type LuaFunctions = [
  set: (id: unknown, key: unknown, value: unknown) => void,
  apply: (
    sets: readonly unknown[],
    deletes: readonly unknown[],
    registers: readonly unknown[],
    forgets: readonly number[],
  ) => void,
  rebuild: (value: unknown, registers: readonly unknown[]) => void,
  rename: (name: string | undefined) => boolean,
]

/** The functions of one view. */
export interface LuaView {
  readonly set: LuaFunctions[0]
  readonly apply: LuaFunctions[1]
  readonly rebuild: LuaFunctions[2]
  readonly rename: LuaFunctions[3]
}

/** Makes a view in one state of Lua. */
export type OpenView = (
  readonly: boolean,
  name: string,
  value: unknown,
  registers: readonly unknown[],
  send: ((path: unknown, value: unknown) => void) | undefined,
) => LuaView

const hosts = new WeakMap<Runtime, SharedHost>()

/** What this package knows of a runtime; the first call puts its Lua into it. */
export function sharedHostOf(runtime: Runtime): SharedHost {
  const known = hosts.get(runtime)
  if (known) return known
  const host = new SharedHost(runtime)
  hosts.set(runtime, host)
  return host
}

/** The shared tables of one runtime, by the names of their globals. They last over a reset. */
export class SharedHost {
  readonly #runtime: Runtime
  readonly #attachments = new Map<string, Attachment>()
  #open: OpenView

  constructor(runtime: Runtime) {
    if (!runtime.info().libraries.includes('base')) {
      throw invalidArgument('Expected a runtime with the library "base" for shared tables, received one without')
    }
    this.#runtime = runtime
    this.#open = install(runtime)
    runtime.onReset(() => this.#reinstall())
    runtime.onDispose(() => {
      for (const attachment of this.#attachments.values()) attachment.detach()
      this.#attachments.clear()
    })
  }

  attach(name: string, coordinator: Coordinator, settings: AttachmentSettings): void {
    this.#checkFree(name, this.#attachments.has(name))
    const attachment = new Attachment(coordinator, name, settings, this.#open)
    let placed = false
    try {
      placed = attachment.place(name)
    } finally {
      if (!placed) attachment.detach()
    }
    this.#checkFree(name, !placed)
    attachment.onDrop(() => this.detach(attachment.name))
    this.#attachments.set(name, attachment)
  }

  detach(name: string): void {
    const attachment = this.#find(name)
    attachment.detach()
    this.#attachments.delete(name)
    if (!this.#runtime.disposed) attachment.place(undefined)
  }

  rename(from: string, to: string): void {
    const attachment = this.#find(from)
    if (from === to) return
    this.#checkFree(to, this.#attachments.has(to) || !attachment.place(to))
    this.#attachments.delete(from)
    this.#attachments.set(to, attachment)
    attachment.name = to
  }

  #find(name: string): Attachment {
    const attachment = this.#attachments.get(name)
    if (attachment) return attachment
    throw invalidArgument(`Expected the name of an attached shared table, received ${JSON.stringify(name)}`)
  }

  #checkFree(name: string, taken: boolean): void {
    if (!taken) return
    throw invalidArgument(`Expected the name of a new global, received ${JSON.stringify(name)}`, ErrorCode.nameTaken)
  }

  #reinstall(): void {
    this.#open = install(this.#runtime)
    for (const [name, attachment] of this.#attachments) {
      attachment.reopen(this.#open)
      this.#checkFree(name, !attachment.place(name))
    }
  }
}

/** Runs the package's Lua in a state. Compiled without debug information: errors show the script's lines only. */
function install(runtime: Runtime): OpenView {
  const dump = runtime.compile(sharedSource, { chunkName: '=shared', strip: true, raw: true })
  const open = runtime.load<(...args: unknown[]) => LuaFunctions>(dump, { results: 'first', trusted: true })
  return (...args) => {
    const [set, apply, rebuild, rename] = open(...args)
    return { set, apply, rebuild, rename }
  }
}
