import path from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../packages', import.meta.url))

/** Lets vitest run every package from its sources: no build between an edit and its test. */
export const sourceAliases: { find: RegExp; replacement: string }[] = [
  { find: /^@lua-native\/([\w-]+)$/, replacement: path.join(packages, '$1', 'src', 'index.ts') },
]
