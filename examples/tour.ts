/** What the runtime does, shown in one go: `npm start`. Exits with 1 when something is not as the transcript says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createRuntime,
  LuaBytecodeError,
  LuaLimitError,
  LuaMemoryError,
  LuaRuntimeError,
  multi,
} from '@lua-native/runtime'
import { claim, finish, notation, row, section, thrown, value } from './transcript.ts'

const megabyte = 1024 * 1024
const script = (name: string): string => path.relative('', fileURLToPath(new URL(`scripts/${name}`, import.meta.url)))
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`
const milliseconds = (ms: number): string => `${ms.toFixed(1)} ms`

function values(): void {
  section('Values, in both directions')
  using lua = createRuntime()
  const describe = 'local v = ... return math.type(v) or type(v), v'
  const samples: readonly (readonly [sent: unknown, type: string, back: unknown])[] = [
    [42, 'integer', 42],
    [0.5, 'float', 0.5],
    [-0, 'float', -0],
    [2n ** 60n, 'integer', 2n ** 60n],
    ['grün', 'string', 'grün'],
    [null, 'nil', null],
    [[1, 'two', [3]], 'table', [1, 'two', [3]]],
    [{ id: 7, tags: ['a', 'b'] }, 'table', { id: 7, tags: ['a', 'b'] }],
    [new Set(['x', 'y']), 'table', ['x', 'y']],
  ]
  for (const [sent, type, back] of samples) {
    const label = sent instanceof Set ? 'new Set(["x", "y"])' : notation(sent)
    value(label, lua.executeScript(describe, { args: [sent] }), [type, back])
  }
  value('return 1, "two"    several results: an array', lua.executeScript('return 1, "two"'), [1, 'two'])
  value('x = 1              none: undefined', lua.executeScript('x = 1'), undefined)
}

function functions(): void {
  section('Functions, in both directions')
  const heard: string[] = []
  using lua = createRuntime({
    print: (text) => heard.push(text.trimEnd()),
    globals: {
      add: (a: number, b: number) => a + b,
      divide: (a: number, b: number) => multi(Math.trunc(a / b), a % b),
      map: (list: readonly number[], change: (item: number) => number) => list.map((item) => change(item)),
    },
  })
  value('add(2, 3)          Lua calls JavaScript', lua.executeScript('return add(2, 3)'), 5)
  value('divide(17, 5)      two results', lua.executeScript('return divide(17, 5)'), [3, 2])
  const squares = lua.executeScript('return map({1, 2, 3}, function(n) return n * n end)')
  value('map(list, f)       there and back again', squares, [1, 4, 9])
  const greet = lua.executeScript<(name: string) => string>('return function(name) return "hello " .. name end')
  value('greet("Node")      JavaScript calls Lua', greet('Node'), 'hello Node')
  lua.setGlobal('greet', greet)
  claim('it is the same function after a round trip', lua.getGlobal('greet') === greet)
  lua.executeScript('print("sum", 1 + 2)')
  value('print("sum", 1 + 2)', heard, ['sum\t3'])
}

function scriptFile(): void {
  section(`A script file with several functions: ${script('pricing.lua')}`)
  const stock = new Map([
    ['lamp', 3],
    ['desk', 0],
  ])
  using lua = createRuntime({ globals: { taxRate: 0.2, stockOf: (name: string) => stock.get(name) ?? 0 } })
  lua.executeFile(script('pricing.lua'))
  const items = [
    { name: 'lamp', price: 40, quantity: 2 },
    { name: 'desk', price: 150, quantity: 1 },
  ]
  value('pricing.subtotal(items)', lua.call('pricing.subtotal', items), 230)
  value('pricing.discount(customer, 230)', lua.call('pricing.discount', { orders: 3 }, 230), [11.5, 'large order'])
  value('pricing.missing(items)', lua.call('pricing.missing', items), ['desk'])
  const quote = lua.call<{ total: number }>('pricing.quote', { customer: { orders: 12 }, items })
  value('pricing.quote(order).total', Math.round(quote.total * 100) / 100, 248.4)
}

function errors(): void {
  section('Errors')
  const full = new RangeError('the shelf is full')
  using lua = createRuntime({
    globals: {
      store: () => {
        throw full
      },
    },
  })
  const raised = thrown('return config.port', LuaRuntimeError, () =>
    lua.executeScript('local config = nil\nreturn config.port', { chunkName: '@start.lua' }),
  )
  value('its chunk and line', [raised?.chunk, raised?.line], ['start.lua', 2])
  const caught = lua.executeScript('local ok, e = pcall(store) return ok, e.name, e.message')
  value('pcall(store)       Lua catches a RangeError', caught, [false, 'RangeError', 'the shelf is full'])
  let out: unknown
  try {
    lua.executeScript('local ok, e = pcall(store) error(e)')
  } catch (error) {
    out = error
  }
  claim('error(e)           out comes the same object', out === full)
}

function limits(): void {
  section('Limits that hold')
  using lua = createRuntime({ maxMemory: 8 * megabyte, maxInstructions: 10_000_000, timeout: 10_000 })
  row('maxMemory, maxInstructions, timeout', '8 MB, 10,000,000, 10 s')

  const memory = thrown('a table that grows for ever', LuaMemoryError, () =>
    lua.executeScript('local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end', { chunkName: '@grow.lua' }),
  )
  claim('stopped within 8 MB', memory !== undefined && memory.used <= 8 * megabyte)
  lua.gc('collect')
  row('in use after a collection', kilobytes(lua.getMemoryUsage()))
  claim('the garbage is gone', lua.getMemoryUsage() < megabyte)

  const instructions = thrown('while true do end', LuaLimitError, () =>
    lua.executeScript('while true do end', { chunkName: '@loop.lua' }),
  )
  value('its limit', instructions?.limit, 'instructions')

  const swallow = 'while true do pcall(function() while true do end end) end'
  const swallowed = thrown('the same inside pcall, again and again', LuaLimitError, () =>
    lua.executeScript(swallow, { chunkName: '@swallow.lua' }),
  )
  value('no pcall can swallow it', swallowed?.limit, 'instructions')

  lua.setMaxInstructions(Infinity)
  const started = performance.now()
  const time = thrown('while true do end, timeout 50 ms', LuaLimitError, () =>
    lua.executeScript('while true do end', { chunkName: '@loop.lua', timeout: 50 }),
  )
  const took = performance.now() - started
  value('its limit', time?.limit, 'timeout')
  row('stopped after', milliseconds(took))
  claim('within twice the limit plus 200 ms', took < 2 * 50 + 200)

  const pattern = 'return (("a"):rep(1000)):find(("a*"):rep(20) .. "b")'
  const search = thrown('a pattern that would take years, 50 ms', LuaLimitError, () =>
    lua.executeScript(pattern, { chunkName: '@pattern.lua', timeout: 50 }),
  )
  value('its limit', search?.limit, 'timeout')
  value('and the runtime goes on: return 1 + 1', lua.executeScript('return 1 + 1'), 2)
}

function bytecode(): void {
  section('Bytecode, compiled, kept on disk, loaded')
  const folder = mkdtempSync(path.join(tmpdir(), 'lua-tour-'))
  try {
    const file = path.join(folder, 'collatz.luac')
    using author = createRuntime({ bytecodeKey: 'a secret of the tour' })
    writeFileSync(file, author.compileFile(script('collatz.lua')))
    const bytes = readFileSync(file)
    row('compiled and written', `${bytes.length} bytes`)

    using reader = createRuntime({ bytecodeKey: 'a secret of the tour' })
    value('loaded by another runtime: steps from 27', reader.load(bytes, { args: [27] }), 111)

    using stranger = createRuntime({ bytecodeKey: 'another secret' })
    thrown('loaded under another key', LuaBytecodeError, () => stranger.load(bytes))

    const altered = Buffer.from(bytes)
    altered.writeUInt8(altered.readUInt8(60) ^ 1, 60)
    thrown('one bit changed', LuaBytecodeError, () => reader.load(altered))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function hook(): void {
  section(`A line hook: steps from 3 in ${script('collatz.lua')}`)
  using lua = createRuntime()
  const lines: number[] = []
  lua.setHook((_event, line) => lines.push(line), { line: true })
  const steps = lua.executeFile(script('collatz.lua'), { args: [3] })
  lua.removeHook()
  value('result', steps, 7)
  const source = readFileSync(script('collatz.lua'), 'utf8').split('\n')
  for (const [index, text] of source.entries()) {
    const times = lines.filter((line) => line === index + 1).length
    if (text !== '') row(`${String(index + 1).padStart(2)}  ${text}`, times === 0 ? '' : '#'.repeat(times))
  }
  value('times that line 7, n = 3 * n + 1, ran', lines.filter((line) => line === 7).length, 2)
}

function collector(): void {
  section('The garbage collector')
  using lua = createRuntime()
  const before = lua.getMemoryUsage()
  row('a new runtime', kilobytes(before))
  lua.executeScript('kept = {} for i = 1, 20000 do kept[i] = { i } end')
  const filled = lua.getMemoryUsage()
  row('with 20,000 small tables', kilobytes(filled))
  lua.executeScript('kept = nil')
  lua.gc('collect')
  const after = lua.getMemoryUsage()
  row('let go of and collected', kilobytes(after))
  claim('the tables are gone', filled - before > megabyte && after - before < 0.1 * megabyte)
  value('gc("generational")   gives the mode before', lua.gc('generational'), 'incremental')
  value('gc("isrunning")', lua.gc('isrunning'), true)
}

function figures(): void {
  section('What a run took: lastRun')
  using lua = createRuntime({ globals: { tick: () => undefined } })
  lua.executeScript('for i = 1, 1000000 do end for i = 1, 10 do tick() end')
  const { instructions, cpuMs, wallMs, peakBytes, crossings } = lua.lastRun
  row('instructions', instructions.toLocaleString('en-US'))
  row('CPU and wall clock', `${milliseconds(cpuMs)}, ${milliseconds(wallMs)}`)
  row('most memory', kilobytes(peakBytes))
  value('crossings: one in, ten calls of tick()', crossings, 11)
  claim('at least one instruction per turn of the loop', instructions >= 1_000_000)
}

{
  using lua = createRuntime()
  console.log(`${lua.info().release} in Node ${process.versions.node}, ${process.platform} ${process.arch}`)
}
for (const part of [values, functions, scriptFile, errors, limits, bytecode, hook, collector, figures]) part()
finish()
