// One prebuild, several Node versions: runs a smoke test of the packed packages with each.

import fs from 'node:fs'
import path from 'node:path'
import { withPackedConsumer } from './packedConsumer.mjs'
import { run } from './repository.mjs'

const versions = [20, 22, 24, 26]

const smoke = `import { Worker, isMainThread } from 'node:worker_threads'
import { createRuntime } from '@lua-native/runtime'

const check = (held, what) => {
  if (!held) throw new Error('failed: ' + what)
}
const lua = createRuntime({ maxMemory: 1 << 24, maxInstructions: 1_000_000, globals: { double: (x) => 2 * x } })
check(lua.executeScript('return double(21)') === 42, 'a host function')
let refused
try {
  lua.executeScript('while true do end')
} catch (error) {
  refused = error.code
}
check(refused !== undefined, 'the instruction limit')
check(lua.executeScript('return #("x"):rep(10)') === 10, 'the runtime after a limit')
lua.dispose()
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  const code = await new Promise((resolve, reject) => worker.on('error', reject).on('exit', resolve))
  check(code === 0, 'a worker thread')
  console.log('Node ' + process.versions.node + ': held')
}
`

await withPackedConsumer(({ project, env }) => {
  fs.writeFileSync(path.join(project, 'smoke.mjs'), smoke)
  for (const version of versions) {
    const folder = path.join(project, `node-${version}`)
    fs.mkdirSync(folder)
    fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n')
    const binaries = `node-${process.platform}-${process.arch}@${version}`
    run('npm', ['install', '--no-audit', '--no-fund', binaries], { cwd: folder, env, stdio: 'pipe', encoding: 'utf8' })
    const binary = path.join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
    run(binary, ['smoke.mjs'], { cwd: project, env })
  }
})
