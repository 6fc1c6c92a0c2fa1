import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
// biome-ignore lint/correctness/useImportExtensions: the file is JavaScript; only its declarations are .cts
import prebuilt from '../prebuilt.cjs'
import type { Addon } from './addon.ts'

const require = createRequire(import.meta.url)
/** `src/` and `dist/` are both one folder below it. */
const packageRoot = fileURLToPath(new URL('..', import.meta.url))

function prebuildKey(): string {
  const system = `${process.platform}-${process.arch}`
  if (process.platform !== 'linux') return system
  return `${system}-${existsSync('/etc/alpine-release') ? 'musl' : 'glibc'}`
}

/** The local build or the prebuild of a package that stands in a folder of its own. */
function findInPackage(): string {
  return require('node-gyp-build').resolve(packageRoot)
}

/** The prebuild that a bundler found through prebuilt.cjs and carried along, when the package's folder is gone. */
function loadBundled(): Addon {
  const key = prebuildKey()
  const load = prebuilt[key]
  if (!load) throw new Error(`There is no prebuild for ${key}`)
  return load() as Addon
}

function failure(tried: readonly [place: string, error: unknown][]): Error {
  const system = `${process.platform}-${process.arch}, Node ${process.versions.node}`
  const lines = tried.map(([place, error]) => {
    const reason = error instanceof Error ? error.message : String(error)
    return `  ${place}: ${reason.split('\n')[0]}`
  })
  return new Error(
    `Expected a native addon of @lua-native/core-native for ${system}, found none that loads\n${lines.join('\n')}\n` +
      `Build one: with a C++ compiler, make and python3 run this in ${packageRoot}\n` +
      '  node lua/fetch.mjs && cp binding.gypi binding.gyp && npx node-gyp rebuild',
    { cause: tried[0]?.[1] },
  )
}

function loadFile(file: string): Addon {
  try {
    return require(file) as Addon
  } catch (error) {
    throw failure([[file, error]])
  }
}

/**
 * Loads the native addon: a local build first, then a prebuild.
 *
 * The environment variable `LUA_NATIVE_ADDON` names another `.node` file to load instead.
 *
 * @throws {Error} when no addon loads; the message lists what was tried and how to build one.
 */
export function loadAddon(): Addon {
  const override = process.env.LUA_NATIVE_ADDON
  if (override) return loadFile(path.resolve(override))

  let found: string
  try {
    found = findInPackage()
  } catch (notInPackage) {
    try {
      return loadBundled()
    } catch (notBundled) {
      throw failure([
        [`build/Release and prebuilds in ${packageRoot}`, notInPackage],
        [`the bundled prebuild for ${prebuildKey()}`, notBundled],
      ])
    }
  }
  return loadFile(found)
}
