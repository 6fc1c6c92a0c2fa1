import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from './build.ts'
import { bulk } from './bulk.ts'
import { bytecode } from './bytecode.ts'
import { calls } from './calls.ts'
import { drawChart, panelsOf, themes } from './chart.ts'
import { growth } from './growth.ts'
import type { Table } from './line.ts'
import { describeMachine, type Machine } from './machine.ts'
import { modules } from './modules.ts'
import { objects } from './objects.ts'
import { pureLua } from './pureLua.ts'
import { formatMarkdown, formatMisses, formatReadme, formatText } from './report.ts'
import { states } from './states.ts'
import { tables } from './tables.ts'
import type { Effort, Workload } from './workload.ts'

const workloads: Readonly<Record<string, Workload>> = {
  pureLua,
  calls,
  states,
  bytecode,
  tables,
  bulk,
  objects,
  growth,
  modules,
}
const full: Effort = { rounds: 15, sampleMs: 25, alive: 10_000 }
const quick: Effort = { rounds: 3, sampleMs: 5, alive: 1000 }
const usage = `Usage: npm run bench -- [--only ${Object.keys(workloads).join('|')}]... [--quick]
Only a run of everything, without --quick, is written to bench/results.`

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const unknown = options.only?.filter((name) => !(name in workloads)) ?? []
if (options.help || unknown.length > 0) {
  if (unknown.length > 0) process.stderr.write(`Unknown workload: ${unknown.join(', ')}\n`)
  process.stderr.write(`${usage}\n`)
  process.exit(options.help ? 0 : 2)
}

const toolchain = build()
if (options.json) {
  for (const workload of selected()) {
    process.stdout.write(JSON.stringify(await workload(toolchain, options.quick ? quick : full)))
  }
} else {
  report()
}

function report(): void {
  const machine = describeMachine(toolchain)
  process.stdout.write(`STOCK_LUA=${toolchain.stockLua}\n`)
  process.stdout.write(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.compiler}\n`)
  process.stdout.write(`${machine.lua}; ${machine.peers.join('; ')}; load before: ${machine.loadBefore.toFixed(2)}\n`)
  const results: Table[] = []
  for (const name of options.only ?? Object.keys(workloads)) {
    const table = measureApart(name)
    results.push(table)
    process.stdout.write(`\n${formatText(table)}\n`)
  }
  if (!options.only && !options.quick) writeResults(machine, results)
  process.stdout.write(`\n${formatMisses(results)}\n`)
}

function selected(): Workload[] {
  return Object.entries(workloads).flatMap(([name, workload]) => (options.only?.includes(name) ? [workload] : []))
}

/** In a process of its own: what code and heap have become in one workload is none of the next one's. */
function measureApart(name: string): Table {
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), '--json', '--only', name]
  if (options.quick) args.push('--quick')
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const { status, stdout } = spawnSync(process.execPath, args, { stdio: [...stdio], encoding: 'utf8' })
  if (status !== 0) throw new Error(`The workload ${name} ended with ${status}`)
  return JSON.parse(stdout.slice(stdout.indexOf('{')))
}

function writeResults(machine: Machine, tables: readonly Table[]): void {
  const date = new Date().toISOString().slice(0, 10)
  const folder = new URL('./results/', import.meta.url)
  const footer = `${date}, ${machine.cpu}, Node ${process.version}, ${machine.lua}. CPU time, medians, shorter is better; each group has its own scale.`
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(`${date}.md`, folder), formatMarkdown(date, machine, tables))
  writeFileSync(new URL('latest.json', folder), `${JSON.stringify({ date, machine, tables }, undefined, 2)}\n`)
  for (const [file, theme] of Object.entries(themes)) {
    writeFileSync(new URL(file, folder), drawChart(panelsOf(tables), theme, footer))
  }
  const readme = new URL('../README.md', import.meta.url)
  const markers = /(<!-- bench:start -->)[\s\S]*?(<!-- bench:end -->)/
  const text = readFileSync(readme, 'utf8')
  writeFileSync(readme, text.replace(markers, `$1\n${formatReadme(date, machine, tables)}\n$2`))
}
