/** What a searcher has for a name: source text, bytecode made by `compile`, or the module itself. */
export type ModuleContent =
  | { readonly kind: 'source'; readonly source: string | Uint8Array; readonly chunkName: string }
  | {
      readonly kind: 'bytecode'
      readonly bytecode: Uint8Array
      readonly chunkName?: string
      readonly trusted?: boolean
    }
  | { readonly kind: 'value'; readonly value: unknown }
  /** There is something, but it cannot be a module. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** There is nothing after all; what was tried, in Lua's words. */
  | { readonly kind: 'missing'; readonly tried: string }

/** Where a module was found. */
export interface ModulePlace {
  /** The loader data: what `require` returns second and the module gets second. A file's path where there is one. */
  readonly origin: string
  /** The file, as messages name it. */
  readonly file?: string
  /** The module; a promise only from functions of the host's. */
  readonly content: ModuleContent | PromiseLike<ModuleContent>
}

/** Looks for modules. Each stands in one place of the order of searchers. */
export interface Searcher {
  /** Names the searcher in messages and in what `resolveModule` returns. */
  readonly name: string
  /** The loader data, where all modules of the searcher have the same. */
  readonly origin?: string
  /** Where the module is, or, in Lua's words, what was tried: a line, or several of them. */
  locate(name: string): ModulePlace | string
  /** Names of the modules that it knows to have, for `listModules`. */
  names?(): Iterable<string>
}
