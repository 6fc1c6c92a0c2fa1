import { type Addon, MailboxSlot } from './addon.ts'
import { createHost } from './host.ts'
import { loadAddon } from './load.ts'

const INBOX_BYTES = 4096

let loaded: Addon | undefined
/** Numbers that go along with calls of the addon and of its host. */
const mailbox = new Uint32Array(Object.keys(MailboxSlot).length)

/**
 * The addon of this environment (the main thread or a worker). The first call loads the binary and introduces both
 * sides to each other, so that importing the package alone loads nothing.
 */
export function addon(): Addon {
  loaded ??= introduce(loadAddon())
  return loaded
}

function introduce(native: Addon): Addon {
  const inbox = new Uint8Array(INBOX_BYTES)
  // Announced once the addon knows its host: before that it has nowhere to keep the buffer.
  let outbox: Uint8Array | undefined
  let initialized = false
  const host = createHost(mailbox, inbox, (bytes) => {
    outbox = bytes
    if (initialized) native.setOutbox(bytes)
  })
  native.initialize(host, mailbox, inbox)
  initialized = true
  if (outbox !== undefined) native.setOutbox(outbox)
  return native
}

/** How many values the last resume of a coroutine gave. */
export function resumedCount(): number {
  return mailbox[MailboxSlot.count] as number
}

/** Whether the last resume of a coroutine ended in a yield. */
export function resumeYielded(): boolean {
  return mailbox[MailboxSlot.yielded] === 1
}
