// Compiles the addon with node-gyp: in the package, or in a copy of it with other flags.

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { cacheDir, commandOf, coreNative } from './repository.mjs'

/** The environment for node-gyp: the headers beside the running node, so that nothing is downloaded. */
export function gypEnvironment(extra = {}) {
  const env = { ...process.env, ...extra }
  const prefix = path.resolve(fs.realpathSync(process.execPath), '..', '..')
  if (fs.existsSync(path.join(prefix, 'include', 'node', 'node_api.h'))) env.npm_config_nodedir = prefix
  return env
}

/** Compiles what changed under `folder`; `log` gets one short line per compiled file. */
export function buildNative(folder, { env = {}, log = () => {} } = {}) {
  // configure each time: the list of sources is made there, and objects whose command is unchanged stay.
  const args = [commandOf('node-gyp'), 'configure', 'build', '--release', '--jobs=max']
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: gypEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const listen = (chunk) => {
      output += chunk
      for (const [, file] of String(chunk).matchAll(/^\s*(?:CC|CXX)\(target\) \S*?([\w-]+)\.o\s*$/gm)) log(file)
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(output)
      else reject(new Error(`node-gyp failed with exit code ${code}\n${output}`))
    })
  })
}

/**
 * Copies what the native build reads to a folder of its own and returns the folder: node-gyp can build nowhere but in
 * `build/` beside `binding.gyp`. Unchanged files keep their time, so that builds there are incremental too.
 */
export function stageNative(name) {
  const stage = path.join(cacheDir, name)
  const wanted = new Set()
  for (const part of ['binding.gyp', 'binding.gypi', 'package.json', 'native', 'lua']) {
    const from = path.join(coreNative, part)
    const files = fs.statSync(from).isDirectory() ? fs.readdirSync(from, { recursive: true }) : ['']
    for (const file of files) {
      const source = path.join(from, file)
      if (!fs.statSync(source).isFile() || /deps[\\/](cache|stock)[\\/]/.test(source)) continue
      const target = path.join(stage, part, file)
      wanted.add(target)
      const contents = fs.readFileSync(source)
      if (fs.existsSync(target) && fs.readFileSync(target).equals(contents)) continue
      fs.mkdirSync(path.dirname(target), { recursive: true })
      fs.writeFileSync(target, contents)
    }
  }
  for (const part of ['native', 'lua']) {
    for (const entry of fs.readdirSync(path.join(stage, part), { recursive: true, withFileTypes: true })) {
      const target = path.join(entry.parentPath, entry.name)
      if (entry.isFile() && !wanted.has(target)) fs.rmSync(target)
    }
  }
  return stage
}
