/**
 * Runs each file of `examples/` as a reader would, and compares what it prints with what its last comment says; and
 * each script of the READMEs, with `// => value` and `// throws CODE` as checks.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts') && name !== 'transcript.ts')

/** A folder from which scripts resolve the packages as the examples do. */
const scratch = mkdtempSync(join(root, 'packages', 'runtime', 'test', '.readme-'))
afterAll(() => rmSync(scratch, { recursive: true }))

function run(file: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

it.each(files.filter((name) => name !== 'tour.ts'))('%s prints what it says', (file) => {
  const printed = /\/\* Prints:\n([\s\S]*)\*\/\n$/.exec(readFileSync(join(root, 'examples', file), 'utf8'))?.[1]
  expect(run(join('examples', file))).toEqual({ status: 0, stdout: printed, stderr: '' })
})

it('tour.ts shows everything and ends well', () => {
  const { status, stdout, stderr } = run(join('examples', 'tour.ts'))
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const titles = [...stdout.matchAll(/^\d\. (.+)$/gm)].map((match) => match[1])
  expect(titles).toHaveLength(9)
  expect(stdout).toContain('LuaMemoryError')
  expect(stdout).toContain('instruction limit exceeded')
  expect(stdout).toContain('execution timeout')
  expect(stdout).toMatch(/\nEverything above happened as it says\.\n$/)
})

const readmes = ['README.md', 'packages/runtime/README.md', 'packages/modules/README.md', 'packages/shared/README.md']

it.each(readmes)('the scripts of %s do what they say', (readme) => {
  const scripts = [...readFileSync(join(root, readme), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)]
  expect(scripts.length).toBeGreaterThan(0)
  for (const [index, [, script = '']] of scripts.entries()) {
    const checked = script
      .replace(/^(\S.*?) \/\/ => (.+)$/gm, 'assert.deepStrictEqual($1, $2)')
      .replace(/^(\S.*?) \/\/ throws (\w+)$/gm, "assert.throws(() => $1, { code: '$2' })")
    expect(checked).not.toBe(script)
    const file = join(scratch, `${readme.replace(/\W/g, '-')}-${index}.ts`)
    writeFileSync(file, `import assert from 'node:assert'\n${checked}`)
    expect(run(file)).toEqual({ status: 0, stdout: '', stderr: '' })
  }
})
