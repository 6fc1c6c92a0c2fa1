/** Every way to serve modules that are Lua, for suites that run over all of them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRuntime, type Runtime } from '@lua-native/runtime'
import { type ModuleMethods, moduleActions } from '../src/index.ts'

type Lua = Runtime & ModuleMethods

/** One way to serve a set of modules, given by name. */
export interface Server {
  /** Whether it takes text as it is; otherwise what does not compile is told when it is made. */
  readonly text: boolean
  /** Whether it serves them after a reset too. */
  readonly lasting: boolean
  /** Whether modules are files, which the loader data names. */
  readonly files: boolean
  serve(lua: Lua, modules: Readonly<Record<string, string>>): void
}

const folders: string[] = []
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lua-modules-'))
  folders.push(folder)
  return folder
}

/** Writes modules as files; those whose name ends in `.init` as `init.lua`. */
export function writeModules(folder: string, modules: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, source] of Object.entries(modules)) {
    const file = join(folder, `${name.replaceAll('.', '/')}.lua`)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, source)
  }
}

function written(modules: Readonly<Record<string, string>>, ...below: string[]): string {
  const folder = temporaryFolder()
  writeModules(join(folder, ...below), modules)
  return folder
}

/** In memory a folder's own module has the folder's name. */
function named(modules: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(modules).map(([name, source]) => [name.replace(/\.init$/, ''), source]))
}

/** Makes a bundle of modules that nothing requires, through an entry that names them all. */
function bundleOf(modules: Readonly<Record<string, string>>, format: 'source' | 'bytecode'): Buffer {
  using maker = createRuntime().extend(moduleActions())
  const sources = named(modules)
  const entry = Object.keys(sources)
    .map((name) => `require(${JSON.stringify(name)})`)
    .join(' ')
  return maker.bundleModules('conformance entry', [{ ...sources, 'conformance entry': entry }], { format }).code
}

function compiled(source: string, name: string): Buffer {
  using maker = createRuntime()
  return maker.compile(source, { chunkName: `=${name}` })
}

/** All of them. */
export const servers: Readonly<Record<string, Server>> = {
  'a root': { text: true, lasting: true, files: true, serve: (lua, modules) => void lua.addRoot(written(modules)) },
  'a search path': {
    text: true,
    lasting: true,
    files: true,
    serve: (lua, modules) => {
      const folder = written(modules)
      lua.addSearchPath(`${folder}/?.lua;${folder}/?/init.lua`)
    },
  },
  'sources in memory': {
    text: true,
    lasting: true,
    files: false,
    serve: (lua, modules) => void lua.addSources(named(modules)),
  },
  'registered sources': {
    text: true,
    lasting: true,
    files: false,
    serve: (lua, modules) => {
      for (const [name, source] of Object.entries(named(modules))) lua.registerSource(name, source)
    },
  },
  'a searcher with text': {
    text: true,
    lasting: true,
    files: false,
    serve: (lua, modules) => void lua.addSearcher((name) => named(modules)[name]),
  },
  'a searcher with bytes': {
    text: true,
    lasting: true,
    files: false,
    serve: (lua, modules) => {
      const sources = named(modules)
      lua.addSearcher((name) => (sources[name] === undefined ? null : Buffer.from(sources[name])))
    },
  },
  'a searcher with bytecode': {
    text: false,
    lasting: true,
    files: false,
    serve: (lua, modules) => {
      const chunks = Object.entries(named(modules)).map(([name, source]) => [name, compiled(source, name)] as const)
      const byName = new Map(chunks)
      lua.addSearcher((name) => byName.get(name))
    },
  },
  'preloaded functions': {
    text: false,
    lasting: false,
    files: false,
    serve: (lua, modules) => {
      for (const [name, source] of Object.entries(named(modules))) {
        lua.preload(name, lua.loadFunction(compiled(source, name)))
      }
    },
  },
  'a source bundle': {
    text: false,
    lasting: true,
    files: false,
    serve: (lua, modules) => void lua.addBundle(bundleOf(modules, 'source')),
  },
  'a bytecode bundle': {
    text: false,
    lasting: true,
    files: false,
    serve: (lua, modules) => void lua.addBundle(bundleOf(modules, 'bytecode')),
  },
  'an npm package': {
    text: true,
    lasting: true,
    files: true,
    serve: (lua, modules) => {
      const folder = written(modules, 'node_modules', 'lua-things', 'lua')
      writeFileSync(join(folder, 'node_modules', 'lua-things', 'package.json'), '{ "name": "lua-things" }')
      lua.addPackage('lua-things', { from: join(folder, 'main.js') })
    },
  },
  'a LuaRocks tree': {
    text: true,
    lasting: true,
    files: true,
    serve: (lua, modules) => void lua.addRocksTree(written(modules, 'share', 'lua', '5.5'), { version: '5.5' }),
  },
}
