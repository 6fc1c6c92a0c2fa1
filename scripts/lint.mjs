// Biome, clang-format and the layer rules. `--write` formats instead of checking.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { commandOf, coreNative, isMain, root } from './repository.mjs'
import { hasClangFormat } from './systemTools.mjs'

function cppFiles() {
  const folders = [path.join(coreNative, 'native'), path.join(root, 'bench')]
  const own = folders
    .filter((folder) => fs.existsSync(folder))
    .flatMap((folder) => fs.readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)))
    .filter((file) => !/[\\/](build|node_modules)[\\/]/.test(file))
  return own.filter((file) => /\.(cpp|hpp|c|h)$/.test(file))
}

function check(title, program, args) {
  const run = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
  if (run.error) throw run.error
  const held = run.status === 0
  console.log(`${held ? '✓' : '✗'} ${title}`)
  return held
}

export function runLint({ write = false } = {}) {
  const node = process.execPath
  const files = cppFiles()
  const biome = write ? ['check', '--write', '.'] : ['check', '--error-on-warnings', '.']
  const clangFormat = write ? ['-i'] : ['--dry-run', '-Werror']
  const held = [
    check('biome', node, [commandOf('@biomejs/biome', 'biome'), ...biome]),
    check('layers', node, ['--import', 'tsx', path.join(root, 'scripts', 'check-layers.ts')]),
    ...(hasClangFormat() && files.length > 0
      ? [check('clang-format', 'clang-format', [...clangFormat, ...files])]
      : []),
  ]
  return { passed: held.filter(Boolean).length, failed: held.filter((each) => !each).length }
}

if (isMain(import.meta.url)) {
  process.exitCode = runLint({ write: process.argv.includes('--write') }).failed === 0 ? 0 : 1
}
