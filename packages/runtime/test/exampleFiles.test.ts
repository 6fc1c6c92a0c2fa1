/** Runs each file of `examples/` as a reader would, and compares what it prints with what its last comment says. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const files = readdirSync(join(root, 'examples')).filter((name) => name.endsWith('.ts') && name !== 'transcript.ts')

function run(file: string): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', join('examples', file)], {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

it.each(files.filter((name) => name !== 'tour.ts'))('%s prints what it says', (file) => {
  const printed = /\/\* Prints:\n([\s\S]*)\*\/\n$/.exec(readFileSync(join(root, 'examples', file), 'utf8'))?.[1]
  expect(run(file)).toEqual({ status: 0, stdout: printed, stderr: '' })
})

it('tour.ts shows everything and ends well', () => {
  const { status, stdout, stderr } = run('tour.ts')
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const titles = [...stdout.matchAll(/^\d\. (.+)$/gm)].map((match) => match[1])
  expect(titles).toHaveLength(9)
  expect(stdout).toContain('LuaMemoryError')
  expect(stdout).toContain('instruction limit exceeded')
  expect(stdout).toContain('execution timeout')
  expect(stdout).toMatch(/\nEverything above happened as it says\.\n$/)
})
