// The compiler over every project: each *.test-d.ts counts as one test, the rest of a project as one more.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { commandOf, isMain, packageFolders, root } from './repository.mjs'

function compile(project, ...args) {
  const run = spawnSync(process.execPath, [commandOf('typescript', 'tsc'), '--noEmit', '--pretty', 'false', ...args], {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (run.error) throw run.error
  return run
}

function checkProject(project) {
  const name = path.relative(root, project) || 'scripts, bench, examples'
  const listed = compile(project, '--listFilesOnly').stdout.trim().split('\n')
  const typeTests = listed
    .filter((file) => file.endsWith('.test-d.ts'))
    .map((file) => path.relative(project, path.resolve(project, file)))
  const { status, stdout, stderr } = compile(project)
  const withErrors = new Set(
    [...stdout.matchAll(/^(.+?)\(\d+,\d+\): error /gm)].map((match) => path.normalize(match[1])),
  )
  if (status !== 0) console.error(stdout + stderr)

  const failed = typeTests.filter((file) => withErrors.has(file))
  const elsewhere = status !== 0 && (withErrors.size === 0 || withErrors.size > failed.length)
  const results = [...typeTests.map((file) => [file, !failed.includes(file)]), ['everything else', !elsewhere]]
  for (const [title, held] of results) console.log(`${held ? '✓' : '✗'} ${name}: ${title}`)
  return results.map(([, held]) => held)
}

export function runTypeTests() {
  const projects = [...packageFolders(), root].filter((folder) => fs.existsSync(path.join(folder, 'tsconfig.json')))
  const held = projects.flatMap(checkProject)
  return { passed: held.filter(Boolean).length, failed: held.filter((each) => !each).length }
}

if (isMain(import.meta.url)) process.exitCode = runTypeTests().failed === 0 ? 0 : 1
