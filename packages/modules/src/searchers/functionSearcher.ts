import { tableOf } from '@lua-native/runtime'
import { describe } from '../argument.ts'
import type { ModuleHost } from '../moduleHost.ts'
import { makeModule } from '../moduleTable.ts'
import type { ModuleContent, ModulePlace, Searcher } from '../searcher.ts'
import { isBytecode } from '../sourceText.ts'

/**
 * What a searcher of the host's may answer. A string is source text. Bytes are bytecode made by `compile`, or source
 * text. An object or function is the module itself, as with `registerModule`. `undefined` and `null`: not found.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type SearchResult } from '@lua-native/modules'
 *
 * const answers: Record<string, SearchResult> = { one: 'return 1', two: { value: 2 } }
 * using lua = createRuntime().extend(moduleActions())
 * lua.addSearcher((name) => answers[name])
 * lua.executeScript('return require("one") + require("two").value') // => 3
 */
export type SearchResult = string | Uint8Array | object | null | undefined

/** A searcher of the host's; gets the name that a script asked for. */
export type SearchFunction = (name: string) => SearchResult | PromiseLike<SearchResult>

/** Asks a function of the host's. */
export class FunctionSearcher implements Searcher {
  readonly name: string
  readonly #host: WeakRef<ModuleHost>
  readonly #find: SearchFunction

  constructor(host: ModuleHost, name: string, find: SearchFunction) {
    this.name = name
    this.#host = new WeakRef(host)
    this.#find = find
  }

  locate(name: string): ModulePlace | string {
    const found = this.#find(name)
    if (found === undefined || found === null) return this.#missing(name)
    const origin = `:${this.name}:`
    if (!isPromise(found)) return { origin, content: this.#contentOf(name, found) }
    return { origin, content: found.then((settled) => this.#contentOf(name, settled)) }
  }

  #missing(name: string): string {
    return `no module '${name}' from searcher '${this.name}'`
  }

  #contentOf(name: string, found: SearchResult): ModuleContent {
    if (found === undefined || found === null) return { kind: 'missing', tried: this.#missing(name) }
    if (typeof found === 'string') return { kind: 'source', source: found, chunkName: `=${name}` }
    if (found instanceof Uint8Array) {
      if (isBytecode(found)) return { kind: 'bytecode', bytecode: found }
      return { kind: 'source', source: found, chunkName: `=${name}` }
    }
    const host = this.#host.deref()
    if (host === undefined || (typeof found !== 'object' && typeof found !== 'function') || Array.isArray(found)) {
      const expected = 'source text, bytes, an object, a function or nothing'
      return { kind: 'refused', reason: `Expected the searcher to return ${expected}, received ${describe(found)}` }
    }
    return { kind: 'value', value: tableOf(found) ?? makeModule(host, name, found) }
  }
}

function isPromise(value: object | string): value is PromiseLike<SearchResult> {
  return (
    typeof value === 'object' && 'then' in value && typeof value.then === 'function' && tableOf(value) === undefined
  )
}
