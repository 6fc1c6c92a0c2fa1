import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  addon,
  ChunkMode,
  invalidArgument,
  LuaBusyError,
  LuaConversionError,
  type LuaFunctionObject,
  type NativeReference,
  type NativeState,
  type RunDone,
  unwrapReference,
} from '@lua-native/core-native'
import { checkOptions, expectation, integerLimit, timeLimit } from './argument.ts'
import { unseal } from './bytecode.ts'
import { LuaCoroutine } from './coroutines/luaCoroutine.ts'
import { readPath } from './globalPath.ts'
import { runTaskLibrary } from './privateChunk.ts'
import { readLoadOptions, readResults, readRunOptions } from './runOptions.ts'
import type { Runtime } from './runtime.ts'
import { compilable } from './scriptFile.ts'

/** What of a runtime starts runs on other threads. */
interface Access {
  readonly native: () => NativeState
  readonly bytecodeKey: Uint8Array | undefined
  /** Those of each run, as the addon takes them. */
  readonly limits: () => readonly [maxInstructions: number, timeout: number]
  /** What extensions open in each state, also after a reset. */
  readonly libraries: ((native: NativeState) => void)[]
}

const accesses = new WeakMap<Runtime, Access>()

/** Makes a runtime known; called by its constructor. */
export function allowOffThread(runtime: Runtime, access: Omit<Access, 'libraries'>): void {
  accesses.set(runtime, { ...access, libraries: [] })
}

/** Opens in a new state what extensions opened in the one before. */
export function reopenLibraries(runtime: Runtime, native: NativeState): void {
  for (const open of accessTo(runtime).libraries) open(native)
}

/**
 * Runs Lua source that makes a library, now and after each reset. It gets the functions for tasks (`openTasks` of the addon)
 * and `args`. For extensions.
 */
export function addTaskLibrary(runtime: Runtime, source: string, ...args: readonly unknown[]): void {
  const access = accessTo(runtime)
  const open = (native: NativeState): void => {
    // The limits are for scripts; the memory that the library takes counts as theirs.
    native.setLimits(0, 0)
    try {
      runTaskLibrary(native, source, args)
    } finally {
      native.setLimits(...access.limits())
    }
  }
  open(access.native())
  access.libraries.push(open)
}

function accessTo(runtime: Runtime): Access {
  const access = accesses.get(runtime)
  if (access === undefined) throw invalidArgument(expectation('runtime', 'a runtime', runtime))
  return access
}

/** How an off-thread run is to be limited, besides the limits of the runtime. */
export interface OffThreadLimits {
  readonly maxInstructions?: number | undefined
  /** Milliseconds of the wall clock, waits included. */
  readonly timeout?: number | undefined
  /** Milliseconds of CPU time. */
  readonly cpuTimeout?: number | undefined
}

/** A run that goes on. */
export interface StartedRun {
  /** The time limit that holds for it, in milliseconds, 0 for none: while the run waits only `expire` ends it. */
  readonly timeout: number
  cancel(): void
  expire(): void
}

/** Starts a run whose arguments have been checked. Throws what is wrong with the state of the runtime by then. */
export type PreparedRun = (done: RunDone) => StartedRun

type Start = (native: NativeState, done: RunDone) => number

function prepared(access: Access, start: Start): PreparedRun {
  return (done) => {
    const native = access.native()
    const timeout = start(native, refusingThenables(done))
    return { timeout, cancel: () => native.cancel(), expire: () => native.expire() }
  }
}

/**
 * A promise that is resolved with a thenable calls its `then`: that of a script's would run on the JavaScript thread.
 */
function refusingThenables(done: RunDone): RunDone {
  return (failed, value, yielded) => {
    if (failed) return done(true, value, yielded)
    try {
      if (typeof value !== 'object' || value === null || typeof Reflect.get(value, 'then') !== 'function') {
        return done(false, value, yielded)
      }
    } catch (error) {
      return done(true, error, yielded)
    }
    const message = 'Expected a result without a function "then", which no promise can hold, received one at result'
    done(true, new LuaConversionError(message, 'result'), yielded)
  }
}

interface Limits {
  readonly maxInstructions: number
  readonly timeout: number
  readonly cpuTimeout: number
}

function readLimits(options: Partial<Record<keyof OffThreadLimits, unknown>>): Limits {
  return {
    maxInstructions: integerLimit('maxInstructions', options.maxInstructions),
    timeout: timeLimit('timeout', options.timeout),
    cpuTimeout: timeLimit('cpuTimeout', options.cpuTimeout),
  }
}

interface Chunk {
  readonly chunkName: string
  readonly args: readonly unknown[] | undefined
  readonly resultMode: number
  readonly maxInstructions: number
  readonly timeout: number
}

function chunkStart(source: string | Uint8Array, mode: number, chunk: Chunk, cpuTimeout: number): Start {
  // What the caller changes later changes nothing.
  const own = typeof source === 'string' ? source : Uint8Array.from(source)
  const args = chunk.args?.slice()
  const { chunkName, resultMode, maxInstructions, timeout } = chunk
  return (native, done) =>
    native.startChunk(own, chunkName, mode, args, resultMode, maxInstructions, timeout, cpuTimeout, done)
}

/** Takes an option away from options that are read elsewhere. */
function without(options: unknown, name: string, of: string): { readonly rest: unknown; readonly value: unknown } {
  if (options === undefined) return { rest: undefined, value: undefined }
  if (typeof options !== 'object' || options === null || Array.isArray(options)) checkOptions(options, [], of)
  const { [name]: value, ...rest } = options as Record<string, unknown>
  return { rest, value }
}

/** Prepares what `executeScript` does. For extensions. */
export function prepareScript(runtime: Runtime, source: unknown, options: unknown, of: string): PreparedRun {
  const access = accessTo(runtime)
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
    throw invalidArgument(expectation('source', 'a string or Uint8Array', source))
  }
  const { rest, value } = without(options, 'cpuTimeout', of)
  return prepared(
    access,
    chunkStart(source, ChunkMode.text, readRunOptions(rest, of, ''), timeLimit('cpuTimeout', value)),
  )
}

/** Prepares what `executeFile` does, without blocking. For extensions. */
export function prepareFile(runtime: Runtime, path: unknown, options: unknown, of: string): () => Promise<PreparedRun> {
  const access = accessTo(runtime)
  if (typeof path !== 'string' && !(path instanceof URL)) {
    throw invalidArgument(expectation('path', 'a string or file URL', path))
  }
  const name = typeof path === 'string' ? path : fileURLToPath(path)
  const { rest, value } = without(options, 'cpuTimeout', of)
  const settings = readRunOptions(rest, of, `@${name}`)
  const cpuTimeout = timeLimit('cpuTimeout', value)
  return async () =>
    prepared(access, chunkStart(compilable(await readFile(name)), ChunkMode.text, settings, cpuTimeout))
}

/** Prepares what `load` does. For extensions. */
export function prepareLoad(runtime: Runtime, bytecode: unknown, options: unknown, of: string): PreparedRun {
  const access = accessTo(runtime)
  if (!(bytecode instanceof Uint8Array)) throw invalidArgument(expectation('bytecode', 'a Uint8Array', bytecode))
  const { rest, value } = without(options, 'cpuTimeout', of)
  const settings = readLoadOptions(rest)
  const dump = unseal(bytecode, addon(), access.bytecodeKey, settings.trusted)
  return prepared(access, chunkStart(dump, ChunkMode.binary, settings, timeLimit('cpuTimeout', value)))
}

/** Prepares a call of a global function, by name or path, or of a Lua function. For extensions. */
export function prepareCall(
  runtime: Runtime,
  target: unknown,
  args: readonly unknown[],
  options: Partial<Record<keyof OffThreadLimits | 'results', unknown>>,
): PreparedRun {
  const access = accessTo(runtime)
  const { maxInstructions, timeout, cpuTimeout } = readLimits(options)
  const mode = readResults(options.results)
  const own = args.slice()
  if (typeof target === 'function') {
    const fn = target as LuaFunctionObject
    return prepared(access, (native, done) =>
      native.startFunction(fn, own, mode, maxInstructions, timeout, cpuTimeout, done),
    )
  }
  const path = readPath(target)
  return prepared(access, (native, done) =>
    native.startCall(path, own, mode, maxInstructions, timeout, cpuTimeout, done),
  )
}

/** Prepares a resume of a coroutine; its values come as an array. For extensions. */
export function prepareResume(
  runtime: Runtime,
  coroutine: unknown,
  args: readonly unknown[],
  options: Partial<Record<keyof OffThreadLimits, unknown>>,
): PreparedRun {
  const access = accessTo(runtime)
  const reference = coroutine instanceof LuaCoroutine ? unwrapReference(coroutine) : undefined
  if (reference === undefined) throw invalidArgument(expectation('coroutine', 'a coroutine', coroutine))
  const { maxInstructions, timeout, cpuTimeout } = readLimits(options)
  const own = args.slice()
  return prepared(access, (native, done) =>
    native.startResume(reference as NativeReference, own, 2, maxInstructions, timeout, cpuTimeout, done),
  )
}

/** Whether a script of the runtime is running and waits for what the caller does: for a host function. */
export function isInsideRun(runtime: Runtime): boolean {
  try {
    return accessTo(runtime).native().getStack(1).length > 0
  } catch (error) {
    if (error instanceof LuaBusyError) return false
    throw error
  }
}
