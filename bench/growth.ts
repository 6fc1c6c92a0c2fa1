import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Toolchain } from './build.ts'
import type { GrowthFigures } from './growthFigures.ts'
import type { Line, Table } from './line.ts'
import { summarize } from './measure.ts'
import type { Effort } from './workload.ts'

const few = 25_000
const many = 2_500_000

/** Whether time and memory grow with the number of values and no faster. */
export async function growth(_toolchain: Toolchain, { rounds }: Effort): Promise<Table> {
  const processes = Math.ceil(rounds / 5)
  return {
    title: 'Growth',
    method:
      'Rows of four values, 100,000 and 10,000,000 values in all, each time in a process of its own; CPU time with ' +
      'what the collectors of both sides take. Memory is the peak of the resident set beyond what was there before ' +
      'and is there after, over the size of the same rows as JSON text.',
    lines: [...linesOf('out', 'Lua → JS', processes), ...linesOf('in', 'JS → Lua', processes)],
  }
}

function linesOf(direction: 'out' | 'in', arrow: string, processes: number): Line[] {
  const small: GrowthFigures[] = []
  const large: GrowthFigures[] = []
  for (let i = 0; i < processes; i++) {
    small.push(measure(direction, few))
    large.push(measure(direction, many))
  }
  return [
    {
      name: `each of 10,000,000 values, ${arrow}`,
      unit: 'ns',
      baseline: 'each of 100,000',
      measured: {
        baseline: summarize(small.map(({ nsPerValue }) => nsPerValue)),
        ours: summarize(large.map(({ nsPerValue }) => nsPerValue)),
      },
      bar: { on: 'ratio', max: 1.5 },
    },
    {
      name: `extra memory for 10,000,000 values, ${arrow}`,
      unit: '×',
      measured: { ours: summarize(large.map(({ extraPerByte }) => extraPerByte)) },
      bar: { on: 'value', max: 3 },
    },
  ]
}

function measure(direction: string, rows: number): GrowthFigures {
  const script = fileURLToPath(new URL('./growthFigures.ts', import.meta.url))
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const args = ['--expose-gc', '--max-old-space-size=8192', '--import', 'tsx', script, direction, String(rows)]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${script} ${direction} ${rows} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}
