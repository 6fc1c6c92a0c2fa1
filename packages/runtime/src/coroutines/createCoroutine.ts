import {
  ChunkMode,
  invalidArgument,
  type LuaFunctionObject,
  type NativeState,
  ResultMode,
} from '@lua-native/core-native'
import { checkOptions, describe, expectation, stringOption } from '../argument.ts'
import { readArgs } from '../runOptions.ts'
import { LuaCoroutine } from './luaCoroutine.ts'

/**
 * Options of `createCoroutine` for source.
 *
 * @example
 * import { type CoroutineOptions, createRuntime } from '@lua-native/runtime'
 *
 * const options: CoroutineOptions = { chunkName: '@count.lua', args: [2] }
 * using lua = createRuntime()
 * const source = 'local n = ... return function() for i = 1, n do coroutine.yield(i) end end'
 * const counted = [...lua.createCoroutine(source, options)]
 * counted // => [1, 2]
 */
export interface CoroutineOptions {
  /** Name of the chunk in messages and tracebacks, as in `RunOptions`. */
  readonly chunkName?: string | undefined
  /** What the chunk gets as `...`; the body gets the arguments of the first resume. */
  readonly args?: readonly unknown[] | undefined
}

/** Implements `Runtime.createCoroutine`. */
export function createCoroutine(native: NativeState, body: unknown, value: unknown): LuaCoroutine {
  const options = checkOptions<CoroutineOptions>(value, ['chunkName', 'args'], 'createCoroutine')
  const chunkName = stringOption('chunkName', options.chunkName, '')
  const args = readArgs(options.args)
  const made = native.createThread(readBody(native, body, chunkName, args))
  if (!(made instanceof LuaCoroutine)) throw new Error('Expected a new thread to come as a coroutine')
  return made
}

function readBody(
  native: NativeState,
  body: unknown,
  chunkName: string,
  args: readonly unknown[] | undefined,
): LuaFunctionObject {
  if (typeof body === 'function') return body as LuaFunctionObject
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw invalidArgument(expectation('body', 'a Lua function, or source that returns one', body))
  }
  const made = native.execute(body, chunkName, ChunkMode.text, args, ResultMode.first, 0, 0)
  if (typeof made !== 'function') {
    throw invalidArgument(`Expected the source of a coroutine to return a function, received ${describe(made)}`)
  }
  return made as LuaFunctionObject
}
