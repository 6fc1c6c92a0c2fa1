export {
  type ArgumentError,
  asTable,
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
  LuaNull,
  LuaReference,
  LuaRuntimeError,
  LuaSyntaxError,
  multi,
  type NumberArray,
  NumberTable,
} from '@lua-native/core-native'
export type { CollectorCommand, CollectorCommands, CollectorMode, CollectorParameter } from './collector.ts'
export type { ConverterMatch } from './converters.ts'
export { createRuntime } from './createRuntime.ts'
export type { EnvironmentOptions } from './environment.ts'
export { type Bound, bindActions, type NoClash } from './extension.ts'
export type { HookCallback, HookEvent, HookLocation, HookOptions } from './hooks.ts'
export type { LibraryName, LibraryPreset } from './libraries.ts'
export { type LuaKey, LuaTable } from './luaTable.ts'
export type { MetatableDefinition } from './metatable.ts'
export type { RuntimeOptions } from './options.ts'
export type { RawTable } from './rawTable.ts'
export type { RunStatistics, RuntimeInfo } from './runInfo.ts'
export type { CompileOptions, LoadOptions, ResultShape, RunOptions } from './runOptions.ts'
export { Runtime } from './runtime.ts'
export { tableOf } from './tableRegistry.ts'
