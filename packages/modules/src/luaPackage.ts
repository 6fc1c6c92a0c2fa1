import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, sep } from 'node:path'
import { expectation, invalidArgument, outOfRange } from './argument.ts'
import { existingDirectory } from './directory.ts'

/** The folder of Lua modules in an npm package. */
export interface LuaPackage {
  /** Without links. */
  readonly directory: string
  /** How messages name it: the name of the package and the folder below it. */
  readonly shown: string
}

/** What npm allows as a name; nothing in it is a path. */
const packageName = /^(?:@[\w-][\w.-]*\/)?[\w-][\w.-]*$/

/** Finds a package as Node does from a file, and its folder of Lua modules. */
export function findLuaPackage(name: string, from: unknown): LuaPackage {
  if (!packageName.test(name)) {
    throw outOfRange(`Expected "packageName" to be the name of an npm package, received ${JSON.stringify(name)}`)
  }
  const folder = packageFolder(name, startOf(from))
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const field = typeof manifest === 'object' && manifest !== null && 'lua' in manifest ? manifest.lua : 'lua'
  if (typeof field !== 'string') throw invalidArgument(expectation(`"lua" of package ${name}`, 'a folder', field))
  const directory = existingDirectory(join(folder, field))
  if (directory !== folder && !directory.startsWith(folder + sep)) {
    throw outOfRange(`Expected "lua" of package ${name} to be a folder inside it, received ${JSON.stringify(field)}`)
  }
  return { directory, shown: `${name}/${field.replace(/^\.?\/|\/$/g, '')}` }
}

function startOf(from: unknown): string | URL {
  if (from === undefined) return join(process.cwd(), 'index.js')
  if (typeof from !== 'string' && !(from instanceof URL)) {
    throw invalidArgument(expectation('from', 'a path or file URL', from))
  }
  return from
}

// Not by resolving its package.json: packages with "exports" hide that.
function packageFolder(name: string, from: string | URL): string {
  const paths = createRequire(from).resolve.paths(name) ?? []
  const found = paths.map((path) => join(path, name)).find((path) => existsSync(join(path, 'package.json')))
  if (found !== undefined) return realpathSync.native(found)
  throw Object.assign(new Error(`Cannot find package '${name}' from '${from}'`), { code: 'MODULE_NOT_FOUND' })
}
