/** The end of a worker or of the process, at any moment of a run: a thousand times, without a signal or a hang. */
import { type ExecFileException, execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkBuild } from './fixtures/checkBuild.ts'

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
    execFile(process.execPath, [file, ...args], options, (error: ExecFileException | null, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      resolve({ code, signal: error?.signal ?? null, output: stdout + stderr })
    })
  })
}

beforeAll(checkBuild)

// A thousand in all; fewer where starting a thread or a process takes many times as long.
const sanitized = process.env.LUA_NATIVE_ASAN === '1'
const terminations = sanitized ? 60 : 450
const exits = sanitized ? 26 : 130

describe.concurrent('worker.terminate() during runs', () => {
  test.each([1, 2])(`${terminations} times, series %i`, async (series) => {
    const exit = await runFixture('teardownDriver.mjs', [String(terminations), String(series * 7919)], 55_000)
    expect(exit).toMatchObject({ code: 0, signal: null })
    expect(JSON.parse(exit.output)).toMatchObject({ ended: terminations })
  })
})

test(`process.exit() during runs, ${exits} times`, { timeout: 60_000 }, async () => {
  const list = await runFixture('exitDuringRun.mjs', [], 10_000)
  const places = JSON.parse(list.output) as string[]
  const jobs = Array.from({ length: exits }, (_, i) => places[i % places.length] ?? '')
  const failures: unknown[] = []
  let done = 0
  const lane = async (): Promise<void> => {
    for (let where = jobs.pop(); where !== undefined; where = jobs.pop()) {
      const exit = await runFixture('exitDuringRun.mjs', [where], 10_000)
      done++
      if (exit.code !== 7 || exit.output !== '') failures.push({ where, ...exit })
    }
  }
  await Promise.all([lane(), lane()])
  expect(failures).toEqual([])
  expect(done).toBe(exits)
})
