import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { examplesBelow, runnableExample } from '../../../scripts/documentedExamples.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const examples = examplesBelow(join(here, '../src'))

/** What an example's module gets to report to. */
interface Report {
  check(actual: unknown, expected: unknown): void
  checkThrows(action: () => unknown, code: string): void
}

describe('the examples of the documentation', () => {
  // Inside the package, so that they resolve what they import as the tests do.
  const folder = mkdtempSync(join(here, '.examples-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('are found', () => {
    expect(examples.length).toBeGreaterThan(15)
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
    writeFileSync(file, runnableExample(code))
    await import(/* @vite-ignore */ pathToFileURL(file).href)
    expect(checks).toBeGreaterThan(0)
  })
})
