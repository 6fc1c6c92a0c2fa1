// Run as a process of its own by states.ts: `aliveStates.ts ours|baseline count`. Prints AliveFigures as JSON.
import { createRequire } from 'node:module'
import { createRuntime, type Runtime } from '@lua-native/runtime'
import type { Baselines } from './baselines.ts'
import { baselinesPath } from './build.ts'
import { limits } from './limits.ts'

/** Bytes for each state of many alive at once. */
export interface AliveFigures {
  /** Growth of the resident set. */
  readonly residentBytes: number
  /** The same after each has run a script. */
  readonly usedBytes: number
  /** What Lua counts. */
  readonly luaBytes: number
}

interface Holder {
  open(count: number): void
  /** Runs a script in each, which shows that all are alive. */
  use(): void
  luaBytes(): number
  close(): void
}

function ours(): Holder {
  const runtimes: Runtime[] = []
  return {
    open(count) {
      for (let i = 0; i < count; i++) runtimes.push(createRuntime({ libraries: 'sandbox', ...limits }))
    },
    use() {
      for (const [index, runtime] of runtimes.entries()) {
        const answer = runtime.executeScript(`local t = {${index}} return t[1]`)
        if (answer !== index) throw new Error(`Expected ${index}, received ${answer}`)
      }
    },
    luaBytes() {
      return runtimes.reduce((sum, runtime) => sum + runtime.getMemoryUsage(), 0) / runtimes.length
    },
    close() {
      for (const runtime of runtimes.splice(0)) runtime.dispose()
    },
  }
}

function baseline(): Holder {
  const baselines: Baselines = createRequire(import.meta.url)(baselinesPath)
  return {
    open: (count) => baselines.openStates(count),
    use: () => baselines.useStates('local t = {1} return t[1]'),
    luaBytes: () => baselines.stateBytes(),
    close: () => baselines.closeStates(),
  }
}

function resident(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss()
}

const [side, count] = [process.argv[2], Number(process.argv[3])]
const holder = side === 'ours' ? ours() : baseline()
// A first turn, so that code and arenas that any number of states shares are not counted.
holder.open(50)
holder.use()
holder.close()
const before = resident()
holder.open(count)
const opened = resident()
const luaBytes = holder.luaBytes()
holder.use()
const used = resident()
const figures: AliveFigures = {
  residentBytes: (opened - before) / count,
  usedBytes: (used - before) / count,
  luaBytes,
}
process.stdout.write(JSON.stringify(figures))
holder.close()
