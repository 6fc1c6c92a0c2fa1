/** The end of a worker or of the process, at any moment of off-thread runs: without a signal or a hang. */
import { type ExecFileException, execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Exit {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
}

/** Runs a fixture; a hang ends with SIGKILL. */
function runFixture(name: string, args: readonly string[], patienceMs: number): Promise<Exit> {
  const file = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
  return new Promise((resolve) => {
    const options = { timeout: patienceMs, killSignal: 'SIGKILL' } as const
    execFile(process.execPath, ['--expose-gc', file, ...args], options, (error: ExecFileException | null, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      resolve({ code, signal: error?.signal ?? null, output: out + err })
    })
  })
}

test.each([1, 2])('worker.terminate() 150 times, series %i', async (series) => {
  const exit = await runFixture('teardownDriver.mjs', ['150', String(series * 7919)], 55_000)
  expect(exit).toMatchObject({ code: 0, signal: null })
  expect(JSON.parse(exit.output)).toMatchObject({ ended: 150 })
})

test('process.exit() at any moment', async () => {
  const list = JSON.parse((await runFixture('teardownWorker.mjs', [], 10_000)).output) as string[]
  // These two keep the JavaScript thread busy for good, so that no timer can end the process.
  const names = list.filter((name) => name !== 'a busy host function' && name !== 'calls in calls')
  for (const name of [...names, 'exit in a host function', 'exit in a nested host function']) {
    for (const moment of ['0', '12']) {
      const exit = await runFixture('teardownWorker.mjs', [name, moment], 10_000)
      expect({ name, moment, ...exit }).toEqual({ name, moment, code: 7, signal: null, output: '' })
    }
  }
})

describe('a run that nothing can settle', () => {
  test.each(['never()', 'table.sort({ 1, 2 }, never)', 'coroutine.wrap(never)()'])(
    'keeps no process alive: %s',
    async (source) => {
      expect(await runFixture('neverSettled.mjs', [source], 10_000)).toEqual({ code: 0, signal: null, output: '' })
    },
  )
})
