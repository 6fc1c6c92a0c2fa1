// Longer than a file should be, most of it documentation: a class keeps its private state in one body.
import {
  addon,
  ChunkMode,
  invalidArgument,
  type LocalVariable,
  LuaDisposedError,
  type LuaFunctionObject,
  type NativeState,
  type StackFrame,
} from '@lua-native/core-native'
import { checkFunction, expectation, integerLimit, timeLimit } from './argument.ts'
import { deriveKey, seal, unseal } from './bytecode.ts'
import { CallbackList } from './callbackList.ts'
import type { ClassDefinition } from './classes/classDefinition.ts'
import { ClassRegistry } from './classes/classRegistry.ts'
import type { DerivedClassOptions } from './classes/derivedClass.ts'
import type { HostClass } from './classes/hostPlan.ts'
import type { LuaClass } from './classes/luaClass.ts'
import type { UserdataOptions } from './classes/userdataAccess.ts'
import { type CollectorCommand, type CollectorCommands, runCollector } from './collector.ts'
import { type ConverterMatch, withConverter } from './converters.ts'
import { type CoroutineOptions, createCoroutine } from './coroutines/createCoroutine.ts'
import type { LuaCoroutine } from './coroutines/luaCoroutine.ts'
import type { Crossing } from './crossing.ts'
import { createEnvironment, type EnvironmentOptions, readEnvironmentOptions } from './environment.ts'
import { addMethods, type NoClash } from './extension.ts'
import { readPath } from './globalPath.ts'
import { type HookCallback, type HookOptions, type HookSettings, readHook } from './hooks.ts'
import { HostState } from './hostState.ts'
import type { LibraryName } from './libraries.ts'
import type { LuaTable } from './luaTable.ts'
import { type MetatableDefinition, setMetatable } from './metatable.ts'
import { allowOffThread, reopenLibraries } from './offThread.ts'
import { type RuntimeOptions, type RuntimeSettings, readOptions } from './options.ts'
import { type PcallResult, protectedCall } from './protectedCall.ts'
import { releaseValue } from './release.ts'
import { limitOrInfinity, namedFigures, type RunStatistics, type RuntimeInfo } from './runInfo.ts'
import {
  type CompileOptions,
  type LoadOptions,
  type RunOptions,
  type RunSettings,
  readCompileOptions,
  readFunctionOptions,
  readLoadOptions,
  readRunOptions,
} from './runOptions.ts'
import { readScript } from './scriptFile.ts'
import { readLocals, readStack, type StackOptions } from './stackInspection.ts'
import { type FileReader, type PrintHandler, type ReadHandler, StandardStreams } from './standardStreams.ts'
import { knownTable, readTable } from './tableRegistry.ts'

function checkSource(source: unknown): asserts source is string | Uint8Array {
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
    throw invalidArgument(expectation('source', 'a string or Uint8Array', source))
  }
}

/**
 * A Lua virtual machine; see `createRuntime`. Everything runs on the calling thread. Every method but `dispose`,
 * `cancel` and `disposed` throws `LuaDisposedError` (LUA_DISPOSED) after `dispose()`.
 *
 * What runs Lua throws `LuaRuntimeError` (LUA_RUNTIME) for an error that the script does not catch, `LuaMemoryError`
 * (LUA_MEMORY) and `LuaLimitError` (LUA_LIMIT) at the limits, `LuaConversionError` (LUA_CONVERSION) for values that the
 * other side cannot hold, and, unchanged, whatever a host function throws.
 *
 * @example
 * import { createRuntime, Runtime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * lua instanceof Runtime // => true
 */
export class Runtime {
  readonly #settings: RuntimeSettings
  readonly #classes = new ClassRegistry()
  readonly #streams: StandardStreams
  #state: HostState
  #hook: HookSettings | undefined
  readonly #libraries: readonly LibraryName[]
  readonly #bytecodeKey: Uint8Array | undefined
  readonly #disposal = new CallbackList()
  readonly #afterReset = new CallbackList()
  #maxMemory: number
  #maxInstructions: number
  #timeout: number

  /** Same as `createRuntime(options)`. */
  constructor(options?: RuntimeOptions) {
    const settings = readOptions(options)
    this.#libraries = settings.libraries.names
    this.#bytecodeKey = settings.bytecodeKey && deriveKey(settings.bytecodeKey)
    this.#maxMemory = settings.maxMemory
    this.#maxInstructions = settings.maxInstructions
    this.#timeout = settings.timeout
    this.#settings = settings
    this.#streams = new StandardStreams(settings.print)
    this.#state = this.#open()
    allowOffThread(this, {
      native: () => this.#native,
      bytecodeKey: this.#bytecodeKey,
      limits: () => [this.#maxInstructions, this.#timeout],
    })
  }

  get #native(): NativeState {
    return this.#state.native
  }

  get #crossing(): Crossing {
    return this.#state.crossing
  }

  /**
   * Runs Lua source and returns its results, by default none as `undefined`, one as the value, several as an array.
   * Text only: bytecode is refused.
   *
   * @throws {LuaSyntaxError} LUA_SYNTAX when the source does not compile.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.executeScript('return 1 + 2') // => 3
   * lua.executeScript('return ...', { args: ['a', { b: [1, 2] }] }) // => ['a', { b: [1, 2] }]
   * lua.executeScript('return 7', { results: 'all' }) // => [7]
   */
  executeScript<Result = unknown>(source: string | Uint8Array, options?: RunOptions): Result {
    checkSource(source)
    return this.#run(source, ChunkMode.text, readRunOptions(options, 'executeScript', '')) as Result
  }

  /**
   * Runs a script file. A byte order mark and a first line that starts with `#` are skipped; lines keep their numbers.
   * An unreadable file throws Node's own error.
   *
   * @throws {LuaSyntaxError} LUA_SYNTAX when the file does not compile.
   *
   * @example
   * import { writeFileSync } from 'node:fs'
   * import { tmpdir } from 'node:os'
   * import { join } from 'node:path'
   * import { createRuntime } from '@lua-native/runtime'
   *
   * const file = join(tmpdir(), `add-${process.pid}.lua`)
   * writeFileSync(file, '#!/usr/bin/env lua\nlocal a, b = ...\nreturn a + b')
   * using lua = createRuntime()
   * lua.executeFile(file, { args: [1, 2] }) // => 3
   */
  executeFile<Result = unknown>(path: string | URL, options?: RunOptions): Result {
    const { source, chunkName } = readScript(path)
    return this.#run(source, ChunkMode.text, readRunOptions(options, 'executeFile', chunkName)) as Result
  }

  /**
   * Sets a global. A dotted name is a path; missing tables on the way are made.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for an empty name or an empty segment of a path.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.setGlobal('app.greet', (name: string) => `hello ${name}`)
   * lua.executeScript('return app.greet("Lua")') // => 'hello Lua'
   */
  setGlobal(name: string, value: unknown): void {
    this.#native.setGlobal(readPath(name), value)
  }

  /**
   * Reads a global, by name or dotted path; `null` for nil and for a path that ends early.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for an empty name or an empty segment of a path.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.executeScript('settings = { size = { width = 80 } }')
   * lua.getGlobal('settings.size.width') // => 80
   * lua.getGlobal('missing') // => null
   */
  getGlobal<Result = unknown>(name: string): Result {
    return this.#native.getGlobal(readPath(name)) as Result
  }

  /**
   * Calls the Lua function at a name or dotted path. Results as with `executeScript`.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for an empty name or an empty segment of a path.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.executeScript('function add(a, b) return a + b end')
   * lua.call('add', 2, 3) // => 5
   * lua.call('math.max', 4, 9) // => 9
   */
  call<Result = unknown>(name: string, ...args: unknown[]): Result {
    return this.#native.call(readPath(name), args) as Result
  }

  /**
   * Makes a Lua table: empty, or of anything that crosses as one, such as an array, object, Map or Set.
   *
   * @throws {LuaConversionError} LUA_CONVERSION for a value that is no table in Lua.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using list = lua.createTable(['a', 'b'])
   * list.push('c')
   * lua.setGlobal('list', list)
   * lua.executeScript('return #list') // => 3
   */
  createTable(initial?: unknown): LuaTable {
    return knownTable(this.#native.createTable(initial))
  }

  /**
   * Reads a global that is a table, by reference; a dotted name is a path. `undefined` for nil.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when the global is something else, or for an empty name or segment.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.executeScript('app = { users = {} }')
   * using users = lua.getGlobalRef('app.users')
   * users?.push('ann')
   * lua.executeScript('return app.users[1]') // => 'ann'
   */
  getGlobalRef(path: string): LuaTable | undefined {
    const table = this.#native.getReference(readPath(path))
    return table && knownTable(table)
  }

  /**
   * Gives a table, or the table at a global path, a new metatable: see `LuaTable.setMetatable`.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for a target or metatable that is none; then nothing is changed.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.executeScript('money = { cents = 150 }')
   * lua.setMetatable('money', { __tostring: (self: { cents: number }) => `${self.cents / 100} €` })
   * lua.executeScript('return tostring(money)') // => '1.5 €'
   */
  setMetatable(target: string | LuaTable | object, metatable: MetatableDefinition | LuaTable | null): void {
    const table = typeof target === 'string' ? this.getGlobalRef(target) : target
    if (table === undefined) throw invalidArgument(`Expected the global "${target}" to be a table, received nil`)
    setMetatable(this.#native, readTable('target', table), metatable)
  }

  /**
   * Converts objects on their way to Lua, at every door and level: the first converter that `match` is true for, in
   * order of registration, gives the value that crosses instead. That value may be converted in turn; the object itself
   * as the result means the built-in rules. Not asked for primitives, functions, tables and other values that live in
   * Lua. An error thrown by either function is the error of the operation.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when one is no function.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.registerTypeConverter((value) => value instanceof Date, (date) => date.toISOString().slice(0, 10))
   * lua.executeScript('return (...).due', { args: [{ due: new Date(0) }] }) // => '1970-01-01'
   */
  registerTypeConverter<Value extends object>(match: ConverterMatch<Value>, toLua: (value: Value) => unknown): void {
    this.#crossing.toLua = withConverter(this.#crossing.toLua, match, toLua, 'toLua')
    this.#native.setInspecting(true)
  }

  /**
   * Converts objects that came from Lua, at every door and level, inner ones first: the first converter that `match` is
   * true for, in order of registration, gives the value that is seen instead. It gets what would be seen without it:
   * arrays, objects, Maps, proxies, references, bytes. An error thrown by either function is the error of the operation.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when one is no function.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.registerFromLuaConverter(
   *   (value): value is { unix: number } => 'unix' in value,
   *   ({ unix }) => new Date(unix * 1000),
   * )
   * lua.executeScript('return { at = { unix = 86400 } }') // => { at: new Date(86400000) }
   */
  registerFromLuaConverter<Value extends object>(match: ConverterMatch<Value>, toJs: (value: Value) => unknown): void {
    this.#crossing.fromLua = withConverter(this.#crossing.fromLua, match, toJs, 'toJs')
    this.#native.setConverting(true)
  }

  /**
   * Makes globals of their own for scripts to run with: see {@link EnvironmentOptions} for what they see. What a script
   * sets stays in the environment, and is all that the table itself holds. `load`, `loadfile`, `dofile` and `_G` in it
   * mean the environment; modules that `require` loads still run in the runtime's globals.
   *
   * With `libraries: 'readonly'` nothing that a script does changes a library for another: the libraries, the metatable
   * of strings and the functions of the base library cannot be changed or replaced, not even with `rawset`. `package`
   * is reduced to its texts, `searchpath` and `loaded`, `debug` to `traceback`, `collectgarbage` to what changes no
   * setting. The random generator, open files and the locale are still one for all. What a script does to tables of the
   * host's that it sees, everyone sees.
   *
   * The libraries are taken as they are when the first environment is made: make it before untrusted code runs in the
   * runtime's own globals.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT, LUA_UNKNOWN_OPTION for wrong options, and when the runtime was made
   * without the library base.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const env = lua.createEnvironment()
   * lua.executeScriptIn(env, 'x = ("y"):rep(3) return x') // => 'yyy'
   * env.keys() // => ['x']
   * lua.getGlobal('x') // => null
   * lua.executeScriptIn(env, 'string.rep = nil') // throws LUA_RUNTIME
   */
  createEnvironment(options?: EnvironmentOptions): LuaTable {
    const settings = readEnvironmentOptions(options)
    if (!this.#libraries.includes('base')) {
      throw invalidArgument('Expected a runtime with the library "base" for createEnvironment, received one without')
    }
    return createEnvironment(this.#native, settings)
  }

  /**
   * Runs Lua source with a table as its globals: an environment, or any other table. Otherwise as `executeScript`.
   *
   * @throws {LuaSyntaxError} LUA_SYNTAX when the source does not compile.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * using env = lua.createTable({ answer: 42 })
   * lua.executeScriptIn(env, 'return answer, print') // => [42, null]
   */
  executeScriptIn<Result = unknown>(
    environment: LuaTable | object,
    source: string | Uint8Array,
    options?: RunOptions,
  ): Result {
    const globals = readTable('environment', environment)
    checkSource(source)
    const settings = readRunOptions(options, 'executeScriptIn', '')
    return this.#native.executeIn(
      globals,
      source,
      settings.chunkName,
      ChunkMode.text,
      settings.args,
      settings.resultMode,
      settings.maxInstructions,
      settings.timeout,
    ) as Result
  }

  /**
   * Compiles source to bytecode that `load` accepts: Lua's dump in an envelope with a tag over all of it. Without a
   * `bytecodeKey` the tag is a digest, which finds accidents; anyone can make one. With the key it is a signature, and
   * only bytecode made under the same key loads. It fits the same version of Lua on the same kind of machine.
   *
   * @throws {LuaSyntaxError} LUA_SYNTAX when the source does not compile.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime({ bytecodeKey: 'a secret' })
   * const bytecode = lua.compile('return ... * 2', { chunkName: '@double.lua' })
   * lua.load(bytecode, { args: [21] }) // => 42
   */
  compile(source: string | Uint8Array, options?: CompileOptions): Buffer {
    checkSource(source)
    return this.#compile(source, readCompileOptions(options, 'compile', ''))
  }

  /**
   * Compiles a script file, read as `executeFile` does. Otherwise as `compile`.
   *
   * @throws {LuaSyntaxError} LUA_SYNTAX when the file does not compile.
   *
   * @example
   * import { writeFileSync } from 'node:fs'
   * import { tmpdir } from 'node:os'
   * import { join } from 'node:path'
   * import { createRuntime } from '@lua-native/runtime'
   *
   * const file = join(tmpdir(), `answer-${process.pid}.lua`)
   * writeFileSync(file, 'return 42')
   * using lua = createRuntime()
   * lua.load(lua.compileFile(file)) // => 42
   */
  compileFile(path: string | URL, options?: CompileOptions): Buffer {
    const { source, chunkName } = readScript(path)
    return this.#compile(source, readCompileOptions(options, 'compileFile', chunkName))
  }

  /**
   * Runs bytecode and returns its results as `executeScript` does. Lua has no verifier of bytecode, so only what
   * `compile` made, unchanged, for this version and under the same key, gets that far.
   *
   * @throws {LuaBytecodeError} LUA_BYTECODE for anything else; `reason` says why.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const bytecode = lua.compile('local n = ... return function() return n end')
   * const get = lua.load<() => number>(bytecode, { args: [5] })
   * get() // => 5
   */
  load<Result = unknown>(bytecode: Uint8Array, options?: LoadOptions): Result {
    if (!(bytecode instanceof Uint8Array)) throw invalidArgument(expectation('bytecode', 'a Uint8Array', bytecode))
    const settings = readLoadOptions(options)
    const dump = unseal(bytecode, addon(), this.#bytecodeKey, settings.trusted)
    return this.#run(dump, ChunkMode.binary, settings) as Result
  }

  /**
   * Gives bytecode as a Lua function, without running it; `chunkName` and `trusted` are as with `load`. Inside a run it
   * is part of that run.
   *
   * @throws {LuaBytecodeError} LUA_BYTECODE for what `load` refuses.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const double = lua.loadFunction<(n: number) => number>(lua.compile('return ... * 2'))
   * double(21) // => 42
   */
  loadFunction<Fn extends (...args: never[]) => unknown = (...args: unknown[]) => unknown>(
    bytecode: Uint8Array,
    options?: Pick<LoadOptions, 'chunkName' | 'trusted'>,
  ): Fn {
    if (!(bytecode instanceof Uint8Array)) throw invalidArgument(expectation('bytecode', 'a Uint8Array', bytecode))
    const { chunkName, trusted } = readFunctionOptions(options)
    const dump = unseal(bytecode, addon(), this.#bytecodeKey, trusted)
    return this.#native.loadFunction(dump, chunkName, ChunkMode.binary) as Fn
  }

  /**
   * Runs a command of Lua's collector; see {@link CollectorCommands} for each one's arguments and result.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for an unknown command or parameter.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.gc('collect') // => undefined
   * lua.gc('generational') // => 'incremental'
   * lua.gc('isrunning') // => true
   */
  gc<Command extends CollectorCommand>(
    command: Command,
    ...args: CollectorCommands[Command]['args']
  ): CollectorCommands[Command]['result'] {
    return runCollector(this.#native, command, args)
  }

  /**
   * Returns the bytes that Lua holds now.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.getMemoryUsage() > 1000 // => true
   */
  getMemoryUsage(): number {
    return this.#native.memoryBytes()
  }

  /**
   * Changes the memory limit, in bytes; Infinity takes it away. A limit below what is in use makes allocations fail
   * until enough is freed.
   *
   * @throws {RangeError} LUA_OUT_OF_RANGE for what is no positive integer.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.setMemoryLimit(1_000_000)
   * lua.executeScript('return #("x"):rep(2000000)') // throws LUA_MEMORY
   */
  setMemoryLimit(bytes: number): void {
    const limit = integerLimit('bytes', given('bytes', bytes))
    this.#native.setMemoryLimit(limit)
    this.#maxMemory = limit
  }

  /**
   * Changes the instruction limit of the runs from now on; Infinity takes it away.
   *
   * @throws {RangeError} LUA_OUT_OF_RANGE for what is no positive integer.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.setMaxInstructions(100_000)
   * lua.executeScript('while true do end') // throws LUA_LIMIT
   */
  setMaxInstructions(instructions: number): void {
    const limit = integerLimit('instructions', given('instructions', instructions))
    this.#native.setLimits(limit, this.#timeout)
    this.#maxInstructions = limit
  }

  /**
   * Changes the time limit of the runs from now on, in milliseconds; Infinity takes it away.
   *
   * @throws {RangeError} LUA_OUT_OF_RANGE for what is no positive number.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.setTimeLimit(20)
   * lua.executeScript('while true do end') // throws LUA_LIMIT
   */
  setTimeLimit(milliseconds: number): void {
    const limit = timeLimit('milliseconds', given('milliseconds', milliseconds))
    this.#native.setLimits(this.#maxInstructions, limit)
    this.#timeout = limit
  }

  /**
   * Calls a function for events of running scripts, in all coroutines, in place of an earlier hook. The function may
   * call into the runtime; the hook is off meanwhile. An error that it throws ends the run with that error.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when no event is asked for.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const lines: number[] = []
   * lua.setHook((event, line) => lines.push(line), { line: true })
   * lua.executeScript('local a = 1\nlocal b = 2\nreturn a + b')
   * lines // => [1, 2, 3]
   */
  setHook(callback: HookCallback, options: HookOptions): void {
    const hook = readHook(callback, options)
    this.#native.setHook(hook.callback, hook.mask, hook.count)
    this.#hook = hook
  }

  /**
   * Takes the hook away; also from inside it.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * let calls = 0
   * lua.setHook(() => calls++, { line: true })
   * lua.removeHook()
   * lua.executeScript('return 1')
   * calls // => 0
   */
  removeHook(): void {
    this.#native.setHook(null, 0, 0)
    this.#hook = undefined
  }

  /**
   * Makes a class that scripts can use, from a definition. In Lua it is a global table: `Name.new(...)` and `Name(...)`
   * construct; instances are userdata with the methods, properties and operators given, and nothing else. In JavaScript
   * an instance is the object that `construct` returned, always the same one: one object is one userdata. It is
   * collected when neither side refers to it.
   *
   * A class lasts over `reset()`. Instances cross to other runtimes as data.
   *
   * A dotted name is a path, as with `setGlobal`.
   *
   * @throws {TypeError} LUA_NAME_TAKEN for a name that a class has already, LUA_INVALID_ARGUMENT and LUA_UNKNOWN_OPTION
   * for a definition that is not right; then nothing is registered.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * interface Point { x: number; y: number }
   * using lua = createRuntime()
   * const Point = lua.registerClass<Point>('Point', {
   *   construct: (x, y) => ({ x: Number(x), y: Number(y) }),
   *   methods: { length: ({ x, y }) => Math.hypot(x, y) },
   *   properties: { x: { get: (self) => self.x } },
   *   operators: { __add: (a: Point, b: Point) => Point.create(a.x + b.x, a.y + b.y) },
   * })
   * lua.executeScript('local p = Point.new(1, 2) + Point(2, 2) return p:length(), p.x') // => [5, 3]
   * lua.executeScript('Point(1, 2).x = 5') // throws LUA_RUNTIME
   * lua.executeScript('return Point(1, 2).constructor') // => null
   */
  registerClass<Instance extends object = object>(
    name: string,
    definition: ClassDefinition<Instance>,
  ): LuaClass<Instance>
  /**
   * Makes a class that scripts can use, from a JavaScript class: its methods and accessors, those it inherits, its
   * statics, and as operators `toString`, `Symbol.iterator` (`pairs`), `Symbol.dispose` (to-be-closed variables) and
   * methods or statics with names of metamethods. Data fields can be read, or what the option `fields` says. Hidden are
   * `#private` members, names that start with `_`, symbols, the constructor and what every object has.
   *
   * Every instance crosses as userdata, also one that JavaScript made, and one of a subclass that is not registered.
   *
   * @throws {TypeError} As above, and LUA_NAME_TAKEN for a class that is registered already.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * class Counter {
   *   #count = 0
   *   constructor(readonly step = 1) {}
   *   increment() { this.#count += this.step }
   *   get count() { return this.#count }
   * }
   * using lua = createRuntime()
   * lua.registerClass(Counter)
   * lua.executeScript('local c = Counter(5) c:increment() return c.count, c.step') // => [5, 5]
   * const counter = new Counter(2)
   * lua.setGlobal('counter', counter)
   * lua.executeScript('counter:increment()')
   * counter.count // => 2
   */
  registerClass<Class extends HostClass>(hostClass: Class, options?: DerivedClassOptions): LuaClass<InstanceType<Class>>
  registerClass(nameOrClass: unknown, definition?: unknown): LuaClass {
    return this.#classes.registerClass(this.#state.tables, nameOrClass, definition)
  }

  /**
   * Sets a global to an object of the host's, by reference: scripts get userdata that reads and writes the object
   * itself, as far as the options allow. Everywhere else in this runtime the object crosses as that same userdata. A
   * second call for the same object gives it another name, and changes what is allowed everywhere.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for what is no object, or is an instance of a class.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * const player = { name: 'Ada', health: 10, secret: 42 }
   * using lua = createRuntime()
   * lua.setUserdata('player', player, {
   *   readable: ['name', 'health'],
   *   writable: ['health'],
   *   methods: { heal: (self: typeof player, by: number) => { self.health += by } },
   * })
   * lua.executeScript('player.health = 3 player:heal(2) return player.name, player.secret') // => ['Ada', null]
   * player.health // => 5
   */
  setUserdata(name: string, object: object, options?: UserdataOptions): void {
    this.#classes.setUserdata(this.#native, this.#state.tables, name, object, options)
  }

  /**
   * Makes a coroutine of a Lua function, or of source that returns one.
   *
   * @throws {LuaSyntaxError} LUA_SYNTAX when the source does not compile.
   * @throws {TypeError} LUA_INVALID_ARGUMENT when it returns no Lua function.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const co = lua.createCoroutine('return function(name) return "hello " .. coroutine.yield(#name) end')
   * co.resume('Lua').values // => [3]
   * co.resume('you').values // => ['hello you']
   */
  createCoroutine(body: string | Uint8Array | LuaFunctionObject, options?: CoroutineOptions): LuaCoroutine {
    return createCoroutine(this.#native, body, options)
  }

  /**
   * Changes what gets the text of `print` and `io.write`; `null` restores standard output. An error that it throws is
   * an error of the script. Kept over `reset()`.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const lines: string[] = []
   * lua.setPrintHandler((text) => lines.push(text))
   * lua.executeScript('print("a", nil)')
   * lines // => ['a\tnil\n']
   */
  setPrintHandler(handler: PrintHandler | null): void {
    this.#streams.setPrint(this.#native, handler)
  }

  /**
   * Serves `io.read` from the host; `null` takes that back. Without the io library it makes a table `io` with only that
   * function. Returns whether it could: not when a global `io` is no table. Kept over `reset()`.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.setReadHandler((format) => (format === 'n' ? 42 : 'a line')) // => true
   * lua.executeScript('return io.read("n", "l")') // => [42, 'a line']
   */
  setReadHandler(handler: ReadHandler | null): boolean {
    return this.#streams.setRead(this.#state.input, handler)
  }

  /**
   * Serves `dofile` and `loadfile` from the host, which gets the path as the script wrote it; text only. `null` takes
   * both functions away. Kept over `reset()`.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT when the runtime was made without the library base, which loads sources.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.setFileReader((path) => (path === 'one.lua' ? 'return 1' : undefined))
   * lua.executeScript('return dofile("one.lua")') // => 1
   * lua.executeScript('dofile("two.lua")') // throws LUA_RUNTIME
   */
  setFileReader(reader: FileReader | null): void {
    this.#streams.setFileReader(this.#state.input, reader)
  }

  /**
   * Calls a function and returns what became of it instead of throwing. Limits are not caught: they end the run.
   *
   * @throws {LuaLimitError} LUA_LIMIT at a limit.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const fail = lua.executeScript<() => void>('return function() error({ status = 404 }) end')
   * const result = lua.pcall(fail)
   * result.ok // => false
   * result.error.value // => { status: 404 }
   */
  pcall<Args extends readonly unknown[], Value>(fn: (...args: Args) => Value, ...args: Args): PcallResult<Value> {
    return protectedCall(fn, args) as PcallResult<Value>
  }

  /**
   * Describes the functions that are running, innermost first, the host function that asks among them. Empty outside
   * runs. In a coroutine: the functions of that coroutine.
   *
   * @throws {RangeError} LUA_OUT_OF_RANGE for a `maxLevels` that is no non-negative integer.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * let caller
   * lua.setGlobal('whoCalls', () => {
   *   const { name, currentLine } = lua.getStack()[1]
   *   caller = { name, currentLine }
   * })
   * lua.executeScript('local function work()\n  whoCalls()\nend\nwork()')
   * caller // => { name: 'work', currentLine: 2 }
   */
  getStack(options?: StackOptions): StackFrame[] {
    return readStack(this.#native, options)
  }

  /**
   * Reads the local variables of a running function, by its level in `getStack()`: their names and values, in the order
   * of their declaration.
   *
   * @throws {RangeError} LUA_OUT_OF_RANGE for a level that the stack does not have.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * let locals
   * lua.setGlobal('inspect', () => { locals = lua.getLocals(1) })
   * lua.executeScript('local a, b = 1, "two" inspect()')
   * locals // => [{ name: 'a', value: 1 }, { name: 'b', value: 'two' }]
   * lua.getLocals(0) // throws LUA_OUT_OF_RANGE
   */
  getLocals(level: number): LocalVariable[] {
    return readLocals(this.#native, level)
  }

  /**
   * Lets go of a Lua value that JavaScript holds, now instead of when it is collected: a function, table, coroutine or
   * other reference. Using it afterwards is refused. A second call does nothing.
   *
   * @throws {TypeError} LUA_INVALID_ARGUMENT for what is no reference to a Lua value of this runtime.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const one = lua.executeScript<() => number>('return function() return 1 end')
   * lua.release(one)
   * one() // throws LUA_INVALID_ARGUMENT
   */
  release(value: unknown): void {
    releaseValue(this.#native, value)
  }

  /**
   * Replaces the virtual machine by a fresh one. The options go on (globals among them, read again), and limits,
   * handlers, the hook, converters, classes and their instances, and extensions. Everything else is gone: what scripts
   * and `setGlobal` made, userdata, metatables, the collector's mode. Finalizers of the old one run, but cannot call host
   * functions any more. Functions, tables and coroutines from before are refused.
   *
   * When the new one cannot be made, for example under a memory limit too small by now, the old one goes on. An error
   * of a function given to `onReset` is thrown once all were called; the new one is in place then.
   *
   * @throws {LuaBusyError} LUA_BUSY inside a run.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime({ globals: { limit: 3 } })
   * const get = lua.executeScript<() => number>('x = 1 return function() return x end')
   * lua.reset()
   * lua.executeScript('return x, limit') // => [null, 3]
   * get() // throws LUA_DISPOSED
   */
  reset(): void {
    const old = this.#state
    if (this.disposed) throw new LuaDisposedError('Expected a runtime that is open, received a disposed one')
    const fresh = this.#open()
    try {
      reopenLibraries(this, fresh.native)
      old.native.dispose(true)
    } catch (error) {
      fresh.native.dispose(false)
      throw error
    }
    this.#state = fresh
    this.#afterReset.run()
  }

  /**
   * Describes the runtime: version of Lua, memory in use, limits, libraries.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime({ maxMemory: 1_000_000, libraries: ['base', 'string'] })
   * lua.info().maxMemory // => 1000000
   * lua.info().timeout // => Infinity
   * lua.info().libraries // => ['base', 'string']
   */
  info(): RuntimeInfo {
    const { luaVersion, luaRelease, luaVersionNumber } = addon()
    return {
      version: luaVersion,
      release: luaRelease,
      versionNumber: luaVersionNumber,
      memoryBytes: this.#native.memoryBytes(),
      maxMemory: limitOrInfinity(this.#maxMemory),
      maxInstructions: limitOrInfinity(this.#maxInstructions),
      timeout: limitOrInfinity(this.#timeout),
      libraries: [...this.#libraries],
      filesystem: this.#settings.denyFilesystem ? 'deny' : 'allow',
    }
  }

  /**
   * What the last outermost run took.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.executeScript('for i = 1, 1000 do end')
   * lua.lastRun.instructions >= 1000 // => true
   */
  get lastRun(): RunStatistics {
    return namedFigures(this.#native.lastRun())
  }

  /**
   * Ends the run in progress, if any, with a `LuaLimitError` whose `limit` is `'abort'`.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.setGlobal('stop', () => lua.cancel())
   * lua.executeScript('while true do stop() end') // throws LUA_LIMIT
   */
  cancel(): void {
    this.#native.cancel()
  }

  /**
   * Adds the methods that an extension returns to this runtime and gives it back under its new type.
   *
   * @throws {TypeError} LUA_NAME_TAKEN when the runtime has a property of that name; then nothing is added.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime().extend((runtime) => ({
   *   evaluate: (expression: string) => runtime.executeScript(`return ${expression}`),
   * }))
   * lua.evaluate('2 ^ 10') // => 1024
   */
  extend<This extends Runtime, Methods extends object>(
    this: This,
    extension: ((runtime: This) => Methods) & NoClash<This, Methods>,
  ): This & Methods {
    checkFunction('extension', extension)
    addMethods(this, extension(this))
    return this as This & Methods
  }

  /**
   * Calls a function once when the runtime is closed, after Lua is; returns a function that takes it back.
   *
   * @throws {LuaDisposedError} LUA_DISPOSED when the runtime is closed already.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * const lua = createRuntime()
   * const log: string[] = []
   * lua.onDispose(() => log.push('closed'))
   * lua.dispose()
   * log // => ['closed']
   */
  onDispose(callback: () => void): () => void {
    checkFunction('callback', callback)
    if (this.disposed) throw new LuaDisposedError('Expected a runtime that is open, received a disposed one')
    return this.#disposal.add(callback)
  }

  /**
   * Calls a function after each `reset()`, for what an extension made in the state before; returns a function that
   * takes it back.
   *
   * @throws {LuaDisposedError} LUA_DISPOSED when the runtime is closed already.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * const prepare = () => lua.setGlobal('twice', (n: number) => 2 * n)
   * prepare()
   * lua.onReset(prepare)
   * lua.reset()
   * lua.executeScript('return twice(21)') // => 42
   */
  onReset(callback: () => void): () => void {
    checkFunction('callback', callback)
    if (this.disposed) throw new LuaDisposedError('Expected a runtime that is open, received a disposed one')
    return this.#afterReset.add(callback)
  }

  /**
   * Whether `dispose()` was called.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * using lua = createRuntime()
   * lua.disposed // => false
   */
  get disposed(): boolean {
    return this.#native.disposed
  }

  /**
   * Closes the virtual machine and frees its memory; finalizers of scripts run under the runtime's limits. A second
   * call does nothing. An error thrown by a function given to `onDispose` is thrown once all were called.
   *
   * @throws {LuaBusyError} LUA_BUSY inside a run; the runtime stays open.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * const lua = createRuntime()
   * lua.dispose()
   * lua.disposed // => true
   */
  dispose(): void {
    if (this.disposed) return
    this.#native.dispose(false)
    this.#disposal.runOnce()
  }

  /**
   * Same as `dispose()`, for `using`.
   *
   * @example
   * import { createRuntime } from '@lua-native/runtime'
   *
   * let kept
   * {
   *   using lua = createRuntime()
   *   kept = lua
   * }
   * kept.disposed // => true
   */
  [Symbol.dispose](): void {
    this.dispose()
  }

  #open(): HostState {
    return HostState.open(this.#settings, {
      classes: this.#classes,
      streams: this.#streams,
      hook: this.#hook,
      limits: { maxMemory: this.#maxMemory, maxInstructions: this.#maxInstructions, timeout: this.#timeout },
      crossing: this.#state?.crossing,
    })
  }

  #run(source: string | Uint8Array, chunkMode: number, settings: RunSettings): unknown {
    return this.#native.execute(
      source,
      settings.chunkName,
      chunkMode,
      settings.args,
      settings.resultMode,
      settings.maxInstructions,
      settings.timeout,
    )
  }

  #compile(
    source: string | Uint8Array,
    options: { readonly chunkName: string; readonly strip: boolean; readonly raw: boolean },
  ): Buffer {
    const dump = this.#native.compile(source, options.chunkName, options.strip)
    return options.raw ? dump : seal(dump, addon(), this.#bytecodeKey)
  }
}

/** Limits may be left out of options, not of the methods that change them. */
function given(name: string, value: unknown): unknown {
  if (value === undefined) throw invalidArgument(expectation(name, 'a number', value))
  return value
}
