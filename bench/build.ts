import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Baselines } from './baselines.ts'

/** What the bench builds for itself from unchanged Lua sources. */
export interface Toolchain {
  /** Path of the stock `lua` interpreter. */
  readonly stockLua: string
  readonly baselines: Baselines
}

const here = dirname(fileURLToPath(import.meta.url))
const luaSource = resolve(here, '../packages/core-native/lua/deps/stock')
const require = createRequire(import.meta.url)

/** Path of the addon with the C baselines. */
export const baselinesPath: string = join(here, 'native/build/Release/baselines.node')

/** Builds the stock interpreter and the C baselines when they are missing or older than their sources. */
export function build(): Toolchain {
  if (!existsSync(join(luaSource, 'lua.h'))) {
    throw new Error(`Expected unchanged Lua sources in ${luaSource}; node scripts/setup.mjs puts them there`)
  }
  const stockLua = join(here, 'build/stock-lua')
  if (!isCurrent(stockLua, [luaSource])) buildStockLua(stockLua)
  if (!isCurrent(baselinesPath, [luaSource, join(here, 'native')])) buildBaselines()
  return { stockLua, baselines: require(baselinesPath) }
}

/** The C compiler's name and version. */
export function compilerVersion(): string {
  return run(compiler(), ['--version']).split('\n')[0] ?? ''
}

function compiler(): string {
  return process.env['CC'] ?? 'cc'
}

// The flags are those of Lua's own makefile, without its warnings.
function buildStockLua(target: string): void {
  mkdirSync(dirname(target), { recursive: true })
  const units = readdirSync(luaSource).filter((name) => name.endsWith('.c') && name !== 'luac.c')
  const platform =
    process.platform === 'darwin' ? ['-DLUA_USE_MACOSX', '-lm'] : ['-DLUA_USE_LINUX', '-Wl,-E', '-lm', '-ldl']
  process.stderr.write(`Building ${target}\n`)
  run(compiler(), ['-std=gnu99', '-O2', '-o', target, ...units.map((unit) => join(luaSource, unit)), ...platform])
}

function buildBaselines(): void {
  process.stderr.write(`Building ${baselinesPath}\n`)
  const gyp = require.resolve('node-gyp/bin/node-gyp.js')
  const root = resolve(process.execPath, '../..')
  const headers = existsSync(join(root, 'include/node/node_api.h')) ? [`--nodedir=${root}`] : []
  run(process.execPath, [gyp, 'rebuild', ...headers, '-C', join(here, 'native')])
}

function isCurrent(output: string, folders: readonly string[]): boolean {
  if (!existsSync(output)) return false
  const built = statSync(output).mtimeMs
  const sources = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
  return sources.filter((path) => statSync(path).isFile()).every((path) => statSync(path).mtimeMs <= built)
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' })
  if (error) throw new Error(`Expected to run ${command}: ${error.message}`, { cause: error })
  if (status !== 0) throw new Error(`${command} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}
