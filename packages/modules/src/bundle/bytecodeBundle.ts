import { createHash } from 'node:crypto'
import { LuaBytecodeError, type Runtime } from '@lua-native/runtime'
import { textOf } from '../luaSide.ts'
import { type BundledEntry, type BundledSource, type OpenBundle, parseIndex } from './bundleContents.ts'
import { longBracket } from './luaLiteral.ts'

/*
 * A bytecode bundle, numbers little endian:
 *
 *   magic (8) | length of the manifest (4) | manifest | contents, one behind the other
 *
 * The manifest is an envelope of bytecode, as `compile` makes it: a chunk that returns the index as JSON, with a digest
 * of all contents, which are plain dumps. Under a `bytecodeKey`, nobody without it can change a byte of the bundle, nor
 * put one module in the place of another; and the dumps are hashed once, not each by itself.
 */

// Like the magic of a single envelope, with another letter.
const MAGIC = Buffer.from([0x89, 0x4c, 0x75, 0x61, 0x42, 0x0d, 0x0a, 0x1a])
const LENGTH_BYTES = 4

const digestOf = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Writes a bytecode bundle of contents that are plain dumps. */
export function writeBytecodeBundle(runtime: Runtime, entry: string, modules: readonly BundledSource[]): Buffer {
  let start = 0
  const entries = modules.map(({ name, chunkName, content, requires }): BundledEntry => {
    const placed = { name, chunkName, start, bytes: content.length, requires }
    start += content.length
    return placed
  })
  const contents = Buffer.concat(modules.map(({ content }) => content))
  const json = Buffer.from(JSON.stringify({ entry, modules: entries, digest: digestOf(contents) }))
  const { open, close } = longBracket(json)
  const manifest = runtime.compile(`return ${open}${json}${close}`, { chunkName: '=bundle', strip: true })
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(manifest.length)
  return Buffer.concat([MAGIC, length, manifest, contents])
}

/** Whether bytes begin as a bytecode bundle does. */
export function isBytecodeBundle(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).equals(MAGIC)
}

/**
 * Reads a bytecode bundle; `undefined` when it is cut short or none.
 *
 * @throws {LuaBytecodeError} LUA_BYTECODE when the runtime refuses its manifest, or the contents are not those of it.
 */
export function readBytecodeBundle(runtime: Runtime, bytes: Buffer): OpenBundle | undefined {
  const manifestAt = MAGIC.length + LENGTH_BYTES
  if (bytes.length < manifestAt) return undefined
  const contentAt = manifestAt + bytes.readUInt32LE(MAGIC.length)
  if (bytes.length < contentAt) return undefined
  const json: unknown = runtime.load(bytes.subarray(manifestAt, contentAt), { results: 'first' })
  const content = bytes.subarray(contentAt)
  const index = parseIndex(textOf(json), content.length)
  if (index === undefined) return undefined
  if (digestOf(content) !== index.digest) {
    throw new LuaBytecodeError('Expected contents that match the manifest of the bundle, received others', 'altered')
  }
  return { index, kind: 'bytecode', contentOf: ({ start, bytes: size }) => content.subarray(start, start + size) }
}
