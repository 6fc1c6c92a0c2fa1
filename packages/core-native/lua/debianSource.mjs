// Takes one upstream tarball out of the Debian source archive, with nothing but apt and temporary folders: the
// machine's own configuration of sources is read, never changed.

import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const configuration = '/etc/apt'

function sourceFiles() {
  const parts = path.join(configuration, 'sources.list.d')
  const inParts = fs.existsSync(parts) ? fs.readdirSync(parts).map((name) => path.join(parts, name)) : []
  return [path.join(configuration, 'sources.list'), ...inParts].filter((file) => fs.existsSync(file))
}

/** A deb822 stanza as a map from lower-case field to value, continuation lines included. */
function parseStanza(stanza) {
  const fields = new Map()
  let last
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#') || line.trim() === '') continue
    if (/^\s/.test(line) && last) fields.set(last, `${fields.get(last)}\n${line}`)
    else {
      const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? []
      if (!name) continue
      last = name.toLowerCase()
      fields.set(last, value)
    }
  }
  return fields
}

/** A line of the classic format in the same shape. */
function parseLine(line) {
  const match = /^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/.exec(line.replace(/#.*/, '').trim())
  if (!match) return new Map()
  const [, options = '', uri, suite, components] = match
  const fields = new Map([
    ['types', 'deb'],
    ['uris', uri],
    ['suites', suite],
    ['components', components],
  ])
  for (const option of options.split(/\s+/)) {
    const [name, value] = option.split('=')
    if (value !== undefined) fields.set(name.toLowerCase(), value.replaceAll(',', ' '))
  }
  return fields
}

/** The machine's entries for the main archive of its own release, as deb822 fields. */
function mainEntries() {
  const entries = sourceFiles().flatMap((file) => {
    const contents = fs.readFileSync(file, 'utf8')
    if (file.endsWith('.sources')) return contents.split(/\n\s*\n/).map(parseStanza)
    return file.endsWith('.list') ? contents.split('\n').map(parseLine) : []
  })
  const release = fs.existsSync('/etc/os-release') ? fs.readFileSync('/etc/os-release', 'utf8') : ''
  const codename = /^VERSION_CODENAME="?([\w-]+)/m.exec(release)?.[1]
  const own = new Set([codename, 'stable', 'testing', 'unstable', 'sid'])
  return entries.filter(
    (entry) =>
      /\bdeb\b/.test(entry.get('types') ?? '') &&
      entry.get('enabled') !== 'no' &&
      (entry.get('components') ?? '').split(/\s+/).includes('main') &&
      (entry.get('suites') ?? '').split(/\s+/).some((suite) => own.has(suite)),
  )
}

function sourcesFor(entry, suites) {
  const kept = ['uris', 'signed-by', 'trusted'].filter((name) => entry.has(name))
  const lines = kept.map((name) => `${name}: ${entry.get(name)}`)
  return `types: deb-src\nsuites: ${suites.join(' ')}\ncomponents: main\n${lines.join('\n')}\n`
}

function apt(place, args) {
  const settings = {
    'Dir::Etc::SourceList': path.join(place, 'source.sources'),
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State::Lists': path.join(place, 'lists'),
    'Dir::Cache': path.join(place, 'cache'),
    // The folder belongs to the caller alone; apt's own user could not write to it.
    'APT::Sandbox::User': 'root',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  return spawnSync('apt-get', [...options, ...args], { cwd: place, encoding: 'utf8' })
}

/** The bytes of `file` from the source package `source`, as any of `suites` carries it. */
export function debianSource({ source, file, suites }) {
  const entries = mainEntries()
  if (entries.length === 0) throw new Error('this machine has no Debian package sources')
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'lua-native-apt-'))
  try {
    fs.mkdirSync(path.join(place, 'lists', 'partial'), { recursive: true })
    fs.mkdirSync(path.join(place, 'cache', 'archives', 'partial'), { recursive: true })
    fs.writeFileSync(path.join(place, 'source.sources'), entries.map((entry) => sourcesFor(entry, suites)).join('\n'))
    const runs = [apt(place, ['update']), apt(place, ['source', '--download-only', source])]
    // Not apt's exit code: the .dsc of the newest revision may be gone while the upstream tarball is there.
    const arrived = path.join(place, file)
    if (fs.existsSync(arrived)) return fs.readFileSync(arrived)
    const said = runs.map((run) => run.error?.message ?? run.stderr.trim().split('\n').at(-1)).filter(Boolean)
    throw new Error(said.at(-1) ?? `the package ${source} came without ${file}`)
  } finally {
    fs.rmSync(place, { recursive: true })
  }
}
