// Makes packages/core-native/prebuilds/<platform>-<arch>/ for this machine, unless it is up to date.

import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { gypEnvironment, stageNative } from './nativeBuild.mjs'
import { coreNative, isMain } from './repository.mjs'
import { hashOf, isDone, markDone } from './stamps.mjs'

/** The oldest supported Node: Node-API keeps the addon working on every later one. */
const target = 'node@20.19.0'

function fileName() {
  if (process.platform !== 'linux') return 'lua-native.node'
  const musl = process.report.getReport().header.glibcVersionRuntime === undefined
  return `lua-native.${musl ? 'musl' : 'glibc'}.node`
}

/** Builds the prebuild and returns its file. */
export async function makePrebuild() {
  const output = path.join(coreNative, 'prebuilds', `${process.platform}-${process.arch}`, fileName())
  // In a copy: prebuildify empties build/, and takes the addon out of it.
  const stage = stageNative('prebuild')
  const inputs = ['binding.gyp', 'binding.gypi', 'native', 'lua'].map((part) => path.join(stage, part))
  const { LUA_PGO, LUA_PGO_DIR, LUA_LTO } = process.env
  const hash = hashOf(inputs, { extra: [process.platform, process.arch, { LUA_PGO, LUA_PGO_DIR, LUA_LTO }] })
  if (isDone('prebuild', hash, [output])) return output

  Object.assign(process.env, gypEnvironment({ LUA_NATIVE_VM_TEST: '0', LUA_NATIVE_ASAN: '0' }))
  const prebuildify = createRequire(path.join(coreNative, 'package.json'))('prebuildify')
  await promisify(prebuildify)({
    cwd: stage,
    out: coreNative,
    name: 'lua-native',
    napi: true,
    strip: true,
    tagLibc: process.platform === 'linux',
    targets: [target],
    quiet: true,
  })
  markDone('prebuild', hash)
  return output
}

if (isMain(import.meta.url)) console.log(path.relative(process.cwd(), await makePrebuild()))
