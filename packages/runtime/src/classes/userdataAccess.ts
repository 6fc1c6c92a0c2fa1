import { invalidArgument } from '@lua-native/core-native'
import { checkFunction, checkOptions, expectation } from '../argument.ts'
import { entriesOf } from './classDefinition.ts'
import { isPublicName, readNames } from './fieldAccess.ts'
import { type HostPlan, type Member, noField } from './hostPlan.ts'

/**
 * What scripts may do with an object given to `setUserdata`. Nothing by default: they can hold it and hand it back.
 *
 * @example
 * import { createRuntime, type UserdataOptions } from '@lua-native/runtime'
 *
 * const stock = new Map([['apple', 3]])
 * const options: UserdataOptions = { readable: ['size'], methods: ['get', 'set'] }
 * using lua = createRuntime()
 * lua.setUserdata('stock', stock, options)
 * lua.executeScript('stock:set("pear", 5) return stock:get("apple"), stock.size, stock.clear') // => [3, 2, null]
 */
export interface UserdataOptions {
  /**
   * Properties that scripts can read: names, or `true` for all, inherited ones and accessors included. Functions, names
   * that start with `_` and names that every object has are never among them all.
   */
  readonly readable?: boolean | readonly string[] | undefined
  /** Properties that scripts can write, as with `readable`; with `true` only those that exist. nil is written as `null`. */
  readonly writable?: boolean | readonly string[] | undefined
  /** Names of methods of the object, or functions by name, which get the object first. */
  readonly methods?:
    | readonly string[]
    | Readonly<Record<string, (self: never, ...args: never[]) => unknown>>
    | undefined
}

const known = ['readable', 'writable', 'methods'] as const

/** Validates the arguments of `setUserdata`. */
export function readUserdata(name: string, object: unknown, value: unknown): HostPlan {
  if (typeof object !== 'object' || object === null) throw invalidArgument(expectation('object', 'an object', object))
  const options = checkOptions<UserdataOptions>(value, known, 'setUserdata')
  return {
    name,
    methods: readMethods(options.methods, object),
    properties: new Map(),
    operators: new Map(),
    fields: {
      read: readNames('readable', options.readable, isPublicName),
      write: readNames('writable', options.writable, isPublicName),
      add: readNames('writable', options.writable, noField),
      inherited: true,
    },
  }
}

function readMethods(value: unknown, object: object): ReadonlyMap<string, Member> {
  const methods = new Map<string, Member>()
  if (Array.isArray(value)) {
    for (const name of value) {
      const method: unknown = typeof name === 'string' ? Reflect.get(object, name) : undefined
      if (typeof method !== 'function') throw invalidArgument(expectation('methods', 'names of methods', name))
      methods.set(name, (self, ...args) => Reflect.apply(method, self, args))
    }
    return methods
  }
  for (const [name, method] of entriesOf('methods', value)) {
    checkFunction(`methods.${name}`, method)
    methods.set(name, method as Member)
  }
  return methods
}
