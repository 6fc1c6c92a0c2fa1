/**
 * The exact shape of the native addon: the contract between `native/binding` and TypeScript.
 *
 * The addon knows the VM, not the API: positional arguments, no option objects, no defaults. Everything here is
 * validated by its TypeScript caller; the addon itself still checks its receiver, the number and the types of its
 * arguments and the state of the VM, and answers misuse with an error, never a crash.
 */

import type { CrossingContext } from './context.ts'

/** Which standard library a bit of the `libraries` argument of {@link NativeStateConstructor} opens. */
export const LibraryBit = {
  base: 1,
  package: 2,
  coroutine: 4,
  table: 8,
  io: 16,
  os: 32,
  string: 64,
  math: 128,
  utf8: 256,
  debug: 512,
} as const

/** Bits of the `flags` argument of {@link NativeStateConstructor}. */
export const StateFlag = {
  /** Every Lua string becomes a `Uint8Array`. */
  binaryStrings: 1,
  /** A conversion that would lose something throws. */
  strictConversion: 2,
  /** Lua's own `load`, `loadfile`, `dofile` and `require` accept binary chunks. */
  allowBytecode: 4,
  /** Takes `dofile`, `loadfile` and `string.dump` away after the libraries are open. */
  sandbox: 8,
  /** Every Lua table, also an empty one and a sequence, becomes a `Map` whose keys keep their type. */
  tablesAsMaps: 16,
  /** Every Lua table becomes a reference, at the top and nested. */
  tablesAsReferences: 32,
  /** `null` and Lua's null sentinel stand for each other. */
  nullSentinel: 64,
} as const

/** How the results of a run become one JavaScript value. */
export const ResultMode = {
  /** None is `undefined`, one is the value, several are an array. */
  auto: 0,
  /** The first one, `undefined` when there is none. */
  first: 1,
  /** Always an array. */
  all: 2,
} as const

/** What a chunk handed to {@link NativeState.execute} may be. */
export const ChunkMode = { text: 0, binary: 1 } as const

/** Kinds of failure that the addon reports through {@link AddonHost.createError}. */
export const ErrorKind = {
  syntax: 1,
  runtime: 2,
  memory: 3,
  limit: 4,
  conversion: 5,
  busy: 6,
  disposed: 7,
  bytecode: 8,
  /** A wrong argument, noticed before Lua was entered: a `TypeError`. */
  argument: 9,
} as const

/** Commands of {@link NativeState.gc}. */
export const GcCommand = {
  collect: 0,
  stop: 1,
  restart: 2,
  /** Kilobytes in use, with a fraction. */
  count: 3,
  /** `a`: bytes as if they were allocated (0: one basic step); `true` when a cycle finished. */
  step: 4,
  isrunning: 5,
  /** Gives the previous mode: 0 incremental, 1 generational. */
  incremental: 6,
  generational: 7,
  /** `a`: parameter index (see `GcParameter`), `b`: new value or -1 to read; gives the previous value. */
  param: 8,
} as const

/** Parameter indices of `GcCommand.param`, in the order of Lua 5.5's `LUA_GCP*` constants. */
export const GcParameter = {
  minormul: 0,
  majorminor: 1,
  minormajor: 2,
  pause: 3,
  stepmul: 4,
  stepsize: 5,
} as const

/** Event mask bits of {@link NativeState.setHook}, as in `lua.h`. */
export const HookMask = { call: 1, return: 2, line: 4, count: 8 } as const

/** What the addon calls back into; handed over once per environment with {@link Addon.initialize}. */
export interface AddonHost {
  /**
   * Makes the error for `kind`. `chunk` is `''` and `line` is -1 where unknown. What `first`, `second` and `text`
   * carry depends on the kind: syntax: `first` 1 if more input would complete the chunk; memory: used and maximum
   * bytes; limit: used and maximum (instructions, or milliseconds), `text` a `LimitName`;
   * conversion: `text` is the path.
   */
  createError(
    kind: number,
    message: string,
    value: unknown,
    chunk: string,
    line: number,
    traceback: string,
    first: number,
    second: number,
    text: string,
  ): object
  /**
   * Encodes one value that is no number, boolean, string, `null`, `undefined` or function. Writes to the outbox,
   * puts offset and length into the mailbox, and returns the functions and handles that the bytes
   * refer to by index, or `undefined` when there are none. In the mailbox it finds the place (-1 a value, -2 a
   * result of a host function, from 0 on the index of an argument) and the {@link StateFlag} bits. `context`: what the
   * state was made with.
   */
  encode(value: unknown, context: CrossingContext | undefined): unknown[] | undefined
  /**
   * Decodes `bytes`, or when `undefined` as many from the start of the inbox as the mailbox says; the
   * {@link StateFlag} bits are there too. `place`: where the value stands, for the path in an error; given when the
   * flags ask for strict conversion. `context`: given when the state converts. Without the two it neither fails nor
   * runs code of the host's.
   */
  decode(
    bytes: Uint8Array | undefined,
    handles: unknown[] | undefined,
    place: string | undefined,
    context: CrossingContext | undefined,
  ): unknown
  /**
   * Makes the object that the host sees for a new reference; the addon gives that very object for the same Lua value
   * for as long as it lives. The object holds the reference strongly. Runs no code of the host's.
   */
  wrapReference(reference: NativeReference, type: ReferenceType, context: CrossingContext | undefined): object
  /** A number for a function or object that stays the same for as long as it lives; from 1. */
  identify(value: object): number
  /**
   * Adds the Lua frames that an error passed through to its stack, and to a LuaError that has no place yet where it
   * happened. Must not throw.
   */
  annotate(error: unknown, traceback: string, chunk: string, line: number): void
  /** Does nothing: called now and then in a long run, so that a terminating thread is noticed. */
  heartbeat(): void
  /**
   * Waits for what a host function of an off-thread run returned, which may be a thenable, and calls `tell` with 0 and
   * the value, or with 1 and the reason of the rejection; with 2 when it is not settled at once. Must not throw.
   */
  subscribe(value: unknown, tell: (news: number, value?: unknown) => void): void
  /** An array of the arguments: one call takes less time than to set a few elements from outside. */
  list(...values: unknown[]): unknown[]
}

/** Slots of the mailbox, as `Mailbox` in `addon_data.hpp`. */
export const MailboxSlot = { offset: 0, length: 1, flags: 2, place: 3, count: 4, yielded: 5 } as const

/** Figures of the last outermost run, in the order of the array that {@link NativeState.lastRun} returns. */
export type RunFigures = [instructions: number, cpuMs: number, wallMs: number, peakBytes: number, crossings: number]

/** One function on the stack of a running state. */
export interface StackFrame {
  /** 0 is the innermost. */
  readonly level: number
  /** Name of the chunk in Lua's notation, e.g. `@main.lua`. */
  readonly source: string
  /** Name of the chunk as messages show it. */
  readonly shortSource: string
  /** -1 when unknown. */
  readonly currentLine: number
  /** -1 when unknown. */
  readonly lineDefined: number
  /** `''` when unknown. */
  readonly name: string
  /** What the name is of: `'global'`, `'local'`, `'method'`, `'field'`, `'upvalue'` or `''`. */
  readonly nameWhat: string
  /** `'Lua'`, `'C'` or `'main'`. */
  readonly what: string
}

/** A local variable of a function on the stack. */
export interface LocalVariable {
  readonly name: string
  readonly value: unknown
}

/** Types of the Lua values that references stand for. */
export type ReferenceType = 'table' | 'thread' | 'userdata'

/**
 * Stands for a table, coroutine or userdata of a state; only the addon makes instances. Every method but
 * {@link release} throws `LuaDisposedError` when the state is closed and a `TypeError` when the reference is released.
 * Keys are scalars, strings and bytes: a nil or NaN key is Lua's own error on writing and finds nil on reading.
 */
export interface NativeReference {
  readonly type: ReferenceType
  readonly released: boolean
  /** `raw`: without `__index`. */
  get(key: unknown, raw?: boolean): unknown
  /** The table at a key as the host's object; `undefined` for nil, a `TypeError` for something else. */
  getReference(key: unknown): object | undefined
  /** `raw`: without `__newindex`. */
  set(key: unknown, value: unknown, raw: boolean): void
  /** Whether {@link get} would find something but nil. */
  has(key: unknown, raw: boolean): boolean
  /** `raw`: without `__len`. */
  length(raw: boolean): number
  /**
   * Raw traversal: up to `limit` entries behind the key `after` (`undefined`: from the start) as `[k1, v1, k2, v2, …]`,
   * or `[k1, k2, …]`. Throws `LuaRuntimeError` when the table has no such key any more.
   */
  entries(after: unknown, limit: number, keysOnly: boolean): unknown[]
  /** `t[from]`, `t[from + 1]`, … with `__index`, up to the first nil or `limit` values. */
  sequence(from: number, limit: number): unknown[]
  /** Appends values, raw. */
  append(values: readonly unknown[]): void
  /** A deep copy, also of a table with a metatable; such tables in it stay references. */
  toValue(asMap: boolean): unknown
  /** The numbers 1 to `#t`; `LuaConversionError` for an element that is none. */
  toFloat64Array(): Float64Array
  setMetatable(metatable: NativeReference | null): void
  /**
   * A number that names the table until the state is closed, and keeps it alive until then. In a message it stands for
   * the table as the metatable of an object.
   */
  anchor(): number
  getMetatable(): object | undefined
  /** Calls the value: `__call`. */
  call(args: readonly unknown[], resultMode: number): unknown
  /**
   * Resumes a coroutine. Gives what it yielded or returned: `undefined` for nothing, one value as it is, several as an
   * array; the mailbox says how many there are, and whether it yielded. Throws what it raised.
   */
  resume(...args: unknown[]): unknown
  status(): 'suspended' | 'running' | 'normal' | 'dead'
  /** Ends a coroutine and closes its pending to-be-closed variables. */
  close(): void
  /** Frees the slot in Lua's registry now. A second call does nothing. */
  release(): void
}

/** One Lua state. Every method throws `LuaDisposedError` after {@link dispose}. */
export interface NativeState {
  /**
   * Loads a chunk and runs it. `maxInstructions` and `timeoutMs` tighten the state's limits for this run when it is
   * outermost (0: none). `chunkName` as in `lua_load` (`''`: the source itself, as Lua does).
   */
  execute(
    source: string | Uint8Array,
    chunkName: string,
    chunkMode: number,
    args: readonly unknown[] | undefined,
    resultMode: number,
    maxInstructions: number,
    timeoutMs: number,
  ): unknown
  /** Compiles source and returns `lua_dump`'s bytes. */
  compile(source: string | Uint8Array, chunkName: string, strip: boolean): Buffer
  /** Loads a chunk as {@link execute} does and gives it as a function, without running it. */
  loadFunction(source: string | Uint8Array, chunkName: string, chunkMode: number): LuaFunctionObject
  /** Reads a global: a name, or the segments of a path. */
  getGlobal(path: string | readonly string[]): unknown
  /** Sets a global; missing tables on the way are made. */
  setGlobal(path: string | readonly string[], value: unknown): void
  /** Calls the function at a path. */
  call(path: string | readonly string[], args: readonly unknown[]): unknown
  /** Runs a collector command; see {@link GcCommand}. */
  gc(command: number, a: number, b: number): number | boolean
  /** Bytes that Lua holds now. */
  memoryBytes(): number
  /** 0: no limit. */
  setMemoryLimit(bytes: number): void
  /** Limits of each outermost run from now on; 0: none. */
  setLimits(maxInstructions: number, timeoutMs: number): void
  /** Makes a table; `initial` must be something that crosses as one, `undefined` makes an empty one. */
  createTable(initial: unknown): object
  /** The table at a global path as the host's object; `undefined` for nil, a `TypeError` for something else. */
  getReference(path: string | readonly string[]): object | undefined
  /** As {@link execute}, with a table of the caller's as the chunk's globals. */
  executeIn(
    environment: NativeReference,
    source: string | Uint8Array,
    chunkName: string,
    chunkMode: number,
    args: readonly unknown[] | undefined,
    resultMode: number,
    maxInstructions: number,
    timeoutMs: number,
  ): unknown
  /** A suspended coroutine with a Lua function as its body, as the host's object. */
  createThread(body: LuaFunctionObject): object
  /** Calls a Lua function, protected, and shapes its results. */
  invoke(fn: LuaFunctionObject, args: readonly unknown[], resultMode: number): unknown
  /** The functions that are running, innermost first; empty outside runs. */
  getStack(maxLevels: number): StackFrame[]
  /** The named locals of the function at a level; `undefined` when there is no such level. */
  getLocals(level: number): LocalVariable[] | undefined
  /** Frees the registry slot of a function or reference now; it is refused from then on. */
  releaseValue(value: LuaFunctionObject | NativeReference): void
  /** Sets or (with `null`) removes the hook. `count`: instructions between count events. */
  setHook(callback: HookFunction | null, mask: number, count: number): void
  /** What `print` and `io.write` hand their text to; `null` restores standard output. */
  setPrint(callback: ((text: string) => void) | null): void
  /**
   * Whether objects from Lua that stand alone, references and byte strings, are decoded too, as a message with one
   * handle, so that converters see them.
   */
  setConverting(on: boolean): void
  /**
   * Whether the context has a say about objects on their way to Lua (`toLua`, `metatableOf`): without it small arrays
   * do not go through the encoder.
   */
  setInspecting(on: boolean): void
  lastRun(): RunFigures
  /**
   * Starts a run on a thread of the addon's; otherwise as {@link execute}. Gives the time limit that holds for it, in
   * milliseconds (0: none): while the run waits, only {@link expire} ends it. Until the call of `done` the other methods
   * throw `LuaBusyError`, but inside host functions of the run; then they are part of it. Throws what {@link execute}
   * throws before Lua is entered.
   */
  startChunk(
    source: string | Uint8Array,
    chunkName: string,
    chunkMode: number,
    args: readonly unknown[] | undefined,
    resultMode: number,
    maxInstructions: number,
    timeoutMs: number,
    cpuTimeoutMs: number,
    done: RunDone,
  ): number
  /** The same for the function at a path. */
  startCall(
    path: string | readonly string[],
    args: readonly unknown[] | undefined,
    resultMode: number,
    maxInstructions: number,
    timeoutMs: number,
    cpuTimeoutMs: number,
    done: RunDone,
  ): number
  /** The same for a Lua function. */
  startFunction(
    fn: LuaFunctionObject,
    args: readonly unknown[] | undefined,
    resultMode: number,
    maxInstructions: number,
    timeoutMs: number,
    cpuTimeoutMs: number,
    done: RunDone,
  ): number
  /** The same for a resume of a coroutine. */
  startResume(
    thread: NativeReference,
    args: readonly unknown[] | undefined,
    resultMode: number,
    maxInstructions: number,
    timeoutMs: number,
    cpuTimeoutMs: number,
    done: RunDone,
  ): number
  /**
   * Runs bytecode of the host's that makes a library. It gets a table of functions for tasks, coroutines that take turns
   * in an off-thread run, and `args`, at most 16: `spawn(f, ...)` gives the id of a new one, `current()` that of the
   * running one; `suspend()` waits for `wake(id)`; `cancel(id)` has a task that waits go on with an error. They raise
   * errors elsewhere; `current()` gives nil.
   */
  openTasks(bytecode: Uint8Array, args: readonly unknown[]): void
  /** Ends the run in progress, if any, with a `LuaLimitError` of limit `'abort'`. */
  cancel(): void
  /** The same with limit `'timeout'`. */
  expire(): void
  /**
   * Closes the state. `replaced`: because another takes its place, which refusals then say. A second call does nothing;
   * inside a run: `LuaBusyError`.
   */
  dispose(replaced: boolean): void
  /** Whether {@link dispose} was called. */
  readonly disposed: boolean
}

/**
 * Called at the end of an off-thread run, when the state is idle again: with the results, or, when `failed`, with what
 * the run failed with. `yielded`: whether a resumed coroutine did. Must not throw.
 */
export type RunDone = (failed: boolean, value: unknown, yielded: boolean) => void

/** A JavaScript function; where a Lua function is asked for, one that came from the same state. */
export type LuaFunctionObject = (...args: never[]) => unknown

/** What the addon passes to a hook: event, line (-1 unknown), name (`''` unknown), source, what, current line. */
export type HookFunction = (
  event: 'call' | 'tail call' | 'return' | 'line' | 'count',
  line: number,
  name: string,
  source: string,
  what: string,
  currentLine: number,
) => void

/**
 * `seed` makes string hashes and `math.random` repeatable; negative: taken at random. `context` is handed back with
 * every value that crosses.
 */
export type NativeStateConstructor = new (
  libraries: number,
  memoryLimit: number,
  flags: number,
  maxInstructions: number,
  timeoutMs: number,
  seed: number,
  context: CrossingContext | undefined,
) => NativeState

/** The addon's exports. */
export interface Addon {
  /** `'Lua 5.5'` */
  readonly luaVersion: string
  /** `'Lua 5.5.1'` */
  readonly luaRelease: string
  /** 505 */
  readonly luaVersionNumber: number
  /** The first bytes that every chunk dumped by this build starts with: signature, version, format, sizes. */
  readonly bytecodeHeader: Uint8Array
  /**
   * Must be called once per environment before any state is made. `mailbox` (a slot for each {@link MailboxSlot}) and `inbox` (4096
   * bytes) are memory that both sides see. Throws when called twice.
   */
  initialize(host: AddonHost, mailbox: Uint32Array, inbox: Uint8Array): void
  /** Tells the addon where the encoder writes from now on (it grows by replacing its buffer). */
  setOutbox(outbox: Uint8Array): void
  /** How many off-thread runs of this environment are on processors at the same time: 1 to 256. */
  setRunSlots(count: number): void
  readonly NativeState: NativeStateConstructor
  /** Class of the references; only the addon makes instances. */
  readonly NativeReference: abstract new () => NativeReference
}
