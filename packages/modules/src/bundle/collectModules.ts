import { checkSource, expectation, invalidArgument, outOfRange } from '../argument.ts'
import { defaultTemplates, directoryPath, existingDirectory } from '../directory.ts'
import type { ModuleHost } from '../moduleHost.ts'
import type { Searcher } from '../searcher.ts'
import { RootSearcher } from '../searchers/rootSearcher.ts'
import { SourceSearcher } from '../searchers/sourceSearcher.ts'
import { compilable } from '../sourceText.ts'
import type { BundledSource } from './bundleContents.ts'
import { ScanError } from './luaLexer.ts'
import { findRequireCalls, type RequireCall } from './requireCalls.ts'

/**
 * A call of `require` whose text does not say the name.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { type DynamicRequire, moduleActions } from '@lua-native/modules'
 *
 * using lua = createRuntime().extend(moduleActions())
 * const { dynamic } = lua.bundleModules('main', [{ main: 'local name = ...\nreturn require(name)' }])
 * const calls: readonly DynamicRequire[] = dynamic
 * calls // => [{ module: 'main', line: 2 }]
 */
export interface DynamicRequire {
  readonly module: string
  readonly line: number
}

interface Collected {
  readonly modules: readonly BundledSource[]
  readonly external: readonly string[]
  readonly dynamic: readonly DynamicRequire[]
}

/** Names that every Lua may have loaded. */
const libraries = ['_G', 'coroutine', 'debug', 'io', 'math', 'os', 'package', 'string', 'table', 'utf8']

/** A module that has to be looked for, and why. */
interface Wanted {
  readonly name: string
  /** Who asks, for the message when it is not there. */
  readonly by: string
  readonly optional: boolean
}

/** Finds a module and all that it requires, directly or not, in the order in which they are met. */
export function collectModules(
  host: ModuleHost,
  entry: string,
  roots: readonly unknown[],
  { include, external: leftOut }: { readonly include: readonly string[]; readonly external: readonly string[] },
): Collected {
  const searchers = roots.map((root, index) => searcherOf(host, root, index))
  const modules = new Map<string, BundledSource>()
  const external = new Set<string>()
  const dynamic: DynamicRequire[] = []
  const waiting: Wanted[] = [entry, ...include].map((name) => ({ name, by: '', optional: false }))
  for (let wanted = waiting.shift(); wanted !== undefined; wanted = waiting.shift()) {
    const { name } = wanted
    if (modules.has(name)) continue
    const found =
      name !== entry && (libraries.includes(name) || leftOut.includes(name)) ? undefined : find(searchers, wanted)
    if (found === undefined) {
      external.add(name)
      continue
    }
    const calls = scan(host, name, found)
    const requires = new Set(calls.flatMap((call) => call.name ?? []))
    modules.set(name, { name, chunkName: found.chunkName, content: found.source, requires: [...requires] })
    for (const call of calls) {
      if (call.name === undefined) dynamic.push({ module: name, line: call.line })
      else
        waiting.push({ name: call.name, by: `, required by '${name}' in line ${call.line}`, optional: call.optional })
    }
  }
  return { modules: [...modules.values()], external: [...external], dynamic }
}

interface Text {
  readonly source: Uint8Array
  readonly chunkName: string
}

/** The source of a module; `undefined` when it may be missing and is. */
function find(searchers: readonly Searcher[], { name, by, optional }: Wanted): Text | undefined {
  let tried = ''
  for (const searcher of searchers) {
    const place = searcher.locate(name)
    if (typeof place === 'string') {
      tried += `\n\t${place}`
      continue
    }
    const { content } = place
    if ('kind' in content && content.kind === 'source') {
      const bytes = typeof content.source === 'string' ? Buffer.from(content.source) : content.source
      return { source: compilable(bytes), chunkName: content.chunkName }
    }
    const reason = 'kind' in content && content.kind === 'refused' ? content.reason : 'it is no source text'
    throw outOfRange(`Expected module '${name}'${by} to be source text, but in '${place.origin}' ${reason}`)
  }
  if (optional) return undefined
  throw outOfRange(`Expected the roots to have module '${name}'${by}, tried:${tried}`)
}

/** The calls in a source that compiles; the compiler says what is wrong with one that does not. */
function scan(host: ModuleHost, name: string, { source, chunkName }: Text): RequireCall[] {
  host.runtime.compile(source, { chunkName })
  try {
    return findRequireCalls(source)
  } catch (error) {
    if (!(error instanceof ScanError)) throw error
    throw outOfRange(
      `Expected module '${name}' in Lua that can be searched for "require", line ${error.line}: ${error.message}`,
    )
  }
}

function searcherOf(host: ModuleHost, root: unknown, index: number): Searcher {
  if (typeof root === 'string' || root instanceof URL) {
    const path = directoryPath(root)
    return new RootSearcher({
      name: `root '${path}'`,
      directory: existingDirectory(path),
      // The bundle goes to other machines: it does not say where it was made.
      shown: '',
      templates: defaultTemplates,
      maxFileBytes: host.settings.maxFileBytes,
    })
  }
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    throw invalidArgument(expectation(`roots[${index}]`, 'a directory or an object of names and sources', root))
  }
  const sources = new Map<string, string | Uint8Array>(Object.entries(root))
  for (const [name, source] of sources) checkSource(`roots[${index}].${name}`, source)
  return new SourceSearcher(`roots[${index}]`, sources)
}
