// Work that is done again only when what it depends on has other contents.

import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { cacheDir, root } from './repository.mjs'

/** A hash over the contents of files and folders; `accept` picks among the files of folders. */
export function hashOf(paths, { accept = () => true, extra = [] } = {}) {
  const hash = createHash('sha256').update(JSON.stringify(extra))
  const add = (file) => {
    hash.update(`\0${path.relative(root, file)}\0`).update(fs.readFileSync(file))
  }
  for (const place of paths) {
    if (!fs.existsSync(place)) continue
    if (!fs.statSync(place).isDirectory()) add(place)
    else {
      for (const entry of fs.readdirSync(place, { recursive: true, withFileTypes: true }).sort(byPath)) {
        const file = path.join(entry.parentPath, entry.name)
        if (entry.isFile() && accept(file)) add(file)
      }
    }
  }
  return hash.digest('hex')
}

const byPath = (a, b) => (path.join(a.parentPath, a.name) < path.join(b.parentPath, b.name) ? -1 : 1)

const stampFile = (name) => path.join(cacheDir, `${name}.stamp`)

/** Whether the work `name` was done for `hash` and everything it made is still there. */
export function isDone(name, hash, outputs) {
  const file = stampFile(name)
  return (
    fs.existsSync(file) && fs.readFileSync(file, 'utf8') === hash && outputs.every((output) => fs.existsSync(output))
  )
}

export function markDone(name, hash) {
  fs.mkdirSync(cacheDir, { recursive: true })
  fs.writeFileSync(stampFile(name), hash)
}

export function forget(name) {
  fs.rmSync(stampFile(name), { force: true })
}
