import type { AddonHost } from './addon.ts'
import { Decoder } from './codec/decoder.ts'
import { MessageStack } from './codec/messageStack.ts'
import { Outbox } from './codec/outbox.ts'
import { createError, LuaError } from './errors.ts'
import { identify } from './identity.ts'
import { addLuaFrames } from './luaFrames.ts'
import { LuaReference } from './reference.ts'

/** Makes what the addon calls back into. `announce` tells it where the encoder writes. */
export function createHost(mailbox: Uint32Array, inbox: Uint8Array, announce: (outbox: Uint8Array) => void): AddonHost {
  const messages = new MessageStack(new Outbox(announce), mailbox)
  const decoder = new Decoder(inbox)
  return {
    createError,
    encode: (value, place, flags, _context) => messages.encode(value, place, flags),
    decode: (bytes, length, handles, flags, place, _context) => decoder.decode(bytes, length, handles, flags, place),
    wrapReference: (reference, type, context) => context?.wrap(reference, type) ?? new LuaReference(reference),
    identify,
    annotate: (error, traceback, chunk, line) => {
      LuaError.locate(error, { chunk, line, traceback })
      addLuaFrames(error, traceback)
    },
    heartbeat: () => undefined,
  }
}
