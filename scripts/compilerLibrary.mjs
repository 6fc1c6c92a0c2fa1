import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

/** The file that the compiler would link for `name`, which a program built without it needs in LD_PRELOAD. */
export function compilerLibrary(name) {
  const compiler = process.env.CXX ?? 'g++'
  const run = spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' })
  const file = run.stdout?.trim() ?? ''
  if (!path.isAbsolute(file)) throw new Error(`Expected ${compiler} to know where ${name} is, received "${file}"`)
  return fs.realpathSync(file)
}
