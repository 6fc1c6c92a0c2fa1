import { ErrorCode, invalidArgument } from '@lua-native/core-native'
import { describe } from './argument.ts'
import type { Runtime } from './runtime.ts'

/**
 * The methods that functions become when their first parameter, the runtime, is bound. Type parameters of a function
 * are lost on the way.
 *
 * @example
 * import { type Bound, createRuntime, type Runtime } from '@lua-native/runtime'
 *
 * const actions = { evaluate: (runtime: Runtime, expression: string) => runtime.executeScript(`return ${expression}`) }
 * const methods = (runtime: Runtime): Bound<typeof actions> => ({
 *   evaluate: (expression) => actions.evaluate(runtime, expression),
 * })
 * using lua = createRuntime().extend(methods)
 * lua.evaluate('6 * 7') // => 42
 */
export type Bound<Actions> = {
  [Name in keyof Actions]: Actions[Name] extends (runtime: never, ...args: infer Args) => infer Result
    ? (...args: Args) => Result
    : never
}

/**
 * What an extension must also be so that its methods may be added to `This`: anything, unless a name is taken.
 *
 * @example
 * import { createRuntime, type NoClash, type Runtime } from '@lua-native/runtime'
 *
 * const extension = () => ({ dispose: () => 'mine' })
 * const clash: NoClash<Runtime, ReturnType<typeof extension>> = { alreadyDefined: 'dispose' }
 * clash.alreadyDefined // => 'dispose'
 * createRuntime().extend(extension as never) // throws LUA_NAME_TAKEN
 */
export type NoClash<This, Methods> = [keyof This & keyof Methods] extends [never]
  ? unknown
  : { alreadyDefined: keyof This & keyof Methods }

/**
 * Binds functions that take a runtime first, so that they can be methods of it. What is no function is left out.
 *
 * @example
 * import { bindActions, createRuntime, type Runtime } from '@lua-native/runtime'
 *
 * const actions = { evaluate: (runtime: Runtime, expression: string) => runtime.executeScript(`return ${expression}`) }
 * using lua = createRuntime().extend((runtime) => bindActions(runtime, actions))
 * lua.evaluate('6 * 7') // => 42
 */
export function bindActions<This extends Runtime, Actions extends object>(
  runtime: This,
  actions: Actions,
): Bound<Actions> {
  const methods: Record<string, unknown> = {}
  for (const [name, action] of Object.entries(actions)) {
    if (typeof action === 'function') methods[name] = action.bind(undefined, runtime)
  }
  return methods as Bound<Actions>
}

/** Adds the methods of an extension to a runtime, all or, if a name is taken, none. */
export function addMethods(runtime: object, methods: unknown): void {
  if (typeof methods !== 'object' || methods === null) {
    throw invalidArgument(`Expected an extension to return an object of methods, received ${describe(methods)}`)
  }
  const source = methods as Readonly<Record<PropertyKey, unknown>>
  const names = Reflect.ownKeys(methods)
  for (const name of names) {
    if (name in runtime) {
      throw invalidArgument(
        `Expected the methods of an extension to have new names, received "${String(name)}"`,
        ErrorCode.nameTaken,
      )
    }
  }
  for (const name of names) {
    Object.defineProperty(runtime, name, { value: source[name], configurable: true, writable: true })
  }
}
