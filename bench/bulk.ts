import { asTable, createRuntime, type Runtime } from '@lua-native/runtime'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Bar, Line, Table } from './line.ts'
import { interleave, perRepetition } from './measure.ts'
import type { Effort } from './workload.ts'

const rows = `local rows = {}
for i = 1, 10000 do
  rows[i] = { id = i, name = "row " .. i, active = i % 2 == 0, score = i / 4 }
end
return rows`

const numbers = 'local t = {} for i = 1, 100000 do t[i] = i / 3 end return t'

// Twenty shapes of objects: each has keys of its own, and two levels of objects below.
const shapes = `local list = {}
for i = 1, 1000 do
  local n = i % 20
  list[i] = {
    ["id" .. n] = i, ["name" .. n] = "item " .. i,
    ["inner" .. n] = { ["x" .. n] = i / 2, ["y" .. n] = true, ["deep" .. n] = { ["z" .. n] = i, ["t" .. n] = "leaf" } },
  }
end
return list`

const fourMegabytes = 'return ("The quick brown fox. "):rep(199729):sub(1, 4194304)'

const taker = 'return function(value) end'

const perProperty = 'property by property in C'

/** Two ways to do the same, and how much longer ours may take. */
interface Comparison {
  readonly name: string
  readonly baseline: string
  readonly max: number
  readonly theirs: () => unknown
  readonly ours: () => unknown
}

async function compare({ name, baseline, max, theirs, ours }: Comparison, effort: Effort): Promise<Line> {
  const sampler = (work: () => unknown): (() => number) =>
    perRepetition((n) => {
      for (let i = 0; i < n; i++) work()
    }, effort.sampleMs)
  const bar: Bar = { on: 'ratio', max }
  const sides = [
    { name: 'baseline', sample: sampler(theirs) },
    { name: 'ours', sample: sampler(ours) },
  ] as const
  return { name, unit: 'ns', baseline, measured: await interleave(sides, effort.rounds), bar }
}

/** A Lua function that returns the value that `source` makes. */
function getterOf(lua: Runtime, source: string): () => unknown {
  return lua.executeScript<() => unknown>(
    `local value = (function() ${source} end)() return function() return value end`,
  )
}

/** Large and small values both ways, against what reads or makes them one property at a time. */
export async function bulk({ baselines }: Toolchain, effort: Effort): Promise<Table> {
  const lua = createRuntime(limits)
  const take = lua.executeScript<(value: unknown) => void>(taker)
  const lines: Line[] = []
  const add = async (comparison: Comparison): Promise<void> => {
    lines.push(await compare(comparison, effort))
  }
  const addBothWays = async (name: string, source: string, max: number, baseline = perProperty): Promise<unknown> => {
    // A runtime of its own, which holds what the baseline's state does: the collector looks at all of it.
    using own = createRuntime(limits)
    const get = getterOf(own, source)
    const put = own.executeScript<(value: unknown) => void>(taker)
    baselines.setTable(source)
    const value = get()
    await add({ name: `${name} → JS`, baseline, max, theirs: () => baselines.readTable(), ours: get })
    const theirs = (): void => baselines.writeTable(value)
    await add({ name: `${name} → Lua`, baseline, max, theirs, ours: () => put(value) })
    return value
  }

  const rowValues = await addBothWays('10,000 rows of four fields', rows, 0.15)
  const getRows = getterOf(lua, rows)
  const json = JSON.stringify(rowValues)
  await add({ name: '10,000 rows → JS', baseline: 'JSON.parse', max: 1, theirs: () => JSON.parse(json), ours: getRows })
  await add({
    name: '10,000 rows → Lua',
    baseline: 'structuredClone',
    max: 1.2,
    theirs: () => structuredClone(rowValues),
    ours: () => take(rowValues),
  })

  const floats = (await addBothWays('100,000 numbers', numbers, 0.15)) as number[]
  const table = lua.createTable(floats)
  const marked = asTable(Float64Array.from(floats))
  baselines.setTable(numbers)
  await add({
    name: '100,000 numbers → Float64Array',
    baseline: perProperty,
    max: 0.15,
    theirs: () => baselines.readTable(),
    ours: () => table.toFloat64Array(),
  })
  await add({
    name: '100,000 numbers of a Float64Array → Lua',
    baseline: perProperty,
    max: 0.15,
    theirs: () => baselines.writeTable(floats),
    ours: () => take(marked),
  })

  await addBothWays('1,000 objects of 20 shapes, 3 deep', shapes, 0.5)
  for (const size of [1, 4, 16, 64, 256]) {
    const source = `local t = {} for i = 1, ${size} do t[i] = "value " .. i end return t`
    await addBothWays(`a table of ${size} ${size === 1 ? 'string' : 'strings'}`, source, 1.1)
  }
  await addBothWays('4 MB of ASCII', fourMegabytes, 1.2, 'one Node-API call')

  const plain = lua.executeScript<(a: number, b: number) => number>('return function(a, b) return a + b end')
  const point = lua.createTable({ x: 1 })
  await add({
    name: 'property read through a table reference',
    baseline: 'a JS → Lua call',
    max: 1.2,
    theirs: () => plain(1, 2),
    ours: () => point.get('x'),
  })
  lua.dispose()
  return { title: 'Bulk', method: 'One value from Lua to JavaScript or back. Limits are on.', lines }
}
