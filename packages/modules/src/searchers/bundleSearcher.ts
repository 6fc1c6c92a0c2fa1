import type { BundledEntry, OpenBundle } from '../bundle/bundleContents.ts'
import type { ModuleContent, ModulePlace, Searcher } from '../searcher.ts'

/** Serves the modules of a bundle. */
export class BundleSearcher implements Searcher {
  readonly name: string
  readonly origin: string
  readonly #bundle: OpenBundle
  readonly #entries: ReadonlyMap<string, BundledEntry>

  constructor(name: string, bundle: OpenBundle) {
    this.name = name
    this.origin = `:${name}:`
    this.#bundle = bundle
    this.#entries = new Map(bundle.index.modules.map((entry) => [entry.name, entry]))
  }

  names(): Iterable<string> {
    return this.#entries.keys()
  }

  locate(name: string): ModulePlace | string {
    const entry = this.#entries.get(name)
    if (entry === undefined) return `no module '${name}' in ${this.name}`
    return { origin: this.origin, content: this.#contentOf(entry) }
  }

  #contentOf(entry: BundledEntry): ModuleContent {
    const content = this.#bundle.contentOf(entry)
    const { chunkName } = entry
    if (this.#bundle.kind === 'source') return { kind: 'source', source: content, chunkName }
    // Checked with the whole bundle, of which nobody else has this copy.
    return { kind: 'bytecode', bytecode: content, chunkName, trusted: true }
  }
}
