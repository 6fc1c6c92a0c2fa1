/** Everything at once, for `SOAK_SECONDS` (6 unless set): nothing crashes, nothing is left. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const seconds = Number(process.env.SOAK_SECONDS ?? 6)

test(`runs, aborts, disposals and worker terminations for ${seconds} s`, {
  timeout: seconds * 1000 + 60_000,
}, async () => {
  const file = fileURLToPath(new URL('fixtures/soak.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file, String(seconds), '11'])
  const report = JSON.parse(stdout) as Record<'runs' | 'aborts' | 'disposals' | 'workers', number> &
    Record<'rssMb' | 'heapMb' | 'externalMb', [number, number]>
  for (const what of ['runs', 'aborts', 'disposals', 'workers'] as const) expect(report[what]).toBeGreaterThan(0)
  expect(report.heapMb[1] - report.heapMb[0]).toBeLessThan(3)
  expect(report.externalMb[1] - report.externalMb[0]).toBeLessThan(3)
  // AddressSanitizer keeps what was freed for a while.
  expect(report.rssMb[1] - report.rssMb[0]).toBeLessThan(process.env.LUA_NATIVE_ASAN === undefined ? 40 : 300)
})
