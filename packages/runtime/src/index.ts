export {
  type ArgumentError,
  asTable,
  type BytecodeRefusal,
  ErrorCode,
  type LimitName,
  type LocalVariable,
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
  type StackFrame,
} from '@lua-native/core-native'
export type { ClassDefinition, ClassProperty } from './classes/classDefinition.ts'
export type { DerivedClassOptions } from './classes/derivedClass.ts'
export type { FieldVisibility } from './classes/fieldAccess.ts'
export type { HostClass, Operator } from './classes/hostPlan.ts'
export { LuaClass } from './classes/luaClass.ts'
export type { OperatorName } from './classes/metamethods.ts'
export type { UserdataOptions } from './classes/userdataAccess.ts'
export type { CollectorCommand, CollectorCommands, CollectorMode, CollectorParameter } from './collector.ts'
export type { ConverterMatch } from './converters.ts'
export { AsyncCoroutineIterator } from './coroutines/asyncCoroutineIterator.ts'
export { CoroutineIterator } from './coroutines/coroutineIterator.ts'
export type { CoroutineOptions } from './coroutines/createCoroutine.ts'
export { type CoroutineStatus, type CoroutineStep, LuaCoroutine } from './coroutines/luaCoroutine.ts'
export { createRuntime } from './createRuntime.ts'
export type { EnvironmentOptions } from './environment.ts'
export { type Bound, bindActions, type NoClash } from './extension.ts'
export type { HookCallback, HookEvent, HookLocation, HookOptions } from './hooks.ts'
export type { LibraryName, LibraryPreset } from './libraries.ts'
export { type LuaKey, LuaTable } from './luaTable.ts'
export type { MetatableDefinition } from './metatable.ts'
export {
  addTaskLibrary,
  isInsideRun,
  type OffThreadLimits,
  type PreparedRun,
  prepareCall,
  prepareFile,
  prepareLoad,
  prepareResume,
  prepareScript,
  type StartedRun,
} from './offThread.ts'
export type { RuntimeOptions } from './options.ts'
export type { PcallResult } from './protectedCall.ts'
export type { RawTable } from './rawTable.ts'
export type { RunStatistics, RuntimeInfo } from './runInfo.ts'
export type { CompileOptions, LoadOptions, ResultShape, RunOptions } from './runOptions.ts'
export { Runtime } from './runtime.ts'
export type { StackOptions } from './stackInspection.ts'
export type { FileReader, PrintHandler, ReadHandler } from './standardStreams.ts'
export { tableOf } from './tableRegistry.ts'
