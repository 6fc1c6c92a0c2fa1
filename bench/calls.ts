import { createRuntime } from '@lua-native/runtime'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Table } from './line.ts'
import { perRepetition } from './measure.ts'
import { add, addSource, hostLoop } from './peers/peer.ts'
import { interleaveWithPeers } from './peers.ts'
import type { Effort } from './workload.ts'

/** Crossing the boundary with two numbers, both ways, and running a small script. */
export async function calls({ baselines }: Toolchain, { rounds, sampleMs }: Effort): Promise<Table> {
  const runtime = createRuntime(limits)
  runtime.executeScript(addSource)
  const luaAdd = runtime.getGlobal('add') as (a: number, b: number) => number
  const loop = runtime.executeScript(`return function(...) ${hostLoop} end`) as (host: typeof add, n: number) => number
  baselines.setHost(hostLoop, add)
  const source = 'return 1'

  const callEmpty = (n: number): void => {
    for (let i = 0; i < n; i++) baselines.empty(i, 2)
  }
  const callLua = (n: number): void => {
    let sum = 0
    for (let i = 0; i < n; i++) sum += luaAdd(i, 2)
    if (sum !== (n * (n - 1)) / 2 + 2 * n) throw new Error(`Expected the sum of ${n} calls, received ${sum}`)
  }
  const runScript = (n: number): void => {
    for (let i = 0; i < n; i++) runtime.executeScript(source)
  }
  const sampler = (run: (n: number) => void): (() => number) => perRepetition(run, sampleMs)

  const table: Table = {
    title: 'Calls',
    method:
      'Time per call in a loop: of JavaScript for calls into Lua and for scripts, of Lua for calls into JavaScript. ' +
      'The baseline of scripts loops in C. Limits are on.',
    lines: [
      {
        name: 'JS → Lua, two numbers',
        unit: 'ns',
        baseline: 'an empty native call with the same arguments',
        measured: await interleaveWithPeers(
          [
            { name: 'baseline', sample: sampler(callEmpty) },
            { name: 'ours', sample: sampler(callLua) },
          ],
          (peer) => sampler((n) => peer.callLua(n)),
          rounds,
        ),
        bar: { on: 'ratio', max: 14 },
      },
      {
        name: 'Lua → JS, two numbers',
        unit: 'ns',
        baseline: 'a C function with one napi_call_function',
        measured: await interleaveWithPeers(
          [
            { name: 'baseline', sample: sampler((n) => baselines.runHostLoop(n)) },
            { name: 'ours', sample: sampler((n) => loop(add, n)) },
          ],
          (peer) => sampler((n) => peer.callHost(n)),
          rounds,
        ),
        bar: { on: 'ratio', max: 1.3 },
      },
      {
        name: `executeScript('${source}')`,
        unit: 'ns',
        baseline: 'luaL_loadbuffer and lua_pcall in C',
        measured: await interleaveWithPeers(
          [
            { name: 'baseline', sample: sampler((n) => baselines.runChunks(source, n)) },
            { name: 'ours', sample: sampler(runScript) },
          ],
          (peer) => sampler((n) => peer.runScript(source, n)),
          rounds,
        ),
        bar: { on: 'ratio', max: 2 },
      },
    ],
  }
  runtime.dispose()
  return table
}
