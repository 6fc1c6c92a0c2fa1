import { createRuntime } from '@lua-native/runtime'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Line, Table } from './line.ts'
import { interleave, perRepetition } from './measure.ts'
import type { Effort } from './workload.ts'

class Adder {
  readonly base = 1

  add(a: number, b: number): number {
    return a + b
  }

  get value(): number {
    return this.base
  }
}

/** Something done n times, what it is compared with, and how many times longer it may take. */
interface Comparison {
  readonly name: string
  readonly baseline: string
  readonly max: number
  readonly theirs: (n: number) => void
  readonly ours: (n: number) => void
}

/** Objects of either side used from the other, against plain calls across the boundary. */
export async function objects(_toolchain: Toolchain, { rounds, sampleMs }: Effort): Promise<Table> {
  const lua = createRuntime(limits)
  lua.registerClass(Adder)
  const loop = (source: string): ((n: number, value?: unknown) => void) =>
    lua.executeScript(`local adder = Adder() return function(n, value) for i = 1, n do ${source} end end`)
  const callHost = loop('value(i, 2)')
  const callMethod = loop('adder:add(i, 2)')
  const readHost = loop('value(i)')
  const readProperty = loop('local _ = adder.value')
  const luaAdd = lua.executeScript<(a: number, b: number) => number>('return function(a, b) return a + b end')
  const callLua = (n: number): void => {
    for (let i = 0; i < n; i++) luaAdd(i, 2)
  }
  const table = lua.createTable({ x: 1 })
  const coroutine = lua.createCoroutine('return function(a) while true do a = coroutine.yield(a) end end')
  const add = (a: number, b: number): number => a + b
  const one = (): number => 1

  const comparisons: Comparison[] = [
    {
      name: 'Method call on an instance, Lua → JS',
      baseline: 'a plain host function with the same arguments',
      max: 1.3,
      theirs: (n) => callHost(n, add),
      ours: (n) => callMethod(n),
    },
    {
      name: 'Property of an instance, Lua → JS',
      baseline: 'a plain host function with one argument',
      max: 1.8,
      theirs: (n) => readHost(n, one),
      ours: (n) => readProperty(n),
    },
    {
      name: 'Property through a table reference, JS → Lua',
      baseline: 'a JS → Lua call with two numbers',
      max: 1.2,
      theirs: callLua,
      ours: (n) => {
        for (let i = 0; i < n; i++) table.get('x')
      },
    },
    {
      name: 'Resume and yield, JS → Lua',
      baseline: 'a JS → Lua call with two numbers',
      max: 3,
      theirs: callLua,
      ours: (n) => {
        for (let i = 0; i < n; i++) coroutine.resume(i)
      },
    },
  ]
  const lines: Line[] = []
  for (const { name, baseline, max, theirs, ours } of comparisons) {
    const measured = await interleave(
      [
        { name: 'baseline', sample: perRepetition(theirs, sampleMs) },
        { name: 'ours', sample: perRepetition(ours, sampleMs) },
      ],
      rounds,
    )
    lines.push({ name, unit: 'ns', baseline, measured, bar: { on: 'ratio', max } })
  }
  lua.dispose()
  return { title: 'Objects', method: 'Time per operation in a loop of the side that starts it. Limits are on.', lines }
}
