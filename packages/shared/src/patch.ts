import { Branch, copyOut, type Entry, luaKey } from './branch.ts'
import type { Key } from './path.ts'

/** One write into one table: what was there before. */
export interface LogEntry {
  readonly branch: Branch
  readonly key: Key
  readonly before: Entry | undefined
}

/** What views are told, as flat lists: tables by their numbers, keys as Lua has them. */
export interface Patch {
  /** Table, key, value. */
  readonly sets: unknown[]
  /** Table, key. */
  readonly deletes: (number | Key)[]
  /** Table, key, number: how the tables among the values are known from now on. */
  readonly registers: (number | Key)[]
  /** Tables that are gone. */
  readonly forgets: number[]
}

/** Makes one patch of what a batch wrote: of each key, what is there in the end. */
export function patchOf(log: readonly LogEntry[], root: Branch): Patch {
  const patch: Patch = { sets: [], deletes: [], registers: [], forgets: [] }
  const gone = new Set<Branch>()
  for (const { before } of log) if (before instanceof Branch) collect(before, gone)
  for (const branch of gone) if (branch.known) patch.forgets.push(branch.id)
  const done = new Map<Branch, Set<Key>>()
  // Chosen before any is marked: what a new table got since it was made goes with it.
  for (const { branch, key } of log.filter(({ branch }) => branch.known && !gone.has(branch))) {
    const keys = done.get(branch) ?? new Set()
    if (keys.has(key)) continue
    done.set(branch, keys.add(key))
    addKey(patch, branch, key, root)
  }
  return patch
}

function addKey(patch: Patch, branch: Branch, key: Key, root: Branch): void {
  const id = branch === root ? 0 : branch.id
  const entry = branch.get(key)
  if (entry === undefined) {
    patch.deletes.push(id, luaKey(key))
    return
  }
  patch.sets.push(id, luaKey(key), copyOut(entry))
  if (!(entry instanceof Branch)) return
  patch.registers.push(id, luaKey(key), entry.id)
  entry.known = true
  registerWithin(patch.registers, entry, entry.id)
}

/** Lists all tables within one, those above first, and marks them as known. */
export function registerWithin(registers: (number | Key)[], branch: Branch, id: number): void {
  for (const key of branch.keys()) {
    const entry = branch.get(key)
    if (!(entry instanceof Branch)) continue
    registers.push(id, luaKey(key), entry.id)
    entry.known = true
    registerWithin(registers, entry, entry.id)
  }
}

function collect(branch: Branch, into: Set<Branch>): void {
  into.add(branch)
  for (const key of branch.keys()) {
    const entry = branch.get(key)
    if (entry instanceof Branch) collect(entry, into)
  }
}
