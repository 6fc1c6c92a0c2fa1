import { MailboxSlot } from '../addon.ts'
import type { CrossingContext } from '../context.ts'
import { Encoder } from './encoder.ts'
import type { Outbox } from './outbox.ts'

/**
 * Encodes messages for Lua, also while others are being encoded. The addon reads each message before it returns to
 * JavaScript, so the place of a finished one is free at once, and a nested one never moves what the outer ones wrote.
 */
export class MessageStack {
  readonly #out: Outbox
  readonly #mailbox: Uint32Array
  /** One per nesting level in use so far. */
  readonly #encoders: Encoder[] = []
  #level = 0
  #lastLength = 0

  constructor(out: Outbox, mailbox: Uint32Array) {
    this.#out = out
    this.#mailbox = mailbox
  }

  /** Implements `AddonHost.encode`. */
  encode(value: unknown, place: number, flags: number, context?: CrossingContext): unknown[] | undefined {
    const out = this.#out
    const level = this.#level
    if (level === 0) out.settle(this.#lastLength)
    const start = out.at
    let encoder = this.#encoders[level]
    if (encoder === undefined) {
      encoder = new Encoder(out)
      this.#encoders.push(encoder)
    }
    this.#level = level + 1
    try {
      const handles = encoder.encode(value, place, flags, context)
      this.#lastLength = out.at - start
      this.#mailbox[MailboxSlot.offset] = start
      this.#mailbox[MailboxSlot.length] = this.#lastLength
      return handles
    } finally {
      this.#level = level
      out.at = start
    }
  }
}
