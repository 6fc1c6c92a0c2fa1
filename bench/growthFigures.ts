// Run as a process of its own by growth.ts: `growthFigures.ts out|in rows`. Prints GrowthFigures as JSON.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRuntime } from '@lua-native/runtime'

/** What it takes to bring rows of four values across once. */
export interface GrowthFigures {
  readonly nsPerValue: number
  /** The highest resident set meanwhile, beyond that before and the value that was made, for each byte of JSON text. */
  readonly extraPerByte: number
}

interface Row {
  readonly id: number
  readonly name: string
  readonly active: boolean
  readonly score: number
}

/** Bytes of the resident set, now or the most since `forgetPeak`. */
function resident(field: 'VmRSS' | 'VmHWM'): number {
  const text = readFileSync('/proc/self/status', 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1]) * 1024
}

function forgetPeak(): void {
  writeFileSync('/proc/self/clear_refs', '5')
}

function makeRows(count: number): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    id: i,
    name: `row ${i % 1000}`,
    active: i % 2 === 0,
    score: i / 4,
  }))
}

const [direction, count] = [process.argv[2], Number(process.argv[3])]
const lua = createRuntime()
const rows = makeRows(count)
const textBytes = (JSON.stringify(rows.slice(0, 10_000)).length / Math.min(count, 10_000)) * count
lua.setGlobal('rows', makeRows(1000))
lua.getGlobal('rows')
if (direction === 'out') {
  lua.setGlobal('rows', rows)
  rows.length = 0
}
lua.gc('collect')
globalThis.gc?.()
forgetPeak()
const before = resident('VmRSS')
const start = process.cpuUsage()
let kept: unknown
if (direction === 'out') kept = lua.getGlobal('rows')
else lua.setGlobal('other', rows)
const { user, system } = process.cpuUsage(start)
const peak = resident('VmHWM')
globalThis.gc?.()
const after = resident('VmRSS')
const figures: GrowthFigures = {
  nsPerValue: ((user + system) * 1000) / (count * 4),
  extraPerByte: Math.max(0, peak - Math.max(before, after)) / textBytes,
}
process.stdout.write(JSON.stringify(figures))
if (direction === 'out' && (kept as Row[]).length !== count) throw new Error(`Expected ${count} rows`)
