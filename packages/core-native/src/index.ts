export {
  type Addon,
  ChunkMode,
  GcCommand,
  GcParameter,
  type HookFunction,
  HookMask,
  LibraryBit,
  type NativeState,
  type NativeStateConstructor,
  ResultMode,
  type RunFigures,
  StateFlag,
} from './addon.ts'
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
export { LuaMulti, multi } from './multi.ts'
export { isReference, type LuaReference, type ReferenceClass, setReferenceClass } from './reference.ts'
