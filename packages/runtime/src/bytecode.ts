import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { endianness } from 'node:os'
import { type BytecodeRefusal, LuaBytecodeError } from '@lua-native/core-native'

/*
 * An envelope, numbers little endian:
 *
 *   magic (8) | format (1) | kind (1): 0 digest, 1 keyed | Lua version (2) | byte order (1): 0 little, 1 big
 *   | pointer size (1) | header length h (1) | Lua's chunk header (h) | payload length n (4) | payload (n) | tag (32)
 *
 * The tag is the SHA-256 of all before it, or, when there is a key, the HMAC-SHA-256. Lua has no verifier of bytecode,
 * so nothing of the payload is used before the tag is found right.
 */

// Like PNG's: a byte beyond ASCII, a line end that text-mode copies change, and one that stops `type` on Windows.
const MAGIC = Buffer.from([0x89, 0x4c, 0x75, 0x61, 0x4e, 0x0d, 0x0a, 0x1a])
const LUA_SIGNATURE = Buffer.from('\x1bLua', 'latin1')
const FORMAT = 1
const TAG_BYTES = 32
const FIXED_BYTES = MAGIC.length + 7
const LENGTH_BYTES = 4
const DIGEST = 0
const KEYED = 1

/** What bytecode must fit: the Lua that made it and the machine it ran on. */
export interface BytecodeTarget {
  /** 505 for Lua 5.5. */
  readonly luaVersionNumber: number
  /** First bytes of every chunk that this build dumps: version, format, sizes of numbers. */
  readonly bytecodeHeader: Uint8Array
}

function pointerBytes(): number {
  return ['arm', 'ia32', 'mips', 'mipsel', 'ppc', 's390'].includes(process.arch) ? 4 : 8
}

function prefixOf(target: BytecodeTarget, kind: number): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES)
  MAGIC.copy(fixed)
  fixed.writeUInt8(FORMAT, 8)
  fixed.writeUInt8(kind, 9)
  fixed.writeUInt16LE(target.luaVersionNumber, 10)
  fixed.writeUInt8(endianness() === 'BE' ? 1 : 0, 12)
  fixed.writeUInt8(pointerBytes(), 13)
  fixed.writeUInt8(target.bytecodeHeader.length, 14)
  return Buffer.concat([fixed, target.bytecodeHeader])
}

function tagOf(contents: Uint8Array, key: Uint8Array | undefined): Buffer {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  return hash.update(contents).digest()
}

/** Derives from a user's secret the key that signs envelopes and nothing else. */
export function deriveKey(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'lua-native bytecode envelope 1', TAG_BYTES))
}

/** Whether bytes start as Lua's own dumps do. */
function isDump(bytes: Uint8Array): boolean {
  return LUA_SIGNATURE.equals(bytes.subarray(0, LUA_SIGNATURE.length))
}

/** Puts a dump of Lua's into an envelope, signed if there is a key. */
export function seal(dump: Uint8Array, target: BytecodeTarget, key: Uint8Array | undefined): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(dump.length)
  const contents = Buffer.concat([prefixOf(target, key === undefined ? DIGEST : KEYED), length, dump])
  return Buffer.concat([contents, tagOf(contents, key)])
}

/**
 * Gives the dump inside `bytes`, as a view of them. A plain dump is taken only if it is `trusted`.
 *
 * @throws {LuaBytecodeError} LUA_BYTECODE when anything about the bytes is not as `seal` wrote it, with the same key.
 */
export function unseal(
  bytes: Uint8Array,
  target: BytecodeTarget,
  key: Uint8Array | undefined,
  trusted: boolean,
): Uint8Array {
  // Another thread could change shared memory between the check and its use.
  const own = bytes.buffer instanceof SharedArrayBuffer ? Uint8Array.from(bytes) : bytes
  const envelope = Buffer.from(own.buffer, own.byteOffset, own.byteLength)
  if (isDump(envelope)) return checkDump(envelope, target, trusted)
  checkMagic(envelope)
  checkPrefix(envelope, target, key)
  const payloadAt = FIXED_BYTES + target.bytecodeHeader.length + LENGTH_BYTES
  const tagAt = payloadAt + envelope.readUInt32LE(payloadAt - LENGTH_BYTES)
  const end = tagAt + TAG_BYTES
  if (envelope.length < end) throw refusal('truncated', `${end} bytes`, `${envelope.length}`)
  if (envelope.length > end) throw refusal('trailing', `${end} bytes`, `${envelope.length}`)
  if (!timingSafeEqual(tagOf(envelope.subarray(0, tagAt), key), envelope.subarray(tagAt))) {
    const received = key === undefined ? 'altered contents' : 'altered contents or another key'
    throw refusal('altered', 'contents that match their tag', received)
  }
  return envelope.subarray(payloadAt, tagAt)
}

function checkDump(dump: Buffer, target: BytecodeTarget, trusted: boolean): Uint8Array {
  if (!trusted) throw refusal('raw', 'bytecode made by compile()', 'a plain dump, which only { trusted: true } accepts')
  const header = dump.subarray(0, target.bytecodeHeader.length)
  if (!header.equals(target.bytecodeHeader)) {
    throw refusal('version', 'a dump of this build of Lua', 'one of another version or machine')
  }
  return dump
}

function checkMagic(envelope: Buffer): void {
  const start = envelope.subarray(0, MAGIC.length)
  if (start.length < MAGIC.length && start.equals(MAGIC.subarray(0, start.length))) {
    throw refusal('truncated', 'bytecode', `its first ${start.length} bytes`)
  }
  if (!start.equals(MAGIC)) throw refusal('foreign', 'bytecode made by compile()', 'other bytes')
}

/** Checks all before the payload; at least its length is there afterwards. */
function checkPrefix(envelope: Buffer, target: BytecodeTarget, key: Uint8Array | undefined): void {
  const format = envelope[MAGIC.length]
  if (format !== undefined && format !== FORMAT) throw refusal('format', `format ${FORMAT}`, `format ${format}`)
  const kind = envelope[MAGIC.length + 1]
  if (kind === DIGEST && key !== undefined) throw refusal('unsigned', 'bytecode signed with "bytecodeKey"', 'unsigned')
  if (kind === KEYED && key === undefined) throw refusal('signed', 'bytecode without a signature', 'signed bytecode')
  if (kind !== undefined && kind !== DIGEST && kind !== KEYED) {
    throw refusal('altered', 'a known kind of tag', `${kind}`)
  }
  const expected = prefixOf(target, key === undefined ? DIGEST : KEYED)
  if (!envelope.subarray(0, expected.length).equals(expected.subarray(0, envelope.length))) {
    throw refusal('version', 'bytecode of this build of Lua', 'bytecode of another version or machine')
  }
  if (envelope.length < expected.length + LENGTH_BYTES + TAG_BYTES) {
    throw refusal('truncated', 'whole bytecode', `its first ${envelope.length} bytes`)
  }
}

function refusal(reason: BytecodeRefusal, expected: string, received: string): LuaBytecodeError {
  return new LuaBytecodeError(`Expected ${expected}, received ${received} (${reason})`, reason)
}
