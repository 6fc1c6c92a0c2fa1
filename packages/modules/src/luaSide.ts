import type { Runtime } from '@lua-native/runtime'
import { LONGEST_NAME } from './moduleName.ts'
import { requireSource } from './requireSource.ts'

/** A Lua function that stands in the list of searchers. */
export type LuaSearcher = (name: string) => unknown

/** What `requireSource` returns, in that order. */
type LuaFunctions = [
  makeSearcher: (find: (name: unknown) => unknown, origin: string | undefined) => LuaSearcher,
  insertSearcher: (searcher: LuaSearcher, position: number) => void,
  removeSearcher: (searcher: LuaSearcher) => void,
  eachSearcher: (report: (searcher: unknown) => void) => void,
  eachLoaded: (report: (name: unknown, origin: unknown) => void) => void,
  stateOf: (name: string) => unknown,
  unload: (name: string) => boolean,
  reload: (name: string) => void,
  setPreload: (name: string, loader: unknown) => void,
  hasPreload: (name: string) => boolean,
  eachPreload: (report: (name: unknown) => void) => void,
  appendPath: (templates: string) => void,
  makeRegisteredSearcher: (find: (name: unknown) => unknown, origin: string | undefined) => LuaSearcher,
  setRegistered: (name: string) => void,
  splitsText: boolean,
  freeze: (table: object, name: string) => object,
]

/** The functions of one Lua state that `require` and the host share. */
export interface LuaSide {
  readonly makeSearcher: LuaFunctions[0]
  readonly insertSearcher: LuaFunctions[1]
  readonly removeSearcher: LuaFunctions[2]
  readonly eachSearcher: LuaFunctions[3]
  readonly eachLoaded: LuaFunctions[4]
  readonly stateOf: LuaFunctions[5]
  readonly unload: LuaFunctions[6]
  readonly reload: LuaFunctions[7]
  readonly setPreload: LuaFunctions[8]
  readonly hasPreload: LuaFunctions[9]
  readonly eachPreload: LuaFunctions[10]
  readonly appendPath: LuaFunctions[11]
  readonly makeRegisteredSearcher: LuaFunctions[12]
  readonly setRegistered: LuaFunctions[13]
  /** Whether a searcher may answer with the path and text of a file in one string. */
  readonly splitsText: LuaFunctions[14]
  /** Gives a read-only table with what a table holds now. */
  readonly freeze: LuaFunctions[15]
}

/** Puts `require` into a runtime. Compiled without debug information: errors show the script's lines only. */
export function installRequire(runtime: Runtime, plugged: boolean): LuaSide {
  const dump = runtime.compile(requireSource, { chunkName: '=require', strip: true, raw: true })
  const functions = runtime.load<LuaFunctions>(dump, { args: [plugged, LONGEST_NAME], results: 'all', trusted: true })
  const [makeSearcher, insertSearcher, removeSearcher, eachSearcher, eachLoaded, stateOf, unload, ...more] = functions
  const [reload, setPreload, hasPreload, eachPreload, appendPath, ...registering] = more
  const [makeRegisteredSearcher, setRegistered, splitsText, freeze] = registering
  return {
    makeSearcher,
    insertSearcher,
    removeSearcher,
    eachSearcher,
    eachLoaded,
    stateOf,
    unload,
    reload,
    setPreload,
    hasPreload,
    eachPreload,
    appendPath,
    makeRegisteredSearcher,
    setRegistered,
    splitsText,
    freeze,
  }
}

/** A Lua string, which comes as bytes under `binaryStrings`. */
export function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : String(value)
}
