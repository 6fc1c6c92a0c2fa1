// The C++ unit tests of native/vm.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { coreNative } from './repository.mjs'
import { installCommand } from './systemTools.mjs'

/** Test cases and failed ones in a report of doctest's junit reporter. */
export function countJunit(xml) {
  // A passed case is one self-closing tag; a failed one holds its failures.
  const cases = xml.split('<testcase').slice(1)
  const failed = cases.filter((each) => /<(failure|error)\b/.test(each)).length
  return { passed: cases.length - failed, failed }
}

export function runUnitTests(build = path.join(coreNative, 'build', 'Release'), env = process.env) {
  const binary = path.join(build, process.platform === 'win32' ? 'vm_test.exe' : 'vm_test')
  if (!fs.existsSync(binary)) {
    const install = installCommand([{ name: 'doctest', debian: ['doctest-dev'], required: false }])
    throw new Error(`There is no ${binary}: it is built when the doctest header is installed (${install})`)
  }
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'lua-native-unit-'))
  try {
    const report = path.join(place, 'junit.xml')
    const run = spawnSync(binary, ['--reporters=junit', `--out=${report}`], { env, stdio: 'inherit' })
    if (run.error) throw run.error
    const counts = fs.existsSync(report) ? countJunit(fs.readFileSync(report, 'utf8')) : { passed: 0, failed: 0 }
    if (run.status !== 0) {
      // Once more for people; the junit reporter says nothing on the terminal.
      spawnSync(binary, [], { env, stdio: 'inherit' })
      if (run.signal) console.error(`vm_test was ended by ${run.signal}`)
      counts.failed = Math.max(counts.failed, 1)
    }
    console.log(`C++ unit tests: ${counts.passed} passed, ${counts.failed} failed`)
    return counts
  } finally {
    fs.rmSync(place, { recursive: true })
  }
}
