export {
  type ArgumentError,
  type BytecodeRefusal,
  ErrorCode,
  type LimitName,
  LuaBusyError,
  LuaBytecodeError,
  LuaConversionError,
  LuaDisposedError,
  LuaError,
  type LuaErrorOrigin,
  LuaLimitError,
  LuaMemoryError,
  LuaMulti,
  LuaReference,
  LuaRuntimeError,
  LuaSyntaxError,
  multi,
} from '@lua-native/core-native'
export type { CollectorCommand, CollectorCommands, CollectorMode, CollectorParameter } from './collector.ts'
export { createRuntime } from './createRuntime.ts'
export { type Bound, bindActions, type NoClash } from './extension.ts'
export type { HookCallback, HookEvent, HookLocation, HookOptions } from './hooks.ts'
export type { LibraryName, LibraryPreset } from './libraries.ts'
export type { RuntimeOptions } from './options.ts'
export type { RunStatistics, RuntimeInfo } from './runInfo.ts'
export type { CompileOptions, LoadOptions, ResultShape, RunOptions } from './runOptions.ts'
export { Runtime } from './runtime.ts'
