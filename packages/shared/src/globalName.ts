import { expectation, invalidArgument, outOfRange } from './argument.ts'

/** Refuses what a script could not write as the name of a variable. */
export function checkGlobalName(argument: string, name: unknown): asserts name is string {
  const expected = 'the name of a global: letters, digits and underscores, no digit first'
  if (typeof name !== 'string') throw invalidArgument(expectation(argument, expected, name))
  if (!/^[A-Za-z_]\w*$/.test(name)) throw outOfRange(expectation(argument, expected, name))
}
