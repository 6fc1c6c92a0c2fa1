/** Turns the examples in documentation comments into code that vitest can run: shared by the packages' tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

/** An example and where it stands. */
export interface DocumentedExample {
  readonly title: string
  readonly code: string
}

/** All examples in the sources below some folders. */
export function examplesBelow(...folders: readonly string[]): DocumentedExample[] {
  return folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(name))
        .map((name) => join(folder, name)),
    )
    .flatMap(examplesOf)
}

function examplesOf(file: string): DocumentedExample[] {
  const examples: DocumentedExample[] = []
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

/** Turns `expression // => value` and `expression // throws CODE` into checks by `globalThis.exampleReport`. */
export function runnableExample(code: string): string {
  const body = code
    .replace(/^(\s*)(\S.*?) \/\/ => (.+)$/gm, '$1globalThis.exampleReport.check($2, ($3))')
    .replace(/^(\s*)(\S.*?) \/\/ throws (\w+)$/gm, "$1globalThis.exampleReport.checkThrows(() => $2, '$3')")
  return `// @ts-nocheck\n${body}\n`
}
