// Where things are, and how the scripts beside this file run other programs.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const coreNative = path.join(root, 'packages', 'core-native')
export const cacheDir = path.join(root, 'node_modules', '.cache', 'lua-native')

/** Folders of all workspace packages, those that others depend on first. */
export function packageFolders() {
  const layers = ['core-native', 'runtime', 'modules', 'async', 'shared', 'lua-native']
  const rank = (folder) => (layers.indexOf(path.basename(folder)) + layers.length) % layers.length
  return ['packages', 'apps']
    .map((parent) => path.join(root, parent))
    .filter((parent) => fs.existsSync(parent))
    .flatMap((parent) => fs.readdirSync(parent).map((name) => path.join(parent, name)))
    .filter((folder) => fs.existsSync(path.join(folder, 'package.json')))
    .sort((a, b) => rank(a) - rank(b))
}

/** The script behind a command that an npm package installs, so that it can be run without a shell. */
export function commandOf(packageName, command = packageName, from = root) {
  const require = createRequire(path.join(from, 'package.json'))
  const folder = require.resolve
    .paths(packageName)
    .map((modules) => path.join(modules, packageName))
    .find((candidate) => fs.existsSync(path.join(candidate, 'package.json')))
  if (!folder) throw new Error(`The npm package ${packageName} is not installed: run "node scripts/setup.mjs"`)
  const { bin } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  return path.join(folder, typeof bin === 'string' ? bin : bin[command])
}

/** Runs a program with its output shown; throws unless it succeeds. */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options })
  if (result.error) throw result.error
  if (result.status !== 0) {
    const shown = [path.basename(program), ...args.map((arg) => path.relative(root, arg) || arg)].join(' ')
    const output = [result.stdout, result.stderr].filter(Boolean).join('\n')
    const how = result.signal ? `ended by ${result.signal}` : `exit code ${result.status}`
    throw new Error(`${shown}: ${how}${output ? `\n${output}` : ''}`)
  }
  return result
}

/** Runs a script with this Node. */
export const runNode = (args, options) => run(process.execPath, args, options)

/** Whether the file that is running is the one that node was started with. */
export const isMain = (url) => process.argv[1] !== undefined && fs.realpathSync(process.argv[1]) === fileURLToPath(url)
