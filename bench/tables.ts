import { createRuntime } from '@lua-native/runtime'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Table } from './line.ts'
import { interleave, perRepetition } from './measure.ts'
import type { Effort } from './workload.ts'

const rows = `local rows = {}
for i = 1, 10000 do
  rows[i] = { id = i, name = "row " .. i, active = i % 2 == 0, score = i / 4 }
end
return rows`

/** A table of records, converted to JavaScript. */
export async function tables({ baselines }: Toolchain, { rounds, sampleMs }: Effort): Promise<Table> {
  const runtime = createRuntime(limits)
  runtime.executeScript(`local rows = (function() ${rows} end)() function getRows() return rows end`)
  const getRows = runtime.getGlobal('getRows') as () => unknown
  baselines.setTable(rows)
  const table: Table = {
    title: 'Tables',
    method: 'A Lua table as arrays and objects.',
    lines: [
      {
        name: '10,000 rows of four fields → JS',
        unit: 'ns',
        baseline: 'property by property in C',
        measured: await interleave(
          [
            {
              name: 'baseline',
              sample: perRepetition((n) => {
                for (let i = 0; i < n; i++) baselines.readTable()
              }, sampleMs),
            },
            {
              name: 'ours',
              sample: perRepetition((n) => {
                for (let i = 0; i < n; i++) getRows()
              }, sampleMs),
            },
          ],
          rounds,
        ),
      },
    ],
  }
  runtime.dispose()
  return table
}
