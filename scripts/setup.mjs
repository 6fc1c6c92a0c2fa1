// Everything a fresh checkout lacks, each part only when it is missing or out of date:
// npm packages, the Lua sources, the native build, the TypeScript build.
//
// `node scripts/setup.mjs [packages | lua | native]` stops after that part. Uses nothing but Node's own modules.

import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildNative } from './nativeBuild.mjs'
import { commandOf, coreNative, packageFolders, root, run, runNode } from './repository.mjs'
import { forget, hashOf, isDone, markDone } from './stamps.mjs'
import { ensureSystemTools, hasDoctest } from './systemTools.mjs'

const log = (line) => console.log(`setup: ${line}`)

/** Runs `work` unless it was done for the same inputs; says how long it took. `writesInputs`: they count as they are then. */
async function once({ name, title, hash, outputs, work, writesInputs = false }) {
  if (isDone(name, hash(), outputs())) return
  const start = performance.now()
  log(`${title} …`)
  forget(name)
  // Taken before the work: what is edited meanwhile is not built yet.
  const before = hash()
  await work()
  markDone(name, writesInputs ? hash() : before)
  log(`${title}: ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  throw new Error(`Expected Node 20.19 or newer, received ${process.versions.node}: https://nodejs.org`)
}

const lockfile = path.join(root, 'pnpm-lock.yaml')

async function packages() {
  const { packageManager } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  await once({
    name: 'packages',
    // Installing may write the lockfile.
    writesInputs: true,
    title: `npm packages (${packageManager})`,
    hash: () =>
      hashOf([
        lockfile,
        path.join(root, 'pnpm-workspace.yaml'),
        path.join(root, 'package.json'),
        ...packageFolders().map((folder) => path.join(folder, 'package.json')),
      ]),
    outputs: () => [
      path.join(root, 'node_modules', '.modules.yaml'),
      ...packageFolders().map((folder) => path.join(folder, 'node_modules')),
    ],
    work: () => {
      const windows = process.platform === 'win32'
      const install = ['install', '--config.confirmModulesPurge=false', '--reporter=append-only']
      if (fs.existsSync(lockfile)) install.push('--frozen-lockfile')
      run(windows ? 'npx.cmd' : 'npx', ['--yes', packageManager, ...install], {
        stdio: 'pipe',
        encoding: 'utf8',
        shell: windows,
      })
    },
  })
}

async function lua() {
  const { fetchLua } = await import(pathToFileURL(path.join(coreNative, 'lua', 'fetch.mjs')).href)
  const result = await fetchLua({ log })
  if (result.changed) log(`Lua ${result.version}: unpacked and edited`)
  return result.version
}

async function native(luaVersion) {
  const doctest = hasDoctest()
  const release = path.join(coreNative, 'build', 'Release')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const { LUA_PGO, LUA_PGO_DIR, LUA_LTO, CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS } = process.env
  const flags = { LUA_PGO, LUA_PGO_DIR, LUA_LTO, CC, CXX, CFLAGS, CXXFLAGS, LDFLAGS }
  await once({
    name: 'native',
    title: 'native build',
    hash: () =>
      hashOf(
        ['binding.gyp', 'binding.gypi', 'native', 'lua'].map((part) => path.join(coreNative, part)),
        {
          accept: (file) => !file.includes(`${path.sep}deps${path.sep}`),
          extra: [luaVersion, process.platform, process.arch, hasDoctest(), flags],
        },
      ),
    outputs: () => [
      path.join(release, 'lua_native.node'),
      ...(doctest ? [path.join(release, `vm_test${suffix}`)] : []),
    ],
    work: async () => {
      ensureSystemTools(log)
      const env = { LUA_NATIVE_ASAN: '0', LUA_NATIVE_VM_TEST: hasDoctest() ? '1' : '0' }
      await buildNative(coreNative, { env, log: (file) => console.log(`  ${file}`) })
    },
  })
}

async function typescript() {
  const projects = packageFolders().filter((folder) => fs.existsSync(path.join(folder, 'tsconfig.build.json')))
  await once({
    name: 'typescript',
    title: 'TypeScript build',
    hash: () =>
      hashOf([
        path.join(root, 'tsconfig.base.json'),
        ...projects.flatMap((folder) => [path.join(folder, 'tsconfig.build.json'), path.join(folder, 'src')]),
      ]),
    outputs: () => projects.map((folder) => path.join(folder, 'dist', 'index.js')),
    work: () => {
      // From nothing: a file whose source is gone must not stay in dist.
      for (const folder of projects) fs.rmSync(path.join(folder, 'dist'), { recursive: true, force: true })
      const configs = projects.map((folder) => path.join(folder, 'tsconfig.build.json'))
      runNode([commandOf('typescript', 'tsc'), '-b', ...configs], { stdio: 'pipe', encoding: 'utf8' })
    },
  })
}

async function setup(last) {
  if (![undefined, 'packages', 'lua', 'native'].includes(last)) throw new Error(`There is no part "${last}"`)
  checkNode()
  await packages()
  if (last === 'packages') return
  const luaVersion = await lua()
  if (last === 'lua') return
  await native(luaVersion)
  if (last === 'native') return
  await typescript()
}

try {
  await setup(process.argv[2])
} catch (error) {
  console.error(`setup: ${error.message}`)
  process.exitCode = 1
}
