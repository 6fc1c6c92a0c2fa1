/** Many values at once: `node --import tsx examples/bulk.ts`. */
import { asTable, createRuntime } from '@lua-native/runtime'

using lua = createRuntime()

// Tables of any size cross in one piece, both ways.
interface Row {
  readonly id: number
  readonly score: number
}
const rows: Row[] = Array.from({ length: 10_000 }, (_, id) => ({ id, score: (id * 7919) % 100 }))
const best = lua.executeScript<Row[]>(
  `local best = {}
  for _, row in ipairs(...) do if row.score == 99 then best[#best + 1] = row end end
  return best`,
  { args: [rows] },
)
console.log(best.length, best[0]?.id)

// Numbers go in as a table of numbers and out as a typed array, without a step per number.
const samples = Float64Array.from({ length: 1000 }, (_, i) => Math.sin(i / 100))
using smooth = lua.createTable()
lua.setGlobal('smooth', smooth)
lua.executeScript(
  `local samples = ...
  for i = 2, #samples - 1 do smooth[i - 1] = (samples[i - 1] + samples[i] + samples[i + 1]) / 3 end`,
  { args: [asTable(samples)] },
)
const smoothed = smooth.toFloat64Array()
console.log(smoothed.length, smoothed[0]?.toFixed(4))

/* Prints:
100 21
998 0.0100
*/
