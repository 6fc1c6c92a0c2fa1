import { spawnSync } from 'node:child_process'
import { arch, cpus, loadavg, release, totalmem, type } from 'node:os'
import { compilerVersion, type Toolchain } from './build.ts'
import { peers } from './peers.ts'

/** Where and with what a run was made. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGB: number
  readonly system: string
  readonly node: string
  readonly compiler: string
  readonly lua: string
  readonly peers: readonly string[]
  /** Processes that wanted to run in the minute before: other work than the bench's own. */
  readonly loadBefore: number
}

/** Describes this machine; call it before anything is measured. */
export function describeMachine({ stockLua }: Toolchain): Machine {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${arch()}`,
    node: `${process.version} (V8 ${process.versions.v8})`,
    compiler: compilerVersion(),
    lua: spawnSync(stockLua, ['-v'], { encoding: 'utf8' }).stdout.split('  ')[0] ?? '',
    peers: peers.map(({ version }) => version),
    loadBefore: loadavg()[0] ?? 0,
  }
}
