import type { ModulePlace, Searcher } from '../searcher.ts'

/** Serves source texts from memory, by name. */
export class SourceSearcher implements Searcher {
  readonly name: string
  readonly #sources: ReadonlyMap<string, string | Uint8Array>

  constructor(name: string, sources: ReadonlyMap<string, string | Uint8Array>) {
    this.name = name
    this.#sources = sources
  }

  names(): Iterable<string> {
    return this.#sources.keys()
  }

  locate(name: string): ModulePlace | string {
    const source = this.#sources.get(name)
    if (source === undefined) return `no module '${name}' in ${this.name}`
    return { origin: `:${this.name}:`, content: { kind: 'source', source, chunkName: `=${name}` } }
  }
}
