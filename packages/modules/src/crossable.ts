/** What no Lua value can stand for. */
type Refused = symbol | PromiseLike<unknown> | WeakMap<WeakKey, unknown> | WeakSet<WeakKey> | WeakRef<WeakKey>

/** Names of what stays as it is: it crosses by rules of its own. */
type Leaf =
  | ((...args: never[]) => unknown)
  | (abstract new (
      ...args: never[]
    ) => unknown)
  | Date
  | RegExp
  | ArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>

/**
 * A type with `{ cannotCross: … }` in the place of what Lua cannot hold, at any depth: symbols, promises, weak
 * collections. A value of the type fits it only when it has none of them.
 *
 * @example
 * import { type Crossable, moduleActions } from '@lua-native/modules'
 * import { createRuntime } from '@lua-native/runtime'
 *
 * const bad: Crossable<{ key: symbol }> = { key: { cannotCross: Symbol('x') } }
 * using lua = createRuntime().extend(moduleActions())
 * lua.registerModule('bad', { key: bad.key.cannotCross }) // throws LUA_CONVERSION
 */
export type Crossable<Value> = unknown extends Value
  ? Value
  : Value extends Refused
    ? { readonly cannotCross: Value }
    : Value extends Leaf
      ? Value
      : Value extends object
        ? { [Key in keyof Value]: Crossable<Value[Key]> }
        : Value
