import type { CrossingContext } from '../context.ts'
import { Decoder } from './decoder.ts'

/** Decodes messages from Lua, also while a converter that works on another one calls into Lua. */
export class DecoderStack {
  readonly #inbox: Uint8Array
  /** For messages that no code of the host's runs in. */
  readonly #plain: Decoder
  /** For the others: one per nesting level in use so far. */
  readonly #converting: Decoder[] = []
  #level = 0

  constructor(inbox: Uint8Array) {
    this.#inbox = inbox
    this.#plain = new Decoder(inbox)
  }

  /** Implements `AddonHost.decode`. */
  decode(
    bytes: Uint8Array | undefined,
    length: number,
    handles: unknown[] | undefined,
    flags: number,
    place: string | undefined,
    context: CrossingContext | undefined,
  ): unknown {
    if (context?.fromLua === undefined) return this.#plain.decode(bytes, length, handles, flags, place)
    const level = this.#level
    let decoder = this.#converting[level]
    if (decoder === undefined) {
      decoder = new Decoder(this.#inbox)
      this.#converting.push(decoder)
    }
    this.#level = level + 1
    try {
      // A converter that calls into Lua has the inbox overwritten.
      const own = bytes ?? this.#inbox.slice(0, length)
      return decoder.decode(own, length, handles, flags, place, context)
    } finally {
      this.#level = level
    }
  }
}
