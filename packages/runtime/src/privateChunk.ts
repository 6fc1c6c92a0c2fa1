import { ChunkMode, type NativeState, ResultMode } from '@lua-native/core-native'

/** Compiled sources: the same for every state. */
const dumps = new Map<string, Uint8Array>()

/**
 * Runs Lua source of this package. It is compiled without debug information, so that errors and tracebacks show the
 * script's lines and none of these.
 */
export function runPrivate(native: NativeState, source: string, args: readonly unknown[]): void {
  native.execute(dumpOf(native, source), '', ChunkMode.binary, args, ResultMode.first, 0, 0)
}

/** The same for the library of tasks: `args` come behind the functions that the addon gives it. */
export function runTaskLibrary(native: NativeState, source: string, args: readonly unknown[]): void {
  native.openTasks(dumpOf(native, source), args)
}

function dumpOf(native: NativeState, source: string): Uint8Array {
  let dump = dumps.get(source)
  if (dump === undefined) {
    dump = native.compile(source, '=lua-native', true)
    dumps.set(source, dump)
  }
  return dump
}
