// Installs the packed packages where no compiler is, and uses them from JavaScript and TypeScript.

import fs from 'node:fs'
import path from 'node:path'
import { withPackedConsumer } from './packedConsumer.mjs'
import { commandOf, run, runNode } from './repository.mjs'

const script = `import { moduleActions } from '@lua-native/modules'
import { createRuntime } from '@lua-native/runtime'
import { createSharedTable, sharedTables } from '@lua-native/shared'
const lua = createRuntime({ maxMemory: 1 << 24, maxInstructions: 1_000_000, timeout: 1000 })
const sum = lua.executeScript('local a, b = ... return a + b', { args: [40, 2] })
if (sum !== 42) throw new Error('Expected 42, received ' + sum)
lua.dispose()
console.log('sum', sum)
const modular = createRuntime().extend(moduleActions())
modular.registerSource('one', 'return { two = 2 }')
const two = modular.executeScript('return require("one").two')
if (two !== 2) throw new Error('Expected 2, received ' + two)
modular.dispose()
console.log('module', two)
const counts = createSharedTable({ three: 2 })
const sharing = createRuntime().extend(sharedTables({ counts }))
counts.increment('three')
const three = sharing.executeScript('return counts.three')
if (three !== 3) throw new Error('Expected 3, received ' + three)
sharing.dispose()
console.log('shared', three)
`

const typedScript = script
  .replace('lua.executeScript(', 'lua.executeScript<number>(')
  .concat("// @ts-expect-error: maxMemory is a number\ncreateRuntime({ maxMemory: 'much' })\n")

const compilerOptions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}

function typecheck(project, resolution) {
  const config = {
    compilerOptions: {
      ...compilerOptions[resolution],
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      // The published declarations themselves are under test.
      skipLibCheck: false,
    },
    files: ['main.ts'],
  }
  const file = path.join(project, `tsconfig.${resolution}.json`)
  fs.writeFileSync(file, JSON.stringify(config))
  runNode([commandOf('typescript', 'tsc'), '-p', file])
}

await withPackedConsumer(({ project, tarballs, env }) => {
  fs.writeFileSync(path.join(project, 'main.mjs'), script)
  fs.writeFileSync(path.join(project, 'main.ts'), typedScript)

  console.log('— JavaScript')
  run('node', ['main.mjs'], { cwd: project, env })
  for (const resolution of Object.keys(compilerOptions)) {
    console.log(`— TypeScript, moduleResolution ${resolution}`)
    typecheck(project, resolution)
  }
  for (const [name, tarball] of Object.entries(tarballs)) {
    console.log(`— ${name}: publint, attw`)
    runNode([commandOf('publint'), 'run', '--strict', tarball])
    runNode([commandOf('@arethetypeswrong/cli', 'attw'), tarball, '--profile', 'esm-only'])
  }
  console.log('packed packages: all held')
})
