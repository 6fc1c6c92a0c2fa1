import { ChunkMode, type NativeReference, ResultMode } from '@lua-native/core-native'
import type { Crossing } from './crossing.ts'

/** Entries of the first crossing of an iteration: loops often end early. */
const FIRST_BATCH = 32
const LARGEST_BATCH = 1024
/** More than a table can have. */
export const ALL = 0xffff_ffff

// One run for the whole iteration, so that a hostile `__pairs` meets the limits of one run.
const collect = `local metapairs, t, out = ...
local n = 0
for k, v in metapairs(t) do
  out[n + 1], out[n + 2] = k, v
  n = n + 2
end
return n`

function paired(flat: readonly unknown[]): [unknown, unknown][] {
  const pairs: [unknown, unknown][] = []
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]])
  return pairs
}

/** All entries of a table, whatever its metatable says. */
export function rawPairs(reference: NativeReference): [unknown, unknown][] {
  return paired(reference.entries(undefined, ALL, false))
}

/** The entries of a table as Lua's `pairs` gives them: with `__pairs` if there is one. */
export function pairsOf(
  reference: NativeReference,
  table: object,
  metapairs: unknown,
  { native }: Crossing,
): [unknown, unknown][] {
  if (metapairs === undefined || metapairs === null) return rawPairs(reference)
  const out = native.createTable(undefined) as Iterable<[number, unknown]> & Disposable
  try {
    const count = native.execute(
      collect,
      '=pairs',
      ChunkMode.text,
      [metapairs, table, out],
      ResultMode.first,
      0,
      0,
    ) as number
    const flat = new Array<unknown>(count).fill(null)
    for (const [index, item] of out) flat[index - 1] = item
    return paired(flat)
  } finally {
    out[Symbol.dispose]()
  }
}

/** Walks the entries of a table raw, some at a time. */
export function* walkEntries(reference: NativeReference): Generator<[key: unknown, value: unknown], undefined> {
  let size = FIRST_BATCH
  let after: unknown
  for (;;) {
    const batch = paired(reference.entries(after, size, false))
    yield* batch
    if (batch.length < size) return
    after = batch[batch.length - 1]?.[0]
    size = Math.min(size * 2, LARGEST_BATCH)
  }
}
