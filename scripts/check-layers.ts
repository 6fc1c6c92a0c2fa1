/**
 * The rules of who may import whom, checked over the sources.
 *
 * TypeScript: a package imports packages below it, and at most the types of its siblings; only package entries; no
 * relative path leaves the package. C++: `native/vm` knows neither Node nor `native/binding`. Files: an `index.ts`
 * only lists exports, and names that say nothing are refused.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const packagesFolder = path.join(root, 'packages')

const layer: Readonly<Record<string, number>> = {
  'core-native': 0,
  runtime: 1,
  modules: 2,
  async: 2,
  shared: 2,
  'lua-native': 3,
}

const problems: string[] = []

function report(file: string, text: string): void {
  problems.push(`${path.relative(root, file)}: ${text}`)
}

function filesBelow(folder: string, pattern: RegExp): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => pattern.test(file))
}

const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')

const importPattern = /(?:^|[;\n])\s*(import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g
const dynamicImportPattern = /\bimport\(\s*['"]([^'"]+)['"]/g

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

function importsOf(source: string): Import[] {
  const plain = withoutComments(source)
  return [
    ...[...plain.matchAll(importPattern)].map((match) => ({
      specifier: match[3] ?? '',
      typeOnly: match[2] !== undefined,
    })),
    ...[...plain.matchAll(dynamicImportPattern)].map((match) => ({ specifier: match[1] ?? '', typeOnly: false })),
  ]
}

function checkPackageImport(file: string, from: string, { specifier, typeOnly }: Import): void {
  const [, to = '', ...deep] = specifier.split('/')
  if (deep.length > 0) report(file, `imports ${specifier}: only the package's entry is public`)
  const own = layer[from]
  const other = layer[to]
  if (own === undefined || other === undefined) report(file, `imports ${specifier}: one of the two has no layer`)
  else if (other > own) report(file, `imports ${specifier}, a layer above it`)
  else if (other === own && !typeOnly) report(file, `imports ${specifier}: of a sibling only types`)
}

function checkTypeScript(name: string): void {
  const folder = path.join(packagesFolder, name)
  for (const file of filesBelow(path.join(folder, 'src'), /\.ts$/)) {
    const source = readFileSync(file, 'utf8')
    if (/^(utils?|helpers?|common|types|misc)\.ts$/i.test(path.basename(file))) report(file, 'the name says nothing')
    if (path.basename(file) === 'index.ts') checkIndex(file, source)
    if (/\.(test|test-d|bench)\.ts$/.test(file)) continue
    for (const each of importsOf(source)) {
      if (each.specifier.startsWith('@lua-native/')) checkPackageImport(file, name, each)
      else if (each.specifier.startsWith('.')) {
        const target = path.resolve(path.dirname(file), each.specifier)
        if (!target.startsWith(folder + path.sep)) report(file, `imports ${each.specifier}, outside its package`)
      }
    }
  }
}

function checkIndex(file: string, source: string): void {
  const rest = withoutComments(source).replace(
    /export\s+(?:type\s+)?(?:\*|\{[^}]*\})[^'"\n]*from\s+['"][^'"]+['"];?/g,
    '',
  )
  if (rest.trim() !== '') report(file, `has more than "export … from": ${rest.trim().split('\n')[0]}`)
}

const aboveVm = /^(napi|node_api|js_native_api|node|v8|uv)[\w-]*\.h$|^(\.\.\/)*binding\/|^node\//

function checkVm(): void {
  for (const file of filesBelow(path.join(packagesFolder, 'core-native', 'native', 'vm'), /\.(cpp|hpp|h|c)$/)) {
    for (const [, header = ''] of readFileSync(file, 'utf8').matchAll(/^\s*#\s*include\s*[<"]([^>"]+)[>"]/gm)) {
      if (aboveVm.test(header)) report(file, `includes ${header}: vm knows neither Node nor binding`)
    }
  }
}

for (const name of readdirSync(packagesFolder)) checkTypeScript(name)
checkVm()

for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
