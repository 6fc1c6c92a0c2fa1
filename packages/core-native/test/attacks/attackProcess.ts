import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a child is told to run. */
export interface Job {
  readonly source: string
  readonly maxMemory: number
  readonly limits: { readonly timeout: number } | { readonly maxInstructions: number }
}

/** How one step ended: the kind of error, or `returned`. */
export interface Ending {
  readonly ended: 'returned' | 'limit' | 'memory' | 'lua' | 'host' | 'range' | 'foreign'
  readonly message: string
  readonly ms: number
}

export interface Outcome {
  readonly script: Ending
  readonly grownBytes: number
  readonly usable: boolean
  /** How the run after the script ended. */
  readonly after: Ending
  readonly disposal: Ending
}

/** A child that gave no answer: it died, or was killed after the time allowed. */
export interface Death {
  readonly death: string
}

const childFile = fileURLToPath(new URL('child.mjs', import.meta.url))

/** Far beyond every bound on a script and its disposal together: only a hang takes so long. */
const patienceMs = 15_000

// A small young generation, so that garbage of the JavaScript side does not count as growth by the script.
const childFlags = ['--expose-gc', '--max-semi-space-size=1']
// Frames of the sanitized build are larger.
if (process.env.LUA_NATIVE_ASAN === '1') childFlags.push('--stack-size=3900')

/** A process that runs attacks one after another. */
export class AttackProcess {
  readonly #child: ChildProcess
  #errorOutput = ''

  constructor() {
    this.#child = fork(childFile, { execArgv: childFlags, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#errorOutput = (this.#errorOutput + data.toString()).slice(-2000)
    })
  }

  run(job: Job): Promise<Outcome | Death> {
    const child = this.#child
    return new Promise((resolve) => {
      let hung = false
      const timer = setTimeout(() => {
        hung = true
        child.kill('SIGKILL')
      }, patienceMs)
      const settle = (outcome: Outcome | Death): void => {
        clearTimeout(timer)
        child.removeAllListeners('message').removeAllListeners('close')
        resolve(outcome)
      }
      child.once('message', (outcome) => settle(outcome as Outcome))
      child.once('close', (code, signal) => {
        const cause = hung ? `hung for ${patienceMs} ms` : `died of ${signal ?? `code ${code}`}`
        settle({ death: `${cause} ${this.#errorOutput}`.trim() })
      })
      child.send(job)
    })
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}
