import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createRuntime } from '@lua-native/runtime'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Line, Table } from './line.ts'
import { cpuTime, interleave, type Measured, type SideName, summarize } from './measure.ts'
import type { Peer } from './peers/peer.ts'
import { peers } from './peers.ts'
import type { Effort } from './workload.ts'

/** Times that a program runs within one sample; the best counts. */
const repetitions = 3
/** Peers take part in every n-th round only: one of them needs seconds for a program. */
const peerRounds = 5

const programs = new URL('./programs/', import.meta.url)
const driverUrl = new URL('./driver.lua', import.meta.url)

/** Programs without any crossing, against the stock interpreter. */
export async function pureLua({ stockLua }: Toolchain, effort: Effort): Promise<Table> {
  const lines: Line[] = []
  for (const file of readdirSync(programs).filter((name) => name.endsWith('.lua'))) {
    const program = new URL(file, programs)
    const results = new Set<string>()
    const measured = await interleave(
      [
        { name: 'baseline', sample: () => timeStock(stockLua, program, results) },
        { name: 'ours', sample: () => timeOurs(program, results) },
        ...peers.map((peer) => ({
          name: peer.name,
          sample: () => timePeer(peer, program, results),
          every: peerRounds,
        })),
      ],
      effort.rounds,
    )
    if (results.size !== 1) throw new Error(`Expected one result of ${file} everywhere, received ${[...results]}`)
    lines.push({ name: file.slice(0, -'.lua'.length), unit: 's', measured, bar: { on: 'ratio', max: 1.08 } })
  }
  return {
    title: 'Pure Lua',
    method:
      `The same program in the stock lua interpreter (cc -O2, the same Lua release) and in a runtime with memory, ` +
      `instruction and time limits on. Each sample is the best of ${repetitions} runs by os.clock, in a new process ` +
      `there and in a new runtime here; wasmoon and fengari are timed from JavaScript.`,
    lines: [...lines, geometricMean(lines)],
  }
}

function timeStock(stockLua: string, program: URL, results: Set<string>): number {
  const args = [fileURLToPath(driverUrl), fileURLToPath(program), String(repetitions), 'print']
  const { status, stdout, stderr } = spawnSync(stockLua, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${stockLua} ended with ${status}: ${stderr}`)
  const [seconds, result] = stdout.trimEnd().split('\t')
  results.add(String(result))
  return Number(seconds)
}

const driver = readFileSync(driverUrl, 'utf8')

function timeOurs(program: URL, results: Set<string>): number {
  // `all`, because the driver reads the program with dofile and the clock with os.clock.
  const runtime = createRuntime({ libraries: 'all', ...limits })
  const args = [fileURLToPath(program), repetitions]
  const [seconds, result] = runtime.executeScript<[number, string]>(driver, { args })
  runtime.dispose()
  results.add(result)
  return seconds
}

async function timePeer(peer: Peer, program: URL, results: Set<string>): Promise<number> {
  const session = await peer.open()
  const run = session.program(readFileSync(program, 'utf8'))
  const times = Array.from({ length: repetitions }, () => cpuTime(() => results.add(run())))
  session.close()
  return Math.min(...times) / 1e9
}

function geometricMean(lines: readonly Line[]): Line {
  const relative = (side: SideName): number => {
    const logs = lines.map(({ measured }) => Math.log((measured[side]?.median ?? 0) / (measured.baseline?.median ?? 0)))
    return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
  }
  const sides: readonly SideName[] = ['baseline', 'ours', 'wasmoon', 'fengari']
  const measured: Measured = Object.fromEntries(sides.map((side) => [side, summarize([relative(side)])]))
  return { name: 'geometric mean', unit: '×', measured, bar: { on: 'ratio', max: 0.97 } }
}
