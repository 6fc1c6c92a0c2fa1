// Runs turbo's tasks with telemetry and remote caching off, and with pnpm, which turbo starts them through, on PATH.

import fs from 'node:fs'
import path from 'node:path'
import { commandOf, root, run } from './repository.mjs'

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
const { packageManager } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
const windows = process.platform === 'win32'
const turbo = [process.execPath, commandOf('turbo'), 'run', ...process.argv.slice(2)]
try {
  run(windows ? 'npx.cmd' : 'npx', ['--yes', `--package=${packageManager}`, '--', ...turbo], { env, shell: windows })
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
