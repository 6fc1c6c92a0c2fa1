/**
 * How a script has to end under a limit:
 * `limit`: with a `LuaLimitError`; `memory`: with a `LuaMemoryError` or a `LuaLimitError`; `error`: with any
 * `LuaError`; `any`: with any `LuaError`, or on its own.
 */
export type Expected = 'limit' | 'memory' | 'error' | 'any'

/** One hostile script. Host functions it may use are made in `child.mjs`. */
export interface Attack {
  readonly name: string
  readonly expected: Expected
  readonly source: string
}

/** Prefix for scripts that first run cheaply for a while: a meter that adapts its slices gives them long ones. */
export const calm = 'for i = 1, 300000 do end '

/** Turns `[name, source]` rows into attacks that all have to end in the same way. */
export function attacks(expected: Expected, rows: readonly (readonly [name: string, source: string])[]): Attack[] {
  return rows.map(([name, source]) => ({ name, expected, source }))
}
