// Reads a .tar.gz in memory: nothing to install, and no path of the archive ever reaches the file system.

import { gunzipSync } from 'node:zlib'

const block = 512
const text = (bytes, from, to) => bytes.toString('latin1', from, to).split('\0', 1)[0]

/** The files of the archive's `src` folder that a build of Lua needs, by name. */
export function unpackSources(tarball) {
  const tar = gunzipSync(tarball)
  const files = new Map()
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const name = text(tar, at, at + 100)
    const size = Number.parseInt(text(tar, at + 124, at + 136), 8)
    if (!Number.isSafeInteger(size)) throw new Error(`The tar entry ${name} has no readable size`)
    const start = at + block
    const match = /^[^/]+\/src\/([\w.]+\.(?:c|h|hpp)|Makefile)$/.exec(name)
    if (match) files.set(match[1], tar.subarray(start, start + size))
    at = start + Math.ceil(size / block) * block
  }
  if (!files.has('lua.h')) throw new Error('The Lua tarball has no src/lua.h')
  return files
}
