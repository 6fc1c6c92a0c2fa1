import { LuaBusyError, LuaDisposedError } from '@lua-native/runtime'
import type { Coordinator, Sink } from './coordinator.ts'
import type { Patch } from './patch.ts'
import { scriptWriter } from './scriptWriter.ts'
import type { LuaView, OpenView } from './sharedHost.ts'

/** Patches that may wait before the whole table is cheaper. */
const MOST_WAITING = 1000

/** How a table is attached, after validation. */
export interface AttachmentSettings {
  readonly mode: 'snapshot' | 'readonly' | 'live'
  readonly updates: 'immediate' | 'onSync'
}

/**
 * A shared table's view in one runtime. The runtime's host keeps it; the coordinator refers to it weakly.
 */
export class Attachment implements Sink {
  readonly coordinator: Coordinator
  readonly settings: AttachmentSettings
  readonly #detach: () => void
  #view: LuaView
  /** What it has not taken yet, in order. */
  #waiting: Patch[] = []
  /** Whether it has missed something, so that only the whole table helps. */
  #stale = false
  name: string
  #dropped: (() => void) | undefined

  constructor(coordinator: Coordinator, name: string, settings: AttachmentSettings, open: OpenView) {
    this.coordinator = coordinator
    this.name = name
    this.settings = settings
    this.#view = this.#open(open)
    this.#detach = coordinator.attach(this)
  }

  /** Makes the view again, in the state that came with a reset. */
  reopen(open: OpenView): void {
    this.#view = this.#open(open)
    this.#waiting = []
    this.#stale = false
  }

  /** Puts the view under a name, or, without one, out of the globals; says whether the name was free. */
  place(name: string | undefined): boolean {
    return this.#view.rename(name)
  }

  /** Calls a function when the table is disposed. */
  onDrop(dropped: () => void): void {
    this.#dropped = dropped
  }

  detach(): void {
    this.#detach()
  }

  drop(): void {
    this.#dropped?.()
  }

  push(patch: Patch): void {
    if (this.#stale) return
    this.#waiting.push(patch)
    if (this.settings.updates === 'immediate') this.#flush()
    else this.#boundWaiting()
  }

  sync(): void {
    if (!this.#stale) {
      this.#flush()
      return
    }
    const { value, registers } = this.coordinator.whole()
    this.#view.rebuild(value, registers)
    this.#stale = false
  }

  #flush(): void {
    for (let patch = this.#waiting[0]; patch; patch = this.#waiting[0]) {
      try {
        this.#apply(patch)
      } catch (error) {
        // It runs elsewhere: patches wait until it does not.
        if (error instanceof LuaBusyError) {
          this.#boundWaiting()
          return
        }
        this.#waiting = []
        this.#stale = true
        if (error instanceof LuaDisposedError) this.#detach()
        throw error
      }
      this.#waiting.shift()
    }
  }

  #apply({ sets, deletes, registers, forgets }: Patch): void {
    if (sets.length === 3 && deletes.length + registers.length + forgets.length === 0) {
      this.#view.set(sets[0], sets[1], sets[2])
    } else {
      this.#view.apply(sets, deletes, registers, forgets)
    }
  }

  #boundWaiting(): void {
    if (this.#waiting.length <= MOST_WAITING) return
    this.#waiting = []
    this.#stale = true
  }

  #open(open: OpenView): LuaView {
    const { value, registers } = this.coordinator.whole()
    const { mode } = this.settings
    const send = mode === 'live' ? scriptWriter(this.coordinator) : undefined
    return open(mode !== 'snapshot', this.name, value, registers, send)
  }
}
