import { isMet, type Line, ratioOf, type Table, type Unit } from './line.ts'
import type { Machine } from './machine.ts'
import type { Samples, SideName } from './measure.ts'

const sideNames: readonly SideName[] = ['baseline', 'ours', 'wasmoon', 'fengari']
const header = ['', 'baseline', 'lua-native', 'ratio', 'bar', '', 'wasmoon', 'fengari']

/** A value in the largest unit that keeps it above one, with three digits. */
export function formatValue(value: number, unit: Unit): string {
  const scales: Record<Unit, readonly (readonly [number, string])[]> = {
    ns: [
      [1e9, ' s'],
      [1e6, ' ms'],
      [1e3, ' µs'],
      [1, ' ns'],
    ],
    s: [
      [1, ' s'],
      [1e-3, ' ms'],
    ],
    B: [
      [1e6, ' MB'],
      [1e3, ' KB'],
      [1, ' B'],
    ],
    '×': [[1, '×']],
  }
  const scale = scales[unit].find(([size]) => value >= size) ?? scales[unit].at(-1) ?? [1, '']
  return `${digits(value / scale[0])}${scale[1]}`
}

function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function formatSamples(samples: Samples | undefined, unit: Unit): string {
  if (!samples) return ''
  const spread = samples.values.length > 1 ? ` ±${(samples.spread * 100).toFixed(0)}%` : ''
  return `${formatValue(samples.median, unit)}${spread}`
}

function formatBar({ bar, unit }: Line): string {
  if (!bar) return ''
  return `≤ ${bar.on === 'ratio' ? bar.max : formatValue(bar.max, unit)}`
}

function cells(line: Line): string[] {
  const [baseline, ours, wasmoon, fengari] = sideNames.map((side) => formatSamples(line.measured[side], line.unit))
  const ratio = ratioOf(line)
  const verdict = { true: 'met', false: 'missed', undefined: '' }[String(isMet(line)) as 'true' | 'false' | 'undefined']
  return [
    line.baseline ? `${line.name} (baseline: ${line.baseline})` : line.name,
    baseline ?? '',
    ours ?? '',
    ratio === undefined ? '' : ratio.toFixed(ratio >= 10 ? 1 : 3),
    formatBar(line),
    verdict,
    wasmoon ?? '',
    fengari ?? '',
  ]
}

/** A table for the console. */
export function formatText({ title, lines }: Table): string {
  const rows = [[title, ...header.slice(1)], ...lines.map((line) => [line.name, ...cells(line).slice(1)])]
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The file of a run: machine, tables and how they were measured. */
export function formatMarkdown(date: string, machine: Machine, tables: readonly Table[]): string {
  const facts = [
    `- CPU: ${machine.cpu}, ${machine.cores} cores; memory: ${machine.memoryGB} GB; load before the run: ${machine.loadBefore.toFixed(2)}`,
    `- ${machine.system}, Node ${machine.node}, ${machine.compiler}`,
    `- ${machine.lua}; compared with ${machine.peers.join(' and ')}`,
  ]
  const intro =
    'CPU time; medians of interleaved rounds, ± half the distance between the quartiles. Ratio: lua-native over the baseline.'
  const sections = tables.map(({ title, method, lines }) =>
    [
      `## ${title}`,
      method,
      [header, header.map(rule), ...lines.map(cells)].map((row) => `| ${row.join(' | ')} |`).join('\n'),
    ].join('\n\n'),
  )
  return `${[`# Bench of ${date}`, facts.join('\n'), intro, ...sections, formatMisses(tables)].join('\n\n')}\n`
}

/** The chart, the machine and one table of every line: what the README shows between its markers. */
export function formatReadme(date: string, machine: Machine, tables: readonly Table[]): string {
  const columns = ['', ...header.slice(1)]
  const rows = tables.flatMap(({ title, lines }) => [
    [`**${title}**`, ...columns.slice(1).map(() => '')],
    ...lines.map((line) => [line.name, ...cells(line).slice(1)]),
  ])
  return [
    [
      '<picture>',
      '  <source media="(prefers-color-scheme: dark)" srcset="bench/results/latest-dark.svg">',
      '  <img alt="Times of lua-native, stock Lua, wasmoon and fengari as bars" src="bench/results/latest.svg">',
      '</picture>',
    ].join('\n'),
    `${date}, ${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}, ${machine.lua}, ${machine.peers.join(', ')}. CPU time, medians of interleaved rounds; ratio: lua-native over the baseline. [What each line measures](bench/results/${date}.md).`,
    [columns, columns.map(rule), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'),
  ].join('\n\n')
}

function rule(_: string, column: number): string {
  return column === 0 ? '---' : '---:'
}

/** The lines that miss their bar, one a line, or that there is none. */
export function formatMisses(tables: readonly Table[]): string {
  const missed = tables.flatMap(({ title, lines }) =>
    lines.filter((line) => isMet(line) === false).map((line) => `${title}, ${describeMiss(line)}`),
  )
  if (missed.length === 0) return 'Every bar is met.'
  return `Missed: ${missed.length}\n\n${missed.map((line) => `- ${line}`).join('\n')}`
}

function describeMiss(line: Line): string {
  const [name, , ours, ratio, bar] = [line.name, ...cells(line).slice(1)]
  return `${name}: ${line.bar?.on === 'ratio' ? ratio : ours}, bar ${bar}`
}
