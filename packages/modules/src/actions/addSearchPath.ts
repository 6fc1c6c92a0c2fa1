import { resolve, sep } from 'node:path'
import type { Runtime } from '@lua-native/runtime'
import { invalidArgument, outOfRange, textArgument } from '../argument.ts'
import { hostOf } from '../host.ts'
import { RootSearcher } from '../searchers/rootSearcher.ts'

/**
 * Lets `require` search files by a pattern of Lua's, such as `./lua_modules/?.lua` or `./?/init.lua`; several are
 * separated by semicolons. Relative ones are below the working directory at the time of this call. With the library
 * package it goes to the end of `package.path`, and Lua itself reads the files. Without, files are read as by `addRoot`:
 * text only, up to the size limit, from below the directory in front of the first `?`.
 *
 * @throws {RangeError} LUA_OUT_OF_RANGE for a pattern without `?`.
 * @throws {TypeError} LUA_INVALID_ARGUMENT for what is no string, and when the runtime has the filesystem denied.
 *
 * @example
 * import { mkdtempSync, writeFileSync } from 'node:fs'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions } from '@lua-native/modules'
 *
 * const folder = mkdtempSync(join(tmpdir(), 'path-'))
 * writeFileSync(join(folder, 'answer.lua'), 'return 42')
 * using lua = createRuntime().extend(moduleActions())
 * lua.addSearchPath(`${folder}/?.lua`)
 * lua.executeScript('return require("answer")', { results: 'first' }) // => 42
 */
export function addSearchPath(runtime: Runtime, pattern: string): void {
  const templates = textArgument('pattern', pattern).split(';')
  for (const template of templates) {
    if (!template.includes('?') || template.includes('\0')) {
      throw outOfRange(
        `Expected "pattern" to have a "?" for the name of the module, received ${JSON.stringify(template)}`,
      )
    }
  }
  if (runtime.info().filesystem === 'deny') {
    throw invalidArgument('Expected a runtime with filesystem access for addSearchPath, received one that denies it')
  }
  const host = hostOf(runtime)
  const directory = process.cwd()
  if (host.plugged) {
    if (/[?;]/.test(directory)) {
      throw outOfRange(`Expected a working directory without "?" and ";", received ${JSON.stringify(directory)}`)
    }
    host.addPath(templates.map((template) => resolve(directory, template)).join(';'))
    return
  }
  for (const given of templates) {
    const template = sep === '/' ? given : given.replaceAll(sep, '/')
    // The directory in front of the first "?"; the rest is the template.
    const slash = template.lastIndexOf('/', template.indexOf('?'))
    const folder = template.slice(0, slash + 1)
    host.addSearcher(
      new RootSearcher({
        name: `search path '${template}'`,
        directory: resolve(directory, folder),
        shown: folder === '/' ? folder : folder.slice(0, -1),
        templates: [template.slice(slash + 1)],
        maxFileBytes: host.settings.maxFileBytes,
      }),
      0,
    )
  }
}
