// The C++ unit tests and the vitest suites against a build with AddressSanitizer and UndefinedBehaviorSanitizer.

import path from 'node:path'
import { compilerLibrary } from './compilerLibrary.mjs'
import { buildNative, stageNative } from './nativeBuild.mjs'
import { runUnitTests } from './unitTests.mjs'
import { runVitest } from './vitestRuns.mjs'

async function main() {
  if (process.platform !== 'linux') throw new Error('The sanitized run preloads libasan: it works on Linux only')
  const stage = stageNative('asan')
  console.log('building with AddressSanitizer and UndefinedBehaviorSanitizer …')
  await buildNative(stage, {
    env: { LUA_NATIVE_ASAN: '1', LUA_NATIVE_VM_TEST: '1', LUA_PGO: '', LUA_LTO: '0' },
    log: (file) => console.log(`  ${file}`),
  })

  const release = path.join(stage, 'build', 'Release')
  const env = {
    ...process.env,
    // Leaks show in the tests' own counters; Node leaves much behind on purpose when it exits.
    ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0:exitcode=86:allocator_may_return_null=1',
    UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
    // Tests that measure time or memory may allow for the slower, larger build.
    LUA_NATIVE_ASAN: '1',
  }
  const unit = runUnitTests(release, env)
  const suites = runVitest({
    ...env,
    LUA_NATIVE_ADDON: path.join(release, 'lua_native.node'),
    // libstdc++ as well: ASan looks for the exception functions when it starts, before the addon brings them.
    LD_PRELOAD: [compilerLibrary('libasan.so'), compilerLibrary('libstdc++.so')].join(' '),
  })
  const failed = unit.failed + suites.failed
  console.log(`\n${unit.passed + suites.passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}

try {
  await main()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
