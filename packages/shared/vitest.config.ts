import { defineConfig } from 'vitest/config'
import { sourceAliases } from '../../scripts/sourceAliases.ts'

export default defineConfig({
  resolve: { alias: sourceAliases },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Processes, not threads: a crash of the addon fails one file, and tests start worker threads of their own.
    pool: 'forks',
    execArgv: ['--expose-gc'],
    // The long suites start a process per case.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
