import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { ModuleContent } from './searcher.ts'
import { asText, compilable, isBytecode } from './sourceText.ts'

// A named pipe must not make a script wait, nor a link that came since the check be followed. Windows has neither.
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0) | (constants.O_NOCTTY ?? 0)

/** Errors that mean that there is no such file. */
const absent = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EINVAL'])

/** Whether a file-system error says that nothing is there; others are told. */
export function isAbsent(error: unknown): boolean {
  return absent.has(codeOf(error))
}

/** The code of a file-system error; throws what is none. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  throw error
}

/** Reads a file as a module, text only; or says in a word why it cannot be one: `''` when there is none. */
export function readModuleFile(path: string, shown: string, maxBytes: number): ModuleContent | string {
  let descriptor: number
  try {
    descriptor = openSync(path, flags)
  } catch (error) {
    return isAbsent(error) ? '' : codeOf(error)
  }
  try {
    const content = readWhole(descriptor, maxBytes)
    if (content === undefined) return 'not a file'
    if (content.length > maxBytes) return { kind: 'refused', reason: `the file is larger than ${maxBytes} bytes` }
    if (isBytecode(content)) return { kind: 'refused', reason: 'the file is binary, only text is loaded from here' }
    return { kind: 'source', source: asText(compilable(content)), chunkName: `@${shown}` }
  } finally {
    closeSync(descriptor)
  }
}

/** Where small files are read: what is kept of them is copied. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * The bytes of a file, one too many where there are more than `maxBytes`; `undefined` for what is no file. Most files
 * fit into one read, which also shows that they are files: of a pipe nothing comes, and a directory cannot be read.
 */
function readWhole(descriptor: number, maxBytes: number): Buffer | undefined {
  let length: number
  try {
    length = readSync(descriptor, scratch, 0, scratch.length, null)
  } catch (error) {
    if (codeOf(error) === 'EISDIR' || codeOf(error) === 'EAGAIN') return undefined
    throw error
  }
  if (length > 0 && length < scratch.length) return Buffer.from(scratch.subarray(0, Math.min(length, maxBytes + 1)))
  const stats = fstatSync(descriptor)
  if (!stats.isFile()) return undefined
  const whole = Buffer.allocUnsafe(Math.min(Math.max(stats.size, length), maxBytes) + 1)
  scratch.copy(whole, 0, 0, Math.min(length, whole.length))
  while (length < whole.length) {
    const read = readSync(descriptor, whole, length, whole.length - length, null)
    if (read === 0) return whole.subarray(0, length)
    length += read
  }
  return whole
}
