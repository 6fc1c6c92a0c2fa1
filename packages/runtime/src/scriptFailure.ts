import { LuaRuntimeError, type NativeState } from '@lua-native/core-native'

/** Enough to find the Lua function that called the host function. */
const LEVELS = 8

/**
 * Makes errors for what a script does wrong with an object of the host's, with the place in the script. It holds the
 * state weakly, since functions that Lua holds refer to it.
 */
export class ScriptFailure {
  readonly #native: WeakRef<NativeState>

  constructor(native: NativeState) {
    this.#native = new WeakRef(native)
  }

  /** The error to throw in a host function that Lua called. */
  because(message: string): LuaRuntimeError {
    const frame = this.#native
      .deref()
      ?.getStack(LEVELS)
      .find(({ currentLine }) => currentLine > 0)
    return new LuaRuntimeError(
      message,
      message,
      frame === undefined ? {} : { chunk: frame.shortSource, line: frame.currentLine },
    )
  }
}
