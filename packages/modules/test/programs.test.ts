/** The programs of `examples/modules`, served in every way that whole programs are: each prints the same each time. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRuntime, type LibraryPreset, type Runtime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { type ModuleMethods, moduleActions } from '../src/index.ts'
import { temporaryFolder, writeModules } from './servers.ts'

type Lua = Runtime & ModuleMethods

const programs = fileURLToPath(new URL('../../../examples/modules/', import.meta.url))

/** The sources of a program by the names of their modules. */
function sourcesOf(program: string): Record<string, string> {
  const folder = join(programs, program)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.lua'))
  return Object.fromEntries(
    files.map((file) => [
      file
        .replace(/\.lua$/, '')
        .replaceAll(/[/\\]/g, '.')
        .replace(/\.init$/, ''),
      readFileSync(join(folder, file), 'utf8'),
    ]),
  )
}

/** What the host gives to the programs; the rules engine has a database, whose calls are noted. */
function db(saved: unknown[]): object {
  return {
    orders: () => [
      { id: 'o1', customer: 'ada', total: 250, country: 'FR' },
      { id: 'o2', customer: 'bob', total: 30, country: 'FR' },
      { id: 'o3', customer: 'eve', total: 900, country: 'DE' },
    ],
    customer: (id: string) =>
      id === 'eve' ? { name: 'Eve', blocked: true } : { name: id === 'ada' ? 'Ada' : 'Bob', years: 7, openBills: 0 },
    today: () => ({ day: '11-23' }),
    save: (...decision: unknown[]) => void saved.push(decision),
  }
}

const bundle = (program: string, format: 'source' | 'bytecode'): Buffer => {
  using maker = createRuntime().extend(moduleActions())
  return maker.bundleModules('main', [join(programs, program)], { format, external: ['db'] }).code
}

const run = (lua: Lua): unknown => lua.executeScript('return require("main")', { results: 'first' })

const ways: Readonly<Record<string, (lua: Lua, program: string) => unknown>> = {
  'from disk': (lua, program) => {
    lua.addRoot(join(programs, program))
    return run(lua)
  },
  'from a search path': (lua, program) => {
    lua.addSearchPath(`${programs}/${program}/?.lua;${programs}/${program}/?/init.lua`)
    return run(lua)
  },
  'from memory': (lua, program) => {
    lua.addSources(sourcesOf(program))
    return run(lua)
  },
  'from an npm package': (lua, program) => {
    const folder = temporaryFolder()
    writeModules(join(folder, 'node_modules', 'program', 'lua'), sourcesOf(program))
    writeFileSync(join(folder, 'node_modules', 'program', 'package.json'), '{ "name": "program" }')
    lua.addPackage('program', { from: join(folder, 'main.js') })
    return run(lua)
  },
  'from a bundle': (lua, program) => {
    lua.addBundle(bundle(program, 'source'))
    return run(lua)
  },
  'from a bytecode bundle': (lua, program) => {
    lua.addBundle(bundle(program, 'bytecode'))
    return run(lua)
  },
  'as a bundle that is run itself': (lua, program) => lua.executeScript(bundle(program, 'source')),
}

function outcome(program: string, way: string, libraries: LibraryPreset): unknown {
  let printed = ''
  const saved: unknown[] = []
  using lua = createRuntime({
    libraries,
    maxInstructions: 20_000_000,
    maxMemory: 16_000_000,
    print: (text) => {
      printed += text
    },
  }).extend(moduleActions())
  lua.registerModule('db', db(saved))
  const result = ways[way]?.(lua, program)
  return { printed, saved, result }
}

const sizes: Readonly<Record<string, [files: number, lines: number]>> = {
  rules: [9, 300],
  adventure: [10, 350],
  libraries: [4, 700],
}

describe.each(Object.entries(sizes))('the program %s', (program, [files, lines]) => {
  it('is a real one', () => {
    const sources = Object.values(sourcesOf(program))
    expect(sources.length).toBeGreaterThanOrEqual(files)
    expect(sources.join('\n').split('\n').length).toBeGreaterThanOrEqual(lines)
  })

  const expected = outcome(program, 'from disk', 'sandbox')

  it('prints something', () => {
    expect(expected).toMatchObject({ printed: expect.stringMatching(/(.*\n){5}/) })
  })

  for (const libraries of ['sandbox', 'safe', 'all'] as const) {
    it.each(Object.keys(ways))(`prints the same %s, with libraries ${libraries}`, (way) => {
      expect(outcome(program, way, libraries)).toEqual(expected)
    })
  }
})
