import { checkOptions, expectation, invalidArgument, outOfRange, textArgument } from './argument.ts'

/**
 * Options of everything that adds a searcher.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 * import { moduleActions, type SearcherOptions } from '@lua-native/modules'
 *
 * const options: SearcherOptions = { name: 'overrides', position: 'first' }
 * using lua = createRuntime().extend(moduleActions())
 * lua.addSources({ config: 'return "shipped"' })
 * lua.addSources({ config: 'return "mine"' }, options)
 * lua.executeScript('return require("config")', { results: 'first' }) // => 'mine'
 */
export interface SearcherOptions {
  /** Names the searcher in messages and in `resolveModule`. Default: what it is and where it looks. */
  readonly name?: string | undefined
  /**
   * Where it stands in the order of searchers: `'last'` (default), `'first'`, or a position counted from 1, as in
   * `package.searchers`. The first is the one that serves `package.preload`, the second serves registered modules.
   */
  readonly position?: 'first' | 'last' | number | undefined
}

/** The two options after validation; position 0 is the end. */
export interface Placement {
  readonly name: string
  readonly position: number
}

/** Names of the options that every searcher has. */
export const placementNames = ['name', 'position'] as const

/** Reads them; `fallback` is the name when none is given. */
export function readPlacement(options: Partial<Record<keyof SearcherOptions, unknown>>, fallback: string): Placement {
  return { name: textArgument('name', options.name, fallback), position: readPosition(options.position) }
}

/** Reads the options of an action that has no others. */
export function readSearcherOptions(value: unknown, of: string, fallback: string): Placement {
  return readPlacement(checkOptions<SearcherOptions>(value, placementNames, of), fallback)
}

function readPosition(value: unknown): number {
  if (value === undefined || value === 'last') return 0
  if (value === 'first') return 1
  const expected = '"first", "last" or a positive integer'
  if (typeof value !== 'number' && typeof value !== 'string')
    throw invalidArgument(expectation('position', expected, value))
  if (typeof value === 'string' || !Number.isSafeInteger(value) || value < 1) {
    throw outOfRange(expectation('position', expected, value))
  }
  return value
}
