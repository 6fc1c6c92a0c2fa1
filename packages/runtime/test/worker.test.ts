/** Runtimes in several worker threads at once: each thread's own, with the right results. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createRuntime } from '@lua-native/runtime'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkBuild } from './fixtures/checkBuild.ts'

interface Report {
  readonly id: number
  readonly results: readonly unknown[]
  readonly limits: readonly unknown[]
}

async function runWorker(id: number, runtimes: number, rounds: number): Promise<Report> {
  const worker = new Worker(new URL('fixtures/workerTask.mjs', import.meta.url), {
    workerData: { id, runtimes, rounds },
  })
  const [[report], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')])
  expect(code).toBe(0)
  return report as Report
}

const sumOfSquares = (n: number): number => (n * (n + 1) * (2 * n + 1)) / 6

function expectedReport(id: number, runtimes: number, rounds: number): Report {
  const results = Array.from({ length: rounds * runtimes }, (_, i) => {
    const round = Math.floor(i / runtimes)
    const index = i % runtimes
    return {
      index,
      round,
      sum: sumOfSquares(20 + round),
      echoed: [id, index, round],
      failed: `lua ${id}:${index}`,
      counter: round + 1,
      call: round + id,
      reported: { id, index, round },
    }
  })
  return { id, results, limits: Array.from({ length: runtimes }, () => ['limit', 'memory', rounds]) }
}

beforeAll(checkBuild)

describe('worker threads', () => {
  test('have runtimes of their own that run at the same time', async () => {
    const ids = [1, 2, 3, 4]
    const reports = await Promise.all(ids.map((id) => runWorker(id, 5, 40)))
    expect(reports).toEqual(ids.map((id) => expectedReport(id, 5, 40)))
  })

  test('leave the runtimes of the main thread alone', async () => {
    const lua = createRuntime({ globals: { twice: (n: number) => n * 2 } })
    lua.executeScript('total = 0')
    let running = true
    const worker = runWorker(7, 3, 20).finally(() => {
      running = false
    })
    let rounds = 0
    while (running) {
      lua.executeScript('for i = 1, 1000 do total = total + twice(i) end')
      rounds++
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await worker).toEqual(expectedReport(7, 3, 20))
    expect(rounds).toBeGreaterThan(0)
    expect(lua.getGlobal('total')).toBe(rounds * 1_001_000)
    lua.dispose()
  })

  test('come and go one after another', async () => {
    for (let id = 0; id < 15; id++) expect(await runWorker(id, 2, 2)).toEqual(expectedReport(id, 2, 2))
  })

  test('load the addon in a thread of which the parent never did', async () => {
    const source = `
      const { Worker } = require('node:worker_threads')
      new Worker(new URL(${JSON.stringify(new URL('fixtures/workerTask.mjs', import.meta.url).href)}), {
        workerData: { id: 3, runtimes: 2, rounds: 1 },
      }).once('message', ({ id, limits }) => console.log(JSON.stringify({ id, limits })))`
    const output = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, ['--eval', source], (error, stdout) => {
        if (error) reject(error)
        else resolve(stdout)
      })
    })
    expect(JSON.parse(output)).toEqual({ id: 3, limits: expectedReport(3, 2, 1).limits })
  })
})
