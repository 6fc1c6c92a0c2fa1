import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ModuleMethods, moduleActions } from '@lua-native/modules'
import { createRuntime, type Runtime } from '@lua-native/runtime'
import type { Toolchain } from './build.ts'
import { limits } from './limits.ts'
import type { Line, Table } from './line.ts'
import { cpuTime, interleave, type Side } from './measure.ts'
import { longScript } from './script.ts'
import type { Effort } from './workload.ts'

const moduleCount = 1000
const linesPerModule = 40
const repetitions = 1_000_000

const requireAll = `for i = 1, ${moduleCount} do require("m" .. i) end`
const requireLoaded = `local m = require("m1") for _ = 1, ${repetitions} do require("m1") end`

/** The time that stock Lua takes for some code, in nanoseconds by os.clock; `folder` is its whole path. */
function stockSample(stockLua: string, folder: string, code: string): number {
  const path = `package.path = ${JSON.stringify(`${folder}/?.lua`)} package.cpath = ""`
  const program = `${path} local start = os.clock() ${code} print(("%.0f"):format((os.clock() - start) * 1e9))`
  const { status, stdout, stderr } = spawnSync(stockLua, ['-e', program], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${stockLua} ended with ${status}: ${stderr}`)
  return Number(stdout)
}

/** The time that a new runtime takes for some code once `serve` was called. */
function ourSample(code: string, serve: (lua: Runtime & ModuleMethods) => void, bytecodeKey?: string): number {
  using lua = createRuntime({ ...limits, ...(bytecodeKey === undefined ? {} : { bytecodeKey }) }).extend(
    moduleActions(),
  )
  serve(lua)
  return cpuTime(() => lua.executeScript(code))
}

/** `require`: of loaded modules, of files, and of bundles. */
export async function modules({ stockLua }: Toolchain, { rounds }: Effort): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), 'lua-native-bench-'))
  try {
    const sources = Object.fromEntries(
      Array.from({ length: moduleCount }, (_, i) => [`m${i + 1}`, `local ${longScript(linesPerModule)}return M\n`]),
    )
    mkdirSync(folder, { recursive: true })
    for (const [name, source] of Object.entries(sources)) writeFileSync(join(folder, `${name}.lua`), source)
    const serve = (lua: Runtime & ModuleMethods): void => void lua.addRoot(folder)
    return {
      title: 'Modules',
      method:
        `${moduleCount.toLocaleString('en-US')} modules of ${linesPerModule} lines, required one after the other in a ` +
        `new runtime with the default libraries and limits on, and in the stock lua interpreter with one path to ` +
        `search. A root checks for each file where links lead.`,
      lines: [
        await compare('require of a loaded module', 'the stock interpreter', rounds, 1.1, {
          baseline: () => stockSample(stockLua, folder, requireLoaded) / repetitions,
          ours: () => ourSample(requireLoaded, serve) / repetitions,
        }),
        await compare(`${moduleCount} modules from disk`, 'the stock interpreter', rounds, 1.5, {
          baseline: () => stockSample(stockLua, folder, requireAll),
          ours: () => ourSample(requireAll, serve),
        }),
        await compareBundles(sources, rounds),
      ],
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compareBundles(sources: Readonly<Record<string, string>>, rounds: number): Promise<Line> {
  const bytecodeKey = 'a key of the bench'
  const include = Object.keys(sources)
  using maker = createRuntime({ bytecodeKey }).extend(moduleActions())
  const source = maker.bundleModules('m1', [sources], { include }).code
  const bytecode = maker.bundleModules('m1', [sources], { include, format: 'bytecode' }).code
  return compare(`${moduleCount} modules from a bytecode bundle, signed`, 'a source bundle', rounds, 0.5, {
    baseline: () => ourSample(requireAll, (lua) => lua.addBundle(source), bytecodeKey),
    ours: () => ourSample(requireAll, (lua) => lua.addBundle(bytecode), bytecodeKey),
  })
}

async function compare(
  name: string,
  baseline: string,
  rounds: number,
  max: number,
  sides: { readonly baseline: Side['sample']; readonly ours: Side['sample'] },
): Promise<Line> {
  const measured = await interleave(
    [
      { name: 'baseline', sample: sides.baseline },
      { name: 'ours', sample: sides.ours },
    ],
    rounds,
  )
  return { name, unit: 'ns', baseline, measured, bar: { on: 'ratio', max } }
}
