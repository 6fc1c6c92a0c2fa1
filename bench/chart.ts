import type { Line, Table } from './line.ts'
import type { SideName } from './measure.ts'
import { formatValue } from './report.ts'

/** Colours of a chart. */
export interface Theme {
  readonly background: string
  readonly text: string
  readonly muted: string
  readonly ours: string
  readonly others: string
}

/** Themes by file name. */
export const themes: Readonly<Record<'latest.svg' | 'latest-dark.svg', Theme>> = {
  'latest.svg': { background: '#ffffff', text: '#1f2328', muted: '#59636e', ours: '#0969da', others: '#afb8c1' },
  'latest-dark.svg': { background: '#0d1117', text: '#e6edf3', muted: '#9198a1', ours: '#4493f8', others: '#484f58' },
}

/** One group of bars. */
export interface Panel {
  readonly title: string
  readonly line: Line
  /** What the baseline bar is called. */
  readonly baseline: string
}

const width = 860
const margin = 24
const labelWidth = 190
const valueWidth = 90
const barHeight = 18
const barStep = 24
const titleHeight = 34
const panelGap = 18
const footerHeight = 30

/** Finds the lines that the chart shows, by table and by name. */
export function panelsOf(tables: readonly Table[]): Panel[] {
  const wanted = [
    ['Pure Lua', 'geometric mean', 'Pure Lua programs, time relative to the stock interpreter', 'stock lua -O2'],
    ['Calls', 'JS → Lua, two numbers', 'JavaScript calls a Lua function', 'empty native call'],
    ['Calls', 'Lua → JS, two numbers', 'Lua calls a JavaScript function', 'minimal C host function'],
    ['Calls', "executeScript('return 1')", "Run the script 'return 1'", 'C API'],
    ['States', "createRuntime({libraries: 'sandbox'})", 'Open a sandboxed runtime', 'C API'],
  ] as const
  return wanted.flatMap(([table, name, title, baseline]) => {
    const line = tables.find((one) => one.title === table)?.lines.find((one) => one.name === name)
    if (!line) throw new Error(`Expected a line "${name}" in the table "${table}", found none`)
    return { title, line, baseline }
  })
}

/** Draws horizontal bars, one panel below the other, each on its own linear scale from zero. */
export function drawChart(panels: readonly Panel[], theme: Theme, footer: string): string {
  const heights = panels.map((panel) => titleHeight + bars(panel).length * barStep + panelGap)
  const height = margin + heights.reduce((sum, one) => sum + one, 0) + footerHeight
  let top = margin
  const body = panels.map((panel, index) => {
    const drawn = drawPanel(panel, top, theme)
    top += heights[index] ?? 0
    return drawn
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title" font-family="system-ui, -apple-system, 'Segoe UI', sans-serif" font-size="13">
<title id="title">Time of lua-native, its baselines, wasmoon and fengari; shorter is better</title>
<rect width="${width}" height="${height}" rx="6" fill="${theme.background}"/>
${body.join('\n')}
${text(margin, height - 16, footer, theme.muted, 'font-size="11"')}
</svg>
`
}

interface BarOf {
  readonly label: string
  readonly value: number
  readonly ours: boolean
}

function bars({ line, baseline }: Panel): BarOf[] {
  const labels: readonly (readonly [SideName, string])[] = [
    ['ours', 'lua-native, limits on'],
    ['baseline', baseline],
    ['wasmoon', 'wasmoon'],
    ['fengari', 'fengari'],
  ]
  return labels.flatMap(([side, label]) => {
    const samples = line.measured[side]
    return samples ? { label, value: samples.median, ours: side === 'ours' } : []
  })
}

function drawPanel(panel: Panel, top: number, theme: Theme): string {
  const list = bars(panel)
  const longest = Math.max(...list.map(({ value }) => value))
  const space = width - 2 * margin - labelWidth - valueWidth
  const rows = list.map(({ label, value, ours }, index) => {
    const y = top + titleHeight + index * barStep - 8
    const length = Math.max(2, (value / longest) * space)
    const x = margin + labelWidth
    const weight = ours ? 'font-weight="600"' : ''
    return [
      text(x - 10, y + 13, label, ours ? theme.text : theme.muted, `text-anchor="end" ${weight}`),
      `<rect x="${x}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2" fill="${ours ? theme.ours : theme.others}"/>`,
      text(x + length + 8, y + 13, formatValue(value, panel.line.unit), theme.text, weight),
    ].join('\n')
  })
  return [text(margin, top + 12, panel.title, theme.text, 'font-size="14" font-weight="600"'), ...rows].join('\n')
}

function text(x: number, y: number, content: string, fill: string, attributes: string): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const extra = attributes.trim() === '' ? '' : ` ${attributes.trim()}`
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${fill}"${extra}>${escaped}</text>`
}
