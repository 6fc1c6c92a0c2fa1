import type { Addon } from './addon.ts'

/**
 * Stands for a Lua value that has no JavaScript counterpart: a coroutine or userdata such as an open file. Good for
 * handing it back to the runtime that it came from, where it is that very value.
 *
 * @example
 * import { createRuntime, type LuaReference } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const coroutine = lua.executeScript<LuaReference>('return coroutine.create(function() return 7 end)')
 * coroutine.type // => 'thread'
 * lua.call('coroutine.resume', coroutine) // => [true, 7]
 */
export type LuaReference = InstanceType<Addon['NativeReference']>

/** The addon's class of opaque references to Lua values. */
export type ReferenceClass = abstract new (...args: never) => object

let referenceClass: ReferenceClass | undefined

/** Names the class whose instances cross back to Lua as the values they stand for; once per environment. */
export function setReferenceClass(cls: ReferenceClass): void {
  referenceClass = cls
}

/** Whether a value stands for one that lives in Lua. */
export function isReference(value: object): boolean {
  return referenceClass !== undefined && value instanceof referenceClass
}
