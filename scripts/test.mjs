// Everything that `npm test` means, one runner after another with its output shown. The last line counts what the
// runners themselves reported. `node scripts/test.mjs [unit | vitest | types | lint …]` runs only those.

import fs from 'node:fs'
import { runLint } from './lint.mjs'
import { isMain } from './repository.mjs'
import { runTypeTests } from './type-tests.mjs'
import { runUnitTests } from './unitTests.mjs'
import { runVitest } from './vitestRuns.mjs'

const runners = { lint: runLint, types: runTypeTests, unit: runUnitTests, vitest: runVitest }

/** Runs one runner; one that breaks, or that finds nothing to run, has failed. */
function counted(name) {
  console.log(`\n=== ${name}`)
  try {
    const counts = runners[name]()
    return counts.passed + counts.failed > 0 ? counts : { passed: 0, failed: 1 }
  } catch (error) {
    console.error(error.stack)
    return { passed: 0, failed: 1 }
  }
}

function main(names) {
  const unknown = names.find((name) => !Object.hasOwn(runners, name))
  if (unknown) throw new Error(`Expected one of ${Object.keys(runners).join(', ')}, received ${unknown}`)
  const total = { passed: 0, failed: 0 }
  const lines = []
  for (const name of names.length > 0 ? names : Object.keys(runners)) {
    const start = performance.now()
    const { passed, failed } = counted(name)
    total.passed += passed
    total.failed += failed
    const seconds = ((performance.now() - start) / 1000).toFixed(0)
    lines.push(`${name.padEnd(8)} ${passed} passed, ${failed} failed, ${seconds} s`)
  }
  process.exitCode = total.failed === 0 ? 0 : 1
  // Synchronously: nothing may come after the last line.
  fs.writeSync(1, `\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed\n`)
}

if (isMain(import.meta.url)) main(process.argv.slice(2))
