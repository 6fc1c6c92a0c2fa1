/** Runs the examples of the documentation: `expression // => value` is a check. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const sources = join(here, '../src')
const folder = mkdtempSync(join(here, '.examples-'))
afterAll(() => rmSync(folder, { recursive: true }))

function examplesOf(file: string): [string, string][] {
  const text = readFileSync(join(sources, file), 'utf8')
  return [...text.matchAll(/@example\n([\s\S]*?)\n \*\/\n(export [^({]*)/g)].map(([, code = '', what = '']) => [
    `${file}: ${what.trim()}`,
    code.replace(/^ \* ?/gm, '').replace(/^(.*?) \/\/ => (.+)$/gm, 'globalThis.checkExample($1, ($2))'),
  ])
}

const examples = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(name))
  .flatMap(examplesOf)

it('examples are found', () => {
  expect(examples.length).toBeGreaterThan(8)
})

it.each(examples)('%s', async (_, code) => {
  let checks = 0
  Object.assign(globalThis, {
    checkExample(actual: unknown, expected: unknown) {
      checks++
      expect(actual).toEqual(expected)
    },
  })
  const file = join(folder, `example${Math.random()}.ts`)
  writeFileSync(file, `// @ts-nocheck\n${code}\n`)
  await import(pathToFileURL(file).href)
  expect(checks).toBeGreaterThan(0)
})
