// Gets the pinned Lua release, checks it, unpacks it and applies the edits: `node lua/fetch.mjs`.
//
// Origins, in this order: the file LUA_TARBALL names, a cache, the Lua site, the Debian source archive. Whatever the
// origin, the sha256 in release.json decides. LUA_VERSION selects another pinned release than the default.

import { createHash } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianSource } from './debianSource.mjs'
import { unpackSources } from './unpack.mjs'

const luaDir = path.dirname(fileURLToPath(import.meta.url))
const depsDir = path.join(luaDir, 'deps')
const srcDir = path.join(depsDir, 'src')
const stockDir = path.join(depsDir, 'stock')
const stampFile = path.join(depsDir, 'stamp.json')
const pinned = JSON.parse(fs.readFileSync(path.join(luaDir, 'release.json'), 'utf8'))

/** The origin has other bytes than the pinned ones: never a reason to try the next origin. */
class HashMismatchError extends Error {
  name = 'HashMismatchError'
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** What the contents of `deps/` depend on, besides the release itself. */
function inputsHash(version) {
  const hash = createHash('sha256').update(version)
  for (const name of fs.readdirSync(luaDir, { recursive: true }).sort()) {
    if (name.split(path.sep)[0] === 'deps' || !/\.(mjs|json|patch)$/.test(name)) continue
    hash.update(`\0${name}\0`).update(fs.readFileSync(path.join(luaDir, name)))
  }
  return hash.digest('hex')
}

/** Throws unless `bytes` are the pinned release. */
function verify(bytes, version, file) {
  const expected = pinned.releases[version].sha256
  const found = sha256(bytes)
  if (found === expected) return bytes
  const other = Object.entries(pinned.releases).find(([, release]) => release.sha256 === found)
  const advice = other ? `\n  It is Lua ${other[0]}: set LUA_VERSION=${other[0]} to build that` : ''
  throw new HashMismatchError(
    `The source of Lua ${version} is not the pinned one\n  file     ${file}\n` +
      `  expected sha256 ${expected}\n  found    sha256 ${found}${advice}`,
  )
}

/** Where verified tarballs are kept: beside the sources, and per user so that other checkouts find them. */
function cacheDirs() {
  const home = os.homedir()
  const perUser = process.env.XDG_CACHE_HOME || (home && path.join(home, '.cache'))
  return [path.join(depsDir, 'cache'), ...(perUser ? [path.join(perUser, 'lua-native')] : [])]
}

function keep(bytes, file) {
  for (const dir of cacheDirs()) {
    try {
      fs.mkdirSync(dir, { recursive: true })
      const temporary = path.join(dir, `.${file}.${process.pid}`)
      fs.writeFileSync(temporary, bytes)
      fs.renameSync(temporary, path.join(dir, file))
    } catch (error) {
      // A home that is missing or read-only only costs the next checkout a download.
      if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR'].includes(error.code)) throw error
    }
  }
}

async function fromSite(file) {
  const url = `https://www.lua.org/ftp/${file}`
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

/** The verified tarball of `version`, or an error that says what each origin answered. */
async function obtain(version, log) {
  const release = pinned.releases[version]
  const given = process.env.LUA_TARBALL
  if (given) return verify(fs.readFileSync(given), version, given)

  for (const dir of cacheDirs()) {
    const file = path.join(dir, release.file)
    if (fs.existsSync(file)) return verify(fs.readFileSync(file), version, file)
  }

  const tried = []
  const origins = [
    [`https://www.lua.org/ftp/${release.file}`, () => fromSite(release.file)],
    [`Debian source archive, ${release.debian.file}`, () => debianSource(release.debian)],
  ]
  for (const [name, get] of origins) {
    log(`Lua ${version}: ${name}`)
    try {
      const bytes = verify(await get(), version, name)
      keep(bytes, release.file)
      return bytes
    } catch (error) {
      if (error instanceof HashMismatchError) throw error
      tried.push(`  ${name}: ${error.cause?.message || error.cause?.code || error.message}`)
    }
  }
  throw new Error(
    `No origin has Lua ${version}\n${tried.join('\n')}\n` +
      `  Download ${release.file} elsewhere and set LUA_TARBALL to its path`,
  )
}

/** Tries the releases in order; only a missing origin leads to the next one. */
async function obtainFirst(versions, log) {
  const failures = []
  for (const version of versions) {
    try {
      return { version, bytes: await obtain(version, log) }
    } catch (error) {
      if (error instanceof HashMismatchError || process.env.LUA_TARBALL) throw error
      failures.push(error.message)
    }
  }
  throw new Error(failures.join('\n'))
}

/** Makes `dir` hold exactly `files`; what is unchanged keeps its time, so that make does not compile it again. */
function writeFolder(dir, files) {
  fs.mkdirSync(dir, { recursive: true })
  for (const name of fs.readdirSync(dir)) {
    if (!files.has(name)) fs.rmSync(path.join(dir, name), { recursive: true })
  }
  for (const [name, bytes] of files) {
    const file = path.join(dir, name)
    if (!fs.existsSync(file) || !fs.readFileSync(file).equals(bytes)) fs.writeFileSync(file, bytes)
  }
}

/** The stock sources after `edits.mjs`, edited in a temporary folder so that a failure leaves no half. */
async function edited(stock, version) {
  const { applyEdits } = await import('./edits.mjs')
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'lua-native-edits-'))
  try {
    for (const [name, bytes] of stock) fs.writeFileSync(path.join(temporary, name), bytes)
    await applyEdits(temporary, version)
    return new Map(fs.readdirSync(temporary).map((name) => [name, fs.readFileSync(path.join(temporary, name))]))
  } finally {
    fs.rmSync(temporary, { recursive: true })
  }
}

function readStamp() {
  if (!fs.existsSync(stampFile) || !fs.existsSync(srcDir) || !fs.existsSync(stockDir)) return undefined
  return JSON.parse(fs.readFileSync(stampFile, 'utf8'))
}

function warnOfFallback(wanted, got) {
  if (wanted === got) return
  const line = `!!! No origin has Lua ${wanted}: this build uses Lua ${got} instead`
  process.stderr.write(`\n${'!'.repeat(line.length)}\n${line}\n${'!'.repeat(line.length)}\n\n`)
}

/**
 * Makes `deps/src` (edited) and `deps/stock` (as released) hold the sources of `version`; does nothing when they do.
 * Returns the version that is there and whether anything was done.
 */
export async function fetchLua({ version = process.env.LUA_VERSION || undefined, log = () => {} } = {}) {
  const wanted = version ?? pinned.default
  if (!Object.hasOwn(pinned.releases, wanted)) {
    throw new Error(`Expected LUA_VERSION to be one of ${Object.keys(pinned.releases).join(', ')}, received ${wanted}`)
  }
  const inputs = inputsHash(wanted)
  const stamp = readStamp()
  // A fallback stands in for the default, never for a release asked for by name.
  if (stamp?.inputs === inputs && (!version || stamp.version === version)) {
    warnOfFallback(wanted, stamp.version)
    return { version: stamp.version, srcDir, stockDir, changed: false }
  }

  const got = await obtainFirst(version ? [wanted] : [wanted, ...pinned.fallbacks], log)
  const stock = unpackSources(got.bytes)
  const sources = await edited(stock, got.version)
  fs.rmSync(stampFile, { force: true })
  writeFolder(stockDir, stock)
  writeFolder(srcDir, sources)
  fs.writeFileSync(stampFile, `${JSON.stringify({ inputs, version: got.version })}\n`)
  warnOfFallback(wanted, got.version)
  return { version: got.version, srcDir, stockDir, changed: true }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const result = await fetchLua({ log: (line) => console.log(line) })
  console.log(`Lua ${result.version}: ${result.changed ? 'unpacked and edited' : 'up to date'}`)
}
