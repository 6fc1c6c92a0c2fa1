// What the native build needs from the system, and how a machine gets it.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { run } from './repository.mjs'

const works = (program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

const includeFolders = [
  '/usr/include',
  '/usr/local/include',
  '/opt/homebrew/include',
  // binding.gypi reads it too.
  ...(process.env.DOCTEST_INCLUDE ? [process.env.DOCTEST_INCLUDE] : []),
]

export const hasDoctest = () => includeFolders.some((folder) => fs.existsSync(path.join(folder, 'doctest/doctest.h')))
export const hasClangFormat = () => works('clang-format')

const tools = [
  {
    name: 'a C++ compiler',
    found: () => [process.env.CXX, 'c++', 'g++', 'clang++'].filter(Boolean).some((name) => works(name.split(' ')[0])),
    debian: ['g++', 'libc6-dev'],
    required: true,
  },
  { name: 'make', found: () => works('make') || works('gmake'), debian: ['make'], required: true },
  {
    name: 'python3',
    found: () => [process.env.PYTHON, 'python3', 'python'].filter(Boolean).some(works),
    debian: ['python3'],
    required: true,
  },
  { name: 'doctest (C++ unit tests)', found: hasDoctest, debian: ['doctest-dev'], required: false },
  { name: 'clang-format (C++ lint)', found: hasClangFormat, debian: ['clang-format'], required: false },
]

/** The command that installs what `missing` lists on this kind of machine. */
export function installCommand(missing) {
  if (process.platform === 'darwin') {
    const required = missing.some((tool) => tool.required)
    return required ? 'xcode-select --install' : 'brew install doctest clang-format'
  }
  const debian = missing.flatMap((tool) => tool.debian)
  if (fs.existsSync('/etc/debian_version')) return `sudo apt-get install -y ${debian.join(' ')}`
  if (fs.existsSync('/etc/alpine-release')) return 'apk add g++ make python3 doctest-dev clang-extra-tools'
  if (fs.existsSync('/etc/fedora-release'))
    return 'sudo dnf install -y gcc-c++ make python3 doctest-devel clang-tools-extra'
  if (fs.existsSync('/etc/arch-release')) return 'sudo pacman -S gcc make python doctest clang'
  return `install with the system's package manager: ${missing.map((tool) => tool.name).join(', ')}`
}

/** Installs what is missing where that is possible without asking; throws when something required stays missing. */
export function ensureSystemTools(log) {
  // node-gyp finds Visual Studio and Python itself, and says what to install.
  if (process.platform === 'win32') return
  let missing = tools.filter((tool) => !tool.found())
  if (missing.length === 0) return

  if (fs.existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    const packages = missing.flatMap((tool) => tool.debian)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const quiet = { env, stdio: 'pipe', encoding: 'utf8' }
    log(`installing Debian packages: ${packages.join(' ')}`)
    try {
      run('apt-get', ['update'], quiet)
      run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], quiet)
    } catch (error) {
      // What is still missing decides below whether the build can go on.
      log(error.message)
    }
    missing = tools.filter((tool) => !tool.found())
  }

  const required = missing.filter((tool) => tool.required)
  if (required.length > 0) {
    const names = required.map((tool) => tool.name).join(', ')
    throw new Error(`The native build needs ${names}\n  ${installCommand(missing)}`)
  }
  if (missing.length > 0) {
    log(`"npm test" will also need ${missing.map((tool) => tool.name).join(', ')}: ${installCommand(missing)}`)
  }
}
