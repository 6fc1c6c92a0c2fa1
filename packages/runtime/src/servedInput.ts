import {
  invalidArgument,
  type LuaMulti,
  multi,
  type NativeReference,
  type NativeState,
  unwrapReference,
} from '@lua-native/core-native'
import { describe } from './argument.ts'
import { runPrivate } from './privateChunk.ts'
import { ScriptFailure } from './scriptFailure.ts'
import { compilable } from './scriptFile.ts'
import type { FileReader, ReadHandler } from './standardStreams.ts'

/** Sets `dofile` and `loadfile`; `read` gives source and chunk name, nil and a message, or
 * nothing when there is no path. */
const loaderSource = `
local load, error, read = ...
function loadfile(path, mode, ...)
  local source, name = read(path, mode)
  if not name then error("a filename is required while the host serves files", 2) end
  if not source then return nil, name end
  return load(source, name, "t", ...)
end
function dofile(path)
  local source, name = read(path)
  if not name then error("a filename is required while the host serves files", 2) end
  if not source then error(name, 0) end
  local chunk, message = load(source, name, "t")
  if not chunk then error(message, 0) end
  return chunk()
end`

/** First byte of every binary chunk. */
const BINARY = 0x1b

/** How `io.read` is served now. */
interface Installed {
  /** Stands for the table `io`. */
  readonly io: object
  readonly table: NativeReference
  readonly read: (...formats: unknown[]) => LuaMulti
  /** What was there before. */
  readonly original: unknown
  /** Whether there was no `io` before. */
  readonly made: boolean
}

/** Serves `io.read`, `dofile` and `loadfile` of one state from the host. */
export class ServedInput {
  readonly #native: NativeState
  readonly #failure: ScriptFailure
  /** Lua's own `load` and `error`, taken before any script can replace them. */
  readonly #base: readonly unknown[] | undefined
  #installed: Installed | undefined

  constructor(native: NativeState) {
    this.#native = native
    this.#failure = new ScriptFailure(native)
    const base = [native.getGlobal('load'), native.getGlobal('error')]
    if (base.every((fn) => typeof fn === 'function')) this.#base = base
  }

  /** Serves `io.read`, or stops to. Returns whether it could. */
  setRead(handler: ReadHandler | null): boolean {
    this.#restoreRead()
    if (handler === null) return true
    const found = this.#findIo()
    if (found === 'no table') return false
    const io = found ?? this.#native.createTable(undefined)
    const table = unwrapReference(io)
    if (table === undefined) throw new Error('Expected a table to have a reference')
    // Lua holds this function: it must not lead to the state.
    const failure = this.#failure
    const read = (...formats: unknown[]): LuaMulti => readAll(handler, formats, failure)
    const original = table.get('read', true)
    table.set('read', read, true)
    if (found === undefined) this.#native.setGlobal('io', io)
    this.#installed = { io, table, read, original, made: found === undefined }
    return true
  }

  /** Serves `dofile` and `loadfile`, or takes both away. */
  setFileReader(reader: FileReader | null): void {
    if (reader === null) {
      this.#native.setGlobal('dofile', undefined)
      this.#native.setGlobal('loadfile', undefined)
      return
    }
    if (this.#base === undefined) {
      throw invalidArgument('Expected a runtime with the library "base" for setFileReader, received one without')
    }
    const failure = this.#failure
    const read = (path: unknown, mode: unknown): LuaMulti => readFile(reader, failure, path, mode)
    runPrivate(this.#native, loaderSource, [...this.#base, read])
  }

  #restoreRead(): void {
    const installed = this.#installed
    if (installed === undefined) return
    this.#installed = undefined
    const { io, table, read, original, made } = installed
    if (made) {
      if (this.#findIo() === io) this.#native.setGlobal('io', undefined)
    } else if (table.get('read', true) === read) {
      table.set('read', original, true)
    }
  }

  #findIo(): object | 'no table' | undefined {
    try {
      return this.#native.getReference('io')
    } catch (error) {
      if (error instanceof TypeError) return 'no table'
      throw error
    }
  }
}

/** A string of Lua's, which comes as bytes under `binaryStrings`. */
function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)
}

/** Implements `io.read`: values up to the first end of the input, which is nil. */
function readAll(handler: ReadHandler, formats: readonly unknown[], failure: ScriptFailure): LuaMulti {
  const asked = formats.length === 0 ? ['l'] : formats.map((format, index) => formatOf(format, index, failure))
  const values: unknown[] = []
  for (const format of asked) {
    const value = readOne(handler(format), format, failure)
    values.push(value)
    if (value === undefined) break
  }
  return multi(...values)
}

function formatOf(format: unknown, index: number, failure: ScriptFailure): string | number {
  if (typeof format === 'number' && Number.isSafeInteger(format) && format >= 0) return format
  // As in Lua: a star in front and what comes behind the letter are of no meaning.
  const letter = typeof format === 'string' || format instanceof Uint8Array ? textOf(format).replace(/^\*/, '')[0] : ''
  if (letter === 'l' || letter === 'L' || letter === 'a' || letter === 'n') return letter
  throw failure.because(`bad argument #${index + 1} to 'read' (invalid format)`)
}

function readOne(given: unknown, format: string | number, failure: ScriptFailure): unknown {
  if (given === undefined || given === null || typeof given === 'boolean') return undefined
  if (typeof given !== 'string' && typeof given !== 'number' && !(given instanceof Uint8Array)) {
    throw failure.because(`Expected the read handler to return text, bytes or a number, received ${describe(given)}`)
  }
  if (format !== 'n') return typeof given === 'number' ? String(given) : given
  if (typeof given === 'number') return given
  const text = textOf(given).trim()
  const number = Number(text)
  return text === '' || Number.isNaN(number) ? undefined : number
}

/** Asks the host for a file: gives its source and chunk name, or nil and what is wrong. */
function readFile(reader: FileReader, failure: ScriptFailure, path: unknown, mode: unknown): LuaMulti {
  if (typeof path !== 'string' && typeof path !== 'number' && !(path instanceof Uint8Array)) return multi()
  const name = textOf(path)
  const given: unknown = reader(name)
  if (given === undefined || given === null || typeof given === 'boolean')
    return multi(undefined, `cannot open ${name}`)
  if (typeof given !== 'string' && !(given instanceof Uint8Array)) {
    throw failure.because(`Expected the file reader to return text or bytes, received ${describe(given)}`)
  }
  const source = compilable(typeof given === 'string' ? Buffer.from(given) : given)
  const isBinary = source[0] === BINARY
  if (isBinary) return multi(undefined, `${name}: attempt to load a binary chunk (mode is 't')`)
  if (mode !== undefined && mode !== null && !textOf(mode).includes('t')) {
    return multi(undefined, `${name}: attempt to load a text chunk (mode is '${textOf(mode)}')`)
  }
  // Text as text: only bytes that the reader gave are an object, which converters see.
  return multi(typeof given === 'string' ? Buffer.from(source).toString() : source, `@${name}`)
}
