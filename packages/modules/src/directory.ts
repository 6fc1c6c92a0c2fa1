import { realpathSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expectation, invalidArgument, outOfRange } from './argument.ts'

/** Where modules are files, in Lua's own order. */
export const defaultTemplates: readonly string[] = ['?.lua', '?/init.lua']

/** A path that is a string or a file URL. */
export function directoryPath(directory: unknown): string {
  if (directory instanceof URL) return fileURLToPath(directory)
  if (typeof directory !== 'string') throw invalidArgument(expectation('directory', 'a string or file URL', directory))
  if (directory === '') throw outOfRange('Expected "directory" not to be empty')
  return directory
}

/** The real path of a directory; Node's own error when there is none. */
export function existingDirectory(path: string): string {
  const real = realpathSync.native(path)
  if (!statSync(real).isDirectory()) throw outOfRange(`Expected "directory" to be one, received the file "${path}"`)
  return real
}

/** A number of bytes. */
export function fileLimit(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  const expected = 'a positive integer'
  if (typeof value !== 'number') throw invalidArgument(expectation(name, expected, value))
  if (!Number.isSafeInteger(value) || value <= 0) throw outOfRange(expectation(name, expected, value))
  return value
}

/** How scripts see a directory. */
export function readShown(value: unknown, path: string): string {
  if (value === undefined) return path.length > 1 ? path.replace(/[/\\]+$/, '') : path
  if (typeof value !== 'string') throw invalidArgument(expectation('shown', 'a string', value))
  if (value.includes('\0')) throw outOfRange('Expected "shown" to be without zero bytes, received one with them')
  return value
}

/** Where modules are files below a directory. */
export function readTemplates(value: unknown): readonly string[] {
  if (value === undefined) return defaultTemplates
  const templates: unknown = Array.isArray(value) ? Array.from<unknown>(value) : value
  if (!Array.isArray(templates) || templates.length === 0 || !templates.every((each) => typeof each === 'string')) {
    throw invalidArgument(expectation('templates', 'an array of strings', value))
  }
  for (const template of templates as string[]) {
    const parts = template.split(/[/\\]/)
    if (!template.includes('?') || template.includes('\0') || parts.some((part) => part === '' || part === '..')) {
      throw outOfRange(
        `Expected "templates" to be relative paths with a "?", without "..", received ${JSON.stringify(template)}`,
      )
    }
  }
  return templates as string[]
}
