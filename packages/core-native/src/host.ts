import { type AddonHost, MailboxSlot } from './addon.ts'
import { DecoderStack } from './codec/decoderStack.ts'
import { MessageStack } from './codec/messageStack.ts'
import { Outbox } from './codec/outbox.ts'
import { createError, LuaError } from './errors.ts'
import { identify } from './identity.ts'
import { addLuaFrames } from './luaFrames.ts'
import { LuaReference } from './reference.ts'
import { subscribe } from './subscribe.ts'

/** Makes what the addon calls back into. `announce` tells it where the encoder writes. */
export function createHost(mailbox: Uint32Array, inbox: Uint8Array, announce: (outbox: Uint8Array) => void): AddonHost {
  const messages = new MessageStack(new Outbox(announce), mailbox)
  const decoders = new DecoderStack(inbox)
  return {
    createError,
    encode: (value, context) =>
      messages.encode(value, (mailbox[MailboxSlot.place] as number) | 0, mailbox[MailboxSlot.flags] as number, context),
    decode: (bytes, handles, place, context) =>
      decoders.decode(
        bytes,
        bytes === undefined ? (mailbox[MailboxSlot.length] as number) : bytes.length,
        handles,
        mailbox[MailboxSlot.flags] as number,
        place,
        context,
      ),
    wrapReference: (reference, type, context) => context?.wrap(reference, type) ?? new LuaReference(reference),
    identify,
    annotate: (error, traceback, chunk, line) => {
      LuaError.locate(error, { chunk, line, traceback })
      addLuaFrames(error, traceback)
    },
    heartbeat: () => undefined,
    list: (...values) => values,
    subscribe,
  }
}
