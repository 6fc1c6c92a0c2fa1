// The tests of off-thread runs against a build with ThreadSanitizer: two threads that touch the same memory without an
// order between them end the test. Node itself is not instrumented; what the addon does on its threads is.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { compilerLibrary } from './compilerLibrary.mjs'
import { buildNative, stageNative } from './nativeBuild.mjs'
import { commandOf, root } from './repository.mjs'
import { countReport } from './vitestRuns.mjs'

const suites = [
  ['core-native', 'test/offThreadRuns.test.ts'],
  ['async', 'src'],
  ['async', 'test/teardown.test.ts'],
]

/** What ThreadSanitizer wrote, one file for each process that it found something in. */
function reportsIn(place) {
  return fs
    .readdirSync(place)
    .filter((name) => name.startsWith('tsan.'))
    .map((name) => fs.readFileSync(path.join(place, name), 'utf8'))
}

function runSuite(packageName, filter, env, place) {
  const folder = path.join(root, 'packages', packageName)
  const file = path.join(place, 'report.json')
  const args = ['run', filter, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  // The shadow memory has fixed places, which a randomized layout may take.
  const command = [process.execPath, commandOf('vitest', 'vitest', folder), ...args]
  const run = spawnSync('setarch', ['-R', ...command], { cwd: folder, env, stdio: 'inherit' })
  if (run.error) throw run.error
  const counts = fs.existsSync(file) ? countReport(JSON.parse(fs.readFileSync(file, 'utf8'))) : { passed: 0, failed: 1 }
  if (run.status !== 0) counts.failed = Math.max(counts.failed, 1)
  return counts
}

async function main() {
  if (process.platform !== 'linux') throw new Error('The sanitized run preloads libtsan: it works on Linux only')
  const stage = stageNative('tsan')
  console.log('building with ThreadSanitizer …')
  await buildNative(stage, {
    env: { LUA_NATIVE_TSAN: '1', LUA_NATIVE_VM_TEST: '0', LUA_PGO: '', LUA_LTO: '0' },
    log: (file) => console.log(`  ${file}`),
  })
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'lua-native-tsan-'))
  try {
    const env = {
      ...process.env,
      TSAN_OPTIONS: `log_path=${path.join(place, 'tsan')}:exitcode=0:report_signal_unsafe=0:ignore_noninstrumented_modules=1`,
      // Tests that measure time or memory may allow for the slower build.
      LUA_NATIVE_TSAN: '1',
      LUA_NATIVE_ADDON: path.join(stage, 'build', 'Release', 'lua_native.node'),
      LD_PRELOAD: compilerLibrary('libtsan.so'),
    }
    const total = { passed: 0, failed: 0 }
    for (const [packageName, filter] of suites) {
      const { passed, failed } = runSuite(packageName, filter, env, place)
      total.passed += passed
      total.failed += failed
    }
    const reports = reportsIn(place)
    for (const report of reports) console.error(report)
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${reports.length} processes with data races`)
    process.exitCode = total.failed === 0 && reports.length === 0 ? 0 : 1
  } finally {
    fs.rmSync(place, { recursive: true })
  }
}

try {
  await main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
