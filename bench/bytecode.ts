import { createRuntime } from '@lua-native/runtime'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Table } from './line.ts'
import { interleave, perRepetition, type Side } from './measure.ts'
import { interleaveWithPeers } from './peers.ts'
import { longScript } from './script.ts'
import type { Effort } from './workload.ts'

const lineCount = 2000

/** A long script: its bytecode against its source. */
export async function bytecode({ baselines }: Toolchain, { rounds, sampleMs }: Effort): Promise<Table> {
  const source = longScript(lineCount)
  const sourceBytes = Buffer.from(source)
  const signing = createRuntime({ bytecodeKey: 'a key of the bench', ...limits })
  const digesting = createRuntime(limits)
  const signed = signing.compile(source)
  const digested = digesting.compile(source)
  const repeat = (work: () => void): Side['sample'] =>
    perRepetition((n) => {
      for (let i = 0; i < n; i++) work()
    }, sampleMs)
  const fromSource: Side = { name: 'baseline', sample: repeat(() => signing.executeScript(source)) }
  const baseline = 'executeScript of its source'
  const bar = { on: 'ratio', max: 0.4 } as const

  const table: Table = {
    title: 'Bytecode',
    method:
      `A script of ${lineCount.toLocaleString('en-US')} lines (${Math.round(sourceBytes.length / 1000)} KB of source, ` +
      `${Math.round(signed.length / 1000)} KB of bytecode) that defines functions. load() checks the tag, loads and ` +
      `runs; executeScript compiles and runs.`,
    lines: [
      {
        name: 'load(), signed with a key',
        unit: 'ns',
        baseline,
        measured: await interleave([fromSource, { name: 'ours', sample: repeat(() => signing.load(signed)) }], rounds),
        bar,
      },
      {
        name: 'load(), digest only',
        unit: 'ns',
        baseline,
        measured: await interleave(
          [fromSource, { name: 'ours', sample: repeat(() => digesting.load(digested)) }],
          rounds,
        ),
        bar,
      },
      {
        name: 'executeScript of the source',
        unit: 'ns',
        baseline: 'luaL_loadbuffer in C, which runs nothing',
        measured: await interleaveWithPeers(
          [
            { name: 'baseline', sample: perRepetition((n) => baselines.loadChunks(sourceBytes, n), sampleMs) },
            { name: 'ours', sample: repeat(() => digesting.executeScript(source)) },
          ],
          (peer) => perRepetition((n) => peer.loadScript(source, n), sampleMs),
          rounds,
        ),
      },
    ],
  }
  signing.dispose()
  digesting.dispose()
  return table
}
