// Runs one of the long suites by name: `node scripts/suite.mjs attacks`.

import path from 'node:path'
import { commandOf, root, runNode } from './repository.mjs'

const suites = {
  attacks: ['core-native', 'test/attacks/attacks.test.ts'],
  oom: ['runtime', 'test/oom.test.ts'],
  mutations: ['runtime', 'test/mutations.test.ts'],
  teardown: ['runtime', 'test/teardown.test.ts'],
}

try {
  const [name, ...options] = process.argv.slice(2)
  if (!Object.hasOwn(suites, name))
    throw new Error(`Expected one of ${Object.keys(suites).join(', ')}, received ${name}`)
  const [packageName, file] = suites[name]
  const folder = path.join(root, 'packages', packageName)
  runNode([commandOf('vitest', 'vitest', folder), 'run', file, ...options], { cwd: folder })
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
