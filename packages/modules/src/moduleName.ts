/** Longest name that `require` looks for, in bytes. */
export const LONGEST_NAME = 1024

/** What separates the parts of a name: dots, as in Lua, and slashes. */
const separators = /[./]/
// Control characters, unassigned and ill-formed ones, those that file systems leave out when they compare names, and
// those that mean something in a path of any platform.
const refused = /[\p{Cc}\p{Cs}\p{Cn}\p{Default_Ignorable_Code_Point}\uFFFD\\:*?"<>|]/u
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)$/i

/** Names of which nothing has to be looked at: nearly all. */
const plain = /^\w+(?:[./]\w+)*$/

/** A name that files can have, as the path below a folder, with slashes; or why it is none. */
export type ModulePath = { readonly path: string } | { readonly problem: string }

/**
 * Turns the name of a module into a relative path that stays below the folder it is appended to, on every platform.
 * Names that a file system could take for others (by Unicode normalisation, by leaving characters out) are refused.
 */
export function modulePath(name: string): ModulePath {
  if (plain.test(name) && process.platform !== 'win32') return { path: name.replaceAll('.', '/') }
  const parts = name.split(separators)
  for (const part of parts) {
    const problem = problemOf(part)
    if (problem !== undefined) return { problem }
  }
  return { path: parts.join('/') }
}

function problemOf(part: string): string | undefined {
  if (part === '') return 'the name has an empty part'
  if (refused.test(part)) return 'the name has a character that no file of a module may have'
  if (part !== part.trim()) return 'a part of the name begins or ends with a space'
  if (part !== part.normalize('NFC') || /[./\\:]/.test(part.normalize('NFKC'))) {
    return 'the name changes under Unicode normalisation'
  }
  if (process.platform === 'win32' && (devices.test(part) || /~\d/.test(part))) return 'the name is reserved by Windows'
  return undefined
}
