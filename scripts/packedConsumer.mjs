// The packages as a user gets them: packed, then installed from the tarballs in a folder outside the repository.

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { makePrebuild } from './prebuild.mjs'
import { coreNative, packageFolders, root, run } from './repository.mjs'

const captured = { stdio: 'pipe', encoding: 'utf8' }

/** Packs every public package into `folder`; returns the tarballs by package name. */
function packAll(folder) {
  const { packageManager } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
  const tarballs = {}
  for (const place of packageFolders()) {
    const { name, version, private: isPrivate } = JSON.parse(fs.readFileSync(path.join(place, 'package.json'), 'utf8'))
    if (isPrivate) continue
    run('npx', ['--yes', packageManager, 'pack', '--pack-destination', folder], { ...captured, cwd: place })
    tarballs[name] = path.join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  }
  return tarballs
}

/** An environment whose PATH has node, npm and a shell, and nothing that compiles. */
function withoutCompiler(folder) {
  const bin = path.join(folder, 'bin')
  fs.mkdirSync(bin)
  fs.symlinkSync(process.execPath, path.join(bin, 'node'))
  const found = (name) =>
    process.env.PATH.split(path.delimiter)
      .map((dir) => path.join(dir, name))
      .find((file) => fs.existsSync(file))
  for (const name of ['npm', 'sh', 'env']) fs.symlinkSync(fs.realpathSync(found(name)), path.join(bin, name))
  const { npm_config_nodedir: _, LUA_NATIVE_ADDON: __, ...env } = process.env
  return { ...env, PATH: bin }
}

/** Calls `use` with an empty project that has the packed packages installed; removes it afterwards. */
export async function withPackedConsumer(use) {
  console.log(`prebuild: ${path.relative(coreNative, await makePrebuild())}`)
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'lua-native-packed-'))
  try {
    const tarballs = packAll(place)
    const env = withoutCompiler(place)
    const project = path.join(place, 'project')
    fs.mkdirSync(project)
    fs.writeFileSync(path.join(project, 'package.json'), '{ "private": true, "type": "module" }\n')
    const types = `@types/node@${process.versions.node.split('.')[0]}`
    run('npm', ['install', '--no-audit', '--no-fund', ...Object.values(tarballs), types], {
      ...captured,
      cwd: project,
      env,
    })
    return await use({ project, tarballs, env })
  } finally {
    fs.rmSync(place, { recursive: true })
  }
}
