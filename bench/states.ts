import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRuntime, type Runtime } from '@lua-native/runtime'
import type { AliveFigures } from './aliveStates.ts'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Line, Table } from './line.ts'
import { cpuTimeAsync, type Measured, summarize } from './measure.ts'
import { interleaveWithPeers } from './peers.ts'
import type { Effort } from './workload.ts'

/** States opened within one sample: enough for the clock, few enough for the slow sides. */
const batch = 100
const peerBatch = 20
/** One kilobyte as the bar counts it: the smaller of the two meanings. */
const kilobyte = 1000

/** Opening, closing and holding states. */
export async function states({ baselines }: Toolchain, { rounds, alive }: Effort): Promise<Table> {
  const runtimes: Runtime[] = []
  const open = (): void => {
    for (let i = 0; i < batch; i++) runtimes.push(createRuntime({ libraries: 'sandbox', ...limits }))
  }
  const close = (): void => {
    for (const runtime of runtimes.splice(0)) runtime.dispose()
  }

  const openBaseline = (): void => baselines.openStates(batch)
  const closeBaseline = (): void => baselines.closeStates()
  const compare = (closing: 'untimed' | 'timed'): Promise<Measured> =>
    interleaveWithPeers(
      [
        { name: 'baseline', sample: () => timeStates(openBaseline, closeBaseline, closing, batch) },
        { name: 'ours', sample: () => timeStates(open, close, closing, batch) },
      ],
      (peer) => () =>
        timeStates(
          () => peer.openStates(peerBatch),
          () => peer.closeStates(),
          closing,
          peerBatch,
        ),
      rounds,
    )
  const opened = await compare('untimed')
  const openedAndClosed = await compare('timed')
  const baseline = 'luaL_newstate and luaL_openlibs in C'
  return {
    title: 'States',
    method:
      `Runtimes with libraries 'sandbox' and all limits on, opened ${batch} at a time. Bytes are the growth of the ` +
      `resident set of a process of its own, divided by the number of states alive in it.`,
    lines: [
      {
        name: "createRuntime({libraries: 'sandbox'})",
        unit: 'ns',
        baseline,
        measured: opened,
        bar: { on: 'ratio', max: 2 },
      },
      { name: 'the same and dispose()', unit: 'ns', baseline: 'the same and lua_close', measured: openedAndClosed },
      ...bytesEach(alive),
    ],
  }
}

/** CPU time for each of `count` states, after as many that do not count. */
async function timeStates(
  open: () => void | Promise<void>,
  close: () => void,
  closing: 'untimed' | 'timed',
  count: number,
): Promise<number> {
  await open()
  close()
  const ns = await cpuTimeAsync(async () => {
    await open()
    if (closing === 'timed') close()
  })
  if (closing === 'untimed') close()
  return ns / count
}

function bytesEach(alive: number): Line[] {
  const ours = countAlive('ours', alive)
  const baseline = countAlive('baseline', alive)
  const both = (pick: (figures: AliveFigures) => number): Measured => ({
    baseline: summarize([pick(baseline)]),
    ours: summarize([pick(ours)]),
  })
  const count = alive.toLocaleString('en-US')
  return [
    {
      name: `memory of each of ${count} alive at once`,
      unit: 'B',
      measured: both((figures) => figures.residentBytes),
      bar: { on: 'value', max: 40 * kilobyte },
    },
    { name: 'after each has run a script', unit: 'B', measured: both((figures) => figures.usedBytes) },
    { name: 'of it in the Lua heap', unit: 'B', measured: both((figures) => figures.luaBytes) },
  ]
}

function countAlive(side: 'ours' | 'baseline', count: number): AliveFigures {
  const script = fileURLToPath(new URL('./aliveStates.ts', import.meta.url))
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const args = ['--expose-gc', '--import', 'tsx', script, side, String(count)]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${script} ${side} ended with ${status}: ${stderr}`)
  return JSON.parse(stdout)
}
