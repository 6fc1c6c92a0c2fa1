import { outOfRange } from '../errors.ts'

/** What the outbox starts with and shrinks back to. */
const INITIAL_BYTES = 64 * 1024
/** A larger outbox is given up once a message shows that it is not needed. */
const KEPT_BYTES = 1024 * 1024
/** The mailbox carries offsets and lengths as u32. */
const MAX_BYTES = 0xffff_ffff

/**
 * The buffer that messages to Lua are written to. `at` is where the next byte goes; everything before it belongs to
 * messages that are still being written and survives growth.
 */
export class Outbox {
  /** The memory, as a Buffer for its string writers. */
  bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)
  /** The same memory. */
  view: DataView = viewOf(this.bytes)
  /** Where the next byte goes. */
  at = 0
  /** The length of `bytes`, which takes longer to ask for. */
  #size: number = INITIAL_BYTES
  readonly #announce: (bytes: Uint8Array) => void

  /** `announce` hears of every buffer, the first one included, before anything in it is read. */
  constructor(announce: (bytes: Uint8Array) => void) {
    this.#announce = announce
    announce(this.bytes)
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.at + count > this.#size) this.#grow(this.at + count)
  }

  /** Called between outermost messages: gives a huge buffer back when the last message used little of it. */
  settle(lastLength: number): void {
    if (this.bytes.length > KEPT_BYTES && lastLength * 4 < this.bytes.length) {
      this.#replace(Buffer.allocUnsafeSlow(INITIAL_BYTES))
    }
  }

  #grow(needed: number): void {
    if (needed > MAX_BYTES)
      throw outOfRange(`Expected a value of less than 4 GiB to pass to Lua, received ${needed} bytes`)
    const larger = Buffer.allocUnsafeSlow(Math.min(MAX_BYTES, Math.max(needed, this.bytes.length * 2)))
    larger.set(this.bytes.subarray(0, this.at))
    this.#replace(larger)
  }

  #replace(bytes: Buffer): void {
    this.bytes = bytes
    this.view = viewOf(bytes)
    this.#size = bytes.length
    this.#announce(bytes)
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
