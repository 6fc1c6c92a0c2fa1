import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const sources = ['../src', '../../core-native/src'].map((folder) => join(here, folder))

interface Example {
  readonly title: string
  readonly code: string
}

/** What an example's module gets to report to. */
interface Report {
  check(actual: unknown, expected: unknown): void
  checkThrows(action: () => unknown, code: string): void
}

function examplesOf(file: string): Example[] {
  const examples: Example[] = []
  const text = readFileSync(file, 'utf8')
  for (const [comment] of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const lines = comment.split('\n').map((line) => line.replace(/^\s*(\*\/|\* ?|\/\*\*)/, ''))
    const start = lines.findIndex((line) => line.trim() === '@example')
    if (start === -1) continue
    const rest = lines.slice(start + 1)
    const end = rest.findIndex((line) => line.startsWith('@'))
    const number = text.slice(0, text.indexOf(comment)).split('\n').length + start
    examples.push({
      title: `${basename(file)}:${number}`,
      code: rest.slice(0, end === -1 ? undefined : end).join('\n'),
    })
  }
  return examples
}

/** Turns `expression // => value` and `expression // throws CODE` into checks. */
function runnable(code: string): string {
  const body = code
    .replace(/^(\s*)(\S.*?) \/\/ => (.+)$/gm, '$1globalThis.exampleReport.check($2, ($3))')
    .replace(/^(\s*)(\S.*?) \/\/ throws (\w+)$/gm, "$1globalThis.exampleReport.checkThrows(() => $2, '$3')")
  return `// @ts-nocheck\n${body}\n`
}

const files = sources.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(name))
    .map((name) => join(folder, name)),
)
const examples = files.flatMap(examplesOf)

describe('the examples of the documentation', () => {
  // Inside the package, so that they resolve what they import as the tests do.
  const folder = mkdtempSync(join(here, '.examples-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('are found', () => {
    expect(examples.length).toBeGreaterThan(45)
  })

  it.each(examples)('$title does what it says', async ({ title, code }) => {
    let checks = 0
    const report: Report = {
      check: (actual, expected) => {
        checks++
        expect(actual).toEqual(expected)
      },
      checkThrows: (action, expected) => {
        checks++
        expect(action).toThrow(expect.objectContaining({ code: expected }))
      },
    }
    Object.assign(globalThis, { exampleReport: report })
    const file = join(folder, `${title.replace(/\W/g, '-')}.ts`)
    writeFileSync(file, runnable(code))
    await import(/* @vite-ignore */ pathToFileURL(file).href)
    expect(checks).toBeGreaterThan(0)
  })
})
