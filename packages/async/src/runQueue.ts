import {
  isInsideRun,
  LuaBusyError,
  LuaDisposedError,
  type PreparedRun,
  type Runtime,
  type StartedRun,
} from '@lua-native/runtime'
import { type AbortCause, abortedBefore, becauseOf } from './abort.ts'

/** Timers of Node hold 31 bits of milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What a run came to, before it is shaped for the caller. */
export interface Outcome {
  readonly value: unknown
  /** Whether a coroutine that was resumed yielded. */
  readonly yielded: boolean
}

type Prepare = PreparedRun | (() => Promise<PreparedRun>)

/** A run that waits for its turn, or goes on. */
class Job {
  readonly promise: Promise<Outcome>
  readonly signal: AbortSignal | undefined
  readonly prepare: Prepare
  readonly isDeferred: boolean
  started: StartedRun | undefined
  cause: AbortCause | undefined
  timer: NodeJS.Timeout | undefined
  onAbort: (() => void) | undefined
  resolve!: (outcome: Outcome) => void
  reject!: (error: unknown) => void

  constructor(prepare: Prepare, isDeferred: boolean, signal: AbortSignal | undefined) {
    this.prepare = prepare
    this.isDeferred = isDeferred
    this.signal = signal
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
  }

  /** Ends the run when its time is over while it waits: nobody else looks at the clock then. */
  watch(timeout: number, since: number): void {
    if (timeout === 0) return
    const left = since + timeout - performance.now()
    const delay = Math.min(Math.max(Math.ceil(left), 0), LONGEST_TIMER_MS)
    this.timer = setTimeout(() => {
      if (performance.now() - since >= timeout) this.started?.expire()
      else this.watch(timeout, since)
    }, delay)
  }

  settled(): void {
    clearTimeout(this.timer)
    if (this.onAbort !== undefined) this.signal?.removeEventListener('abort', this.onAbort)
  }
}

/** The off-thread runs of one runtime: one at a time, in the order in which they were asked for. */
export class RunQueue {
  readonly #runtime: WeakRef<Runtime>
  /** Timers of the run that goes on. */
  readonly timers: Set<NodeJS.Timeout> = new Set()
  readonly #waiting: Job[] = []
  #current: Job | undefined
  #closed = false
  readonly #idle: (() => void)[] = []

  constructor(runtime: Runtime) {
    this.#runtime = new WeakRef(runtime)
  }

  /** Runs that wait or go on. */
  get size(): number {
    return this.#waiting.length + (this.#current === undefined ? 0 : 1)
  }

  /** Settles when there is no run any more. */
  idle(): Promise<void> {
    if (this.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.push(resolve)
    })
  }

  /** Refuses runs from now on. */
  close(): void {
    this.#closed = true
  }

  /** Ends all runs, those that wait without having begun. */
  abort(reason: unknown): void {
    for (const job of this.#waiting.splice(0)) this.#fail(job, abortedBefore(reason))
    const current = this.#current
    if (current === undefined) return
    this.#abortCurrent(current, reason)
  }

  /** Queues a run that is ready to start. */
  add(prepare: PreparedRun, signal: AbortSignal | undefined): Promise<Outcome> {
    return this.#add(new Job(prepare, false, signal))
  }

  /** Queues a run that is made ready when its turn comes. */
  addDeferred(prepare: () => Promise<PreparedRun>, signal: AbortSignal | undefined): Promise<Outcome> {
    return this.#add(new Job(prepare, true, signal))
  }

  #add(job: Job): Promise<Outcome> {
    const { signal } = job
    const runtime = this.#runtime.deref()
    if (this.#closed || runtime === undefined || runtime.disposed) {
      return Promise.reject(new LuaDisposedError('Expected an open Lua runtime, this one has been disposed'))
    }
    if (isInsideRun(runtime)) {
      return Promise.reject(
        new LuaBusyError('Expected no run of this Lua runtime, one was started inside another and would wait for it'),
      )
    }
    if (signal?.aborted) return Promise.reject(abortedBefore(signal.reason))
    if (signal !== undefined) {
      job.onAbort = () => this.#aborted(job)
      signal.addEventListener('abort', job.onAbort, { once: true })
    }
    this.#waiting.push(job)
    if (this.#current === undefined) this.#next()
    return job.promise
  }

  #next(): void {
    while (this.#current === undefined) {
      const job = this.#waiting.shift()
      if (job === undefined) {
        for (const resolve of this.#idle.splice(0)) resolve()
        return
      }
      this.#current = job
      if (job.isDeferred) {
        ;(job.prepare as () => Promise<PreparedRun>)().then(
          (run) => this.#current === job && this.#start(job, run),
          (error: unknown) => this.#current === job && this.#finish(job, error, undefined),
        )
      } else {
        this.#start(job, job.prepare as PreparedRun)
      }
    }
  }

  #start(job: Job, run: PreparedRun): void {
    const since = performance.now()
    try {
      job.started = run((failed, value, yielded) => {
        if (failed) this.#finish(job, value, undefined)
        else this.#finish(job, undefined, { value, yielded })
      })
    } catch (error) {
      this.#finish(job, error, undefined)
      return
    }
    job.watch(job.started.timeout, since)
  }

  #aborted(job: Job): void {
    const at = this.#waiting.indexOf(job)
    if (at >= 0) {
      this.#waiting.splice(at, 1)
      this.#fail(job, abortedBefore(job.signal?.reason))
    } else if (job === this.#current) {
      this.#abortCurrent(job, job.signal?.reason)
    }
  }

  #abortCurrent(job: Job, reason: unknown): void {
    if (job.started === undefined) {
      this.#finish(job, abortedBefore(reason), undefined)
      return
    }
    job.cause = { reason }
    job.started.cancel()
  }

  #finish(job: Job, error: unknown, outcome: Outcome | undefined): void {
    this.#current = undefined
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
    if (outcome === undefined) this.#fail(job, error)
    else {
      job.settled()
      job.resolve(outcome)
    }
    this.#next()
  }

  #fail(job: Job, error: unknown): void {
    job.settled()
    job.reject(becauseOf(error, job.cause))
  }
}
