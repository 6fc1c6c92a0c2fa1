export {
  type Addon,
  ChunkMode,
  GcCommand,
  GcParameter,
  type HookFunction,
  HookMask,
  LibraryBit,
  type LocalVariable,
  type LuaFunctionObject,
  type NativeReference,
  type NativeState,
  type NativeStateConstructor,
  type ReferenceType,
  ResultMode,
  type RunDone,
  type RunFigures,
  type StackFrame,
  StateFlag,
} from './addon.ts'
export type { Converter, CrossingContext } from './context.ts'
export { addon } from './environment.ts'
export { ErrorCode } from './errorCodes.ts'
export {
  type ArgumentError,
  type BytecodeRefusal,
  invalidArgument,
  type LimitName,
  LuaBusyError,
  LuaBytecodeError,
  LuaConversionError,
  LuaDisposedError,
  LuaError,
  type LuaErrorOrigin,
  LuaLimitError,
  LuaMemoryError,
  LuaRuntimeError,
  LuaSyntaxError,
  outOfRange,
} from './errors.ts'
export { LuaNull } from './luaNull.ts'
export { LuaMulti, multi } from './multi.ts'
export { asTable, type NumberArray, NumberTable } from './numberTable.ts'
export { declareStandIn, LuaReference, standFor, unwrapReference } from './reference.ts'
export { type Resumed, resume } from './resume.ts'
