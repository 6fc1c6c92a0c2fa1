// vitest in every package that has a configuration for it.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { commandOf, packageFolders } from './repository.mjs'

/** What vitest's JSON report counts; a file that did not load and a skipped test are failures. */
export function countReport(report) {
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  const skipped = report.numPendingTests + report.numTodoTests
  if (skipped > 0) console.error(`${skipped} tests were skipped: that counts as failed`)
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length + skipped }
}

function runPackage(folder, env) {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'lua-native-vitest-'))
  try {
    const file = path.join(place, 'report.json')
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
    const run = spawnSync(process.execPath, [commandOf('vitest', 'vitest', folder), ...args], {
      cwd: folder,
      env,
      stdio: 'inherit',
    })
    if (run.error) throw run.error
    const counts = fs.existsSync(file)
      ? countReport(JSON.parse(fs.readFileSync(file, 'utf8')))
      : { passed: 0, failed: 1 }
    // Such as an error outside any test.
    if (run.status !== 0) counts.failed = Math.max(counts.failed, 1)
    return counts
  } finally {
    fs.rmSync(place, { recursive: true })
  }
}

export function runVitest(env = process.env) {
  const total = { passed: 0, failed: 0 }
  for (const folder of packageFolders()) {
    if (!fs.existsSync(path.join(folder, 'vitest.config.ts'))) continue
    const { passed, failed } = runPackage(folder, env)
    total.passed += passed
    total.failed += failed
  }
  return total
}
