import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import type { ModuleContent } from './searcher.ts'
import { compilable, isBytecode } from './sourceText.ts'

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

/** A file that is open, and its size. */
export interface OpenFile {
  readonly descriptor: number
  readonly bytes: number
}

/** Opens a file for reading, or says in a word why it cannot be one of a module. */
export function openModuleFile(path: string): OpenFile | string {
  let descriptor: number
  try {
    descriptor = openSync(path, flags)
  } catch (error) {
    const code = codeOf(error)
    return isAbsent(error) ? '' : code
  }
  const { size, isFile } = statOf(descriptor)
  if (isFile) return { descriptor, bytes: size }
  closeSync(descriptor)
  return 'not a file'
}

function statOf(descriptor: number): { size: number; isFile: boolean } {
  try {
    const stats = fstatSync(descriptor)
    return { size: stats.size, isFile: stats.isFile() }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** Reads an open file as a module, text only, and closes it. `shown` is its name in messages. */
export function readModuleFile({ descriptor, bytes }: OpenFile, shown: string, maxBytes: number): ModuleContent {
  try {
    const buffer = Buffer.allocUnsafe(Math.min(bytes, maxBytes) + 1)
    let length = 0
    for (;;) {
      const read = readSync(descriptor, buffer, length, buffer.length - length, null)
      length += read
      if (length > maxBytes) return { kind: 'refused', reason: `the file is larger than ${maxBytes} bytes` }
      if (read === 0 || length > bytes) break
    }
    const content = buffer.subarray(0, length)
    if (isBytecode(content)) return { kind: 'refused', reason: 'the file is binary, only text is loaded from here' }
    return { kind: 'source', source: compilable(content), chunkName: `@${shown}` }
  } finally {
    closeSync(descriptor)
  }
}
