import { ChunkMode, type NativeReference, type NativeState, ResultMode, unwrapReference } from '@lua-native/core-native'

/** Entries of the first crossing of an iteration: loops often end early. */
const FIRST_BATCH = 32
const LARGEST_BATCH = 1024
/** What one crossing brings at most. */
const WHOLE_BATCH = 100_000

// Metamethods run in one run for the whole iteration, so that a hostile one meets the limits of one run.
const collectPairs = `local t, out, metapairs = ...
local n = 0
for k, v in metapairs(t) do
  out[n + 1], out[n + 2] = k, v
  n = n + 2
end
return n`

const collectSequence = `local t, out = ...
local n = 0
while true do
  local value = t[n + 1]
  if value == nil then return n end
  n = n + 1
  out[n] = value
end`

function paired(flat: readonly unknown[]): [unknown, unknown][] {
  const pairs: [unknown, unknown][] = []
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i], flat[i + 1]])
  return pairs
}

/** All keys of a table, raw, or all keys and values in turn. */
function wholeTable(reference: NativeReference, keysOnly: boolean): unknown[] {
  const first = reference.entries(undefined, WHOLE_BATCH, keysOnly)
  const step = keysOnly ? 1 : 2
  if (first.length < WHOLE_BATCH * step) return first
  const batches = [first]
  for (let last = first; last.length === WHOLE_BATCH * step; ) {
    last = reference.entries(last[last.length - step], WHOLE_BATCH, keysOnly)
    batches.push(last)
  }
  return batches.flat()
}

/** All keys of a table. */
export function rawKeys(reference: NativeReference): unknown[] {
  return wholeTable(reference, true)
}

/** All entries of a table, whatever its metatable says. */
export function rawPairs(reference: NativeReference): [unknown, unknown][] {
  return paired(wholeTable(reference, false))
}

/** Runs a chunk that fills a table with as many values as it returns, and gives those. */
function collected(native: NativeState, source: string, name: string, args: readonly unknown[]): unknown[] {
  const made = native.createTable(undefined)
  const out = unwrapReference(made)
  if (out === undefined) throw new Error('Expected a new table to have a reference')
  try {
    const [table, ...more] = args
    const run = [table, made, ...more]
    const count = native.execute(source, name, ChunkMode.text, run, ResultMode.first, 0, 0) as number
    const values = new Array<unknown>(count).fill(null)
    for (const [index, value] of rawPairs(out)) values[(index as number) - 1] = value
    return values
  } finally {
    out.release()
  }
}

/** The entries of a table as Lua's `pairs` gives them: with `__pairs` if its metatable has it. */
export function pairsOf(
  reference: NativeReference,
  table: object,
  metapairs: unknown,
  native: NativeState,
): [unknown, unknown][] {
  if (metapairs === undefined || metapairs === null) return rawPairs(reference)
  return paired(collected(native, collectPairs, '=pairs', [table, metapairs]))
}

/** The values 1, 2, … of a table up to the first nil, with `__index`. */
export function sequenceOf(reference: NativeReference, table: object, native: NativeState): unknown[] {
  if (reference.getMetatable() !== undefined) return collected(native, collectSequence, '=ipairs', [table])
  const batches: unknown[][] = []
  let from = 1
  for (;;) {
    const batch = reference.sequence(from, WHOLE_BATCH)
    batches.push(batch)
    if (batch.length < WHOLE_BATCH) return batches.length === 1 ? batch : batches.flat()
    from += batch.length
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
