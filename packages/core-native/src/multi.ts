/**
 * Several Lua values in one: what a host function returns to give Lua more than one result. Made by {@link multi};
 * anywhere but as the result of a host function it is refused.
 *
 * @example
 * import { createRuntime, LuaMulti, multi } from '@lua-native/runtime'
 *
 * const values = multi(1, 'two')
 * values instanceof LuaMulti // => true
 * values.values // => [1, 'two']
 * using lua = createRuntime()
 * lua.setGlobal('pair', values) // throws LUA_CONVERSION
 */
export class LuaMulti {
  /** The values, in order. */
  readonly values: readonly unknown[]

  constructor(values: readonly unknown[]) {
    this.values = Object.freeze([...values])
    Object.freeze(this)
  }
}

/**
 * Returns several values to Lua from a host function. `undefined` and `null` become nil and keep their place.
 *
 * @example
 * import { createRuntime, multi } from '@lua-native/runtime'
 *
 * using lua = createRuntime({
 *   globals: { divide: (a: number, b: number) => multi(Math.trunc(a / b), a % b) },
 * })
 * lua.executeScript('local q, r = divide(17, 5) return q * 100 + r') // => 302
 */
export function multi(...values: unknown[]): LuaMulti {
  return new LuaMulti(values)
}
