import { ErrorCode, invalidArgument } from '@lua-native/core-native'
import { checkFunction, checkOptions, describe, expectation } from '../argument.ts'
import { type FieldVisibility, isPublicName, readFields } from './fieldAccess.ts'
import { type ClassPlan, type Member, type Operator, type Property, withBase } from './hostPlan.ts'
import { checkOperator, type OperatorName } from './metamethods.ts'

/**
 * A property with code behind it. A side that is missing makes it read-only or write-only; the error that a script then
 * gets names property and class. What `set` throws refuses the value.
 *
 * @example
 * import { createRuntime, type ClassProperty } from '@lua-native/runtime'
 *
 * const celsius: ClassProperty<{ kelvin: number }> = {
 *   get: (self) => self.kelvin - 273,
 *   set: (self, value) => {
 *     if (typeof value !== 'number') throw new TypeError('celsius must be a number')
 *     self.kelvin = value + 273
 *   },
 * }
 * using lua = createRuntime()
 * lua.registerClass('Heat', { construct: () => ({ kelvin: 273 }), properties: { celsius } })
 * lua.executeScript('local h = Heat() h.celsius = 20 return h.celsius') // => 20
 * lua.executeScript('return (pcall(function() Heat().celsius = "hot" end))') // => false
 */
export interface ClassProperty<Instance extends object = object> {
  readonly get?: ((self: Instance) => unknown) | undefined
  readonly set?: ((self: Instance, value: unknown) => void) | undefined
}

/**
 * What `registerClass` makes a class of. Every function gets the instance first, not as `this`.
 *
 * @example
 * import { createRuntime, type ClassDefinition } from '@lua-native/runtime'
 *
 * interface Account { owner: string; cents: number }
 * const definition: ClassDefinition<Account> = {
 *   construct: (owner) => ({ owner: String(owner), cents: 0 }),
 *   methods: { deposit: (self, cents) => { self.cents += Number(cents) } },
 *   properties: { owner: { get: (self) => self.owner } },
 *   operators: { __len: (self: Account) => self.cents },
 *   statics: { currency: 'EUR' },
 * }
 * using lua = createRuntime()
 * lua.registerClass('Account', definition)
 * lua.executeScript('local a = Account.new("Ada") a:deposit(250) return #a, a.owner') // => [250, 'Ada']
 * lua.executeScript('return Account.currency') // => 'EUR'
 */
export interface ClassDefinition<Instance extends object = object> {
  /** Makes the object for `Name.new(...)` and `Name(...)`: a new one each time, no array, no function. */
  readonly construct: (...args: unknown[]) => Instance
  /** Called as `instance:name(...)`. */
  readonly methods?: Readonly<Record<string, (self: Instance, ...args: never[]) => unknown>> | undefined
  /** Read as `instance.name`, written as `instance.name = value`. */
  readonly properties?: Readonly<Record<string, ClassProperty<Instance>>> | undefined
  /** Fields of the class itself: functions, called as `Name.name(...)`, and values, converted once. Not `new`. */
  readonly statics?: Readonly<Record<string, unknown>> | undefined
  /** Metamethods by Lua's names; each gets its operands as Lua passes them. */
  readonly operators?: Readonly<Partial<Record<OperatorName, Operator>>> | undefined
  /** Name of a registered class whose methods, properties, operators and statics this one has too. */
  readonly extends?: string | undefined
  /** Data fields of the instance that scripts see. Default `'hidden'`. */
  readonly fields?: FieldVisibility | undefined
}

const known = ['construct', 'methods', 'properties', 'statics', 'operators', 'extends', 'fields'] as const

/** Validates a definition, each part read once. `find` gives the plan of a registered class. */
export function readClassDefinition(
  name: string,
  value: unknown,
  find: (name: string) => ClassPlan | undefined,
): ClassPlan {
  const of = `class "${name}"`
  if (value === undefined) throw invalidArgument(expectation('definition', 'an object', value))
  const options = checkOptions<ClassDefinition>(value, known, of)
  const { construct } = options
  checkFunction('construct', construct)
  const methods = new Map<string, Member>()
  for (const [key, method] of entriesOf('methods', options.methods)) {
    checkFunction(`methods.${key}`, method)
    methods.set(key, method as Member)
  }
  const properties = new Map<string, Property>()
  for (const [key, property] of entriesOf('properties', options.properties)) {
    if (methods.has(key))
      throw invalidArgument(`Expected "${key}" of ${of} to be a method or a property, received both`)
    properties.set(key, readProperty(`properties.${key}`, property))
  }
  return withBase({
    name,
    construct: (args) => (construct as (...args: readonly unknown[]) => unknown)(...args),
    methods,
    properties,
    statics: readStatics(options.statics, of),
    operators: readOperators(options.operators, of),
    fields: readFields(options.fields, 'hidden', isPublicName),
    base: readBase(options.extends, of, find),
    liveStatics: new Map(),
    hostClass: undefined,
  })
}

/** The own enumerable entries of an object option; none when it is not given. */
export function entriesOf(option: string, value: unknown): [string, unknown][] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgument(expectation(option, 'an object', value))
  }
  return Object.entries(value)
}

function readProperty(option: string, value: unknown): Property {
  const expected = 'an object with "get", "set" or both'
  if (typeof value !== 'object' || value === null) throw invalidArgument(expectation(option, expected, value))
  const { get, set } = checkOptions<ClassProperty>(value, ['get', 'set'], option)
  if (get === undefined && set === undefined) throw invalidArgument(expectation(option, expected, value))
  if (get !== undefined) checkFunction(`${option}.get`, get)
  if (set !== undefined) checkFunction(`${option}.set`, set)
  return { get: get as Property['get'], set: set as Property['set'] }
}

/** Reads the option `statics`. */
export function readStatics(value: unknown, of: string): ReadonlyMap<string, unknown> {
  const statics = new Map(entriesOf('statics', value))
  if (statics.has('new')) throw invalidArgument(`Expected statics of ${of} without "new", which constructs instances`)
  return statics
}

/** Reads the option `operators`. */
export function readOperators(value: unknown, of: string): Map<OperatorName, Operator> {
  const operators = new Map<OperatorName, Operator>()
  for (const [name, operator] of entriesOf('operators', value)) {
    checkOperator(name, of)
    checkFunction(`operators.${name}`, operator)
    operators.set(name, operator as Operator)
  }
  return operators
}

function readBase(value: unknown, of: string, find: (name: string) => ClassPlan | undefined): ClassPlan | undefined {
  if (value === undefined) return undefined
  if (typeof value !== 'string') throw invalidArgument(expectation('extends', 'the name of a registered class', value))
  const base = find(value)
  if (base !== undefined) return base
  throw invalidArgument(
    `Expected "extends" of ${of} to name a registered class, received ${describe(value)}`,
    ErrorCode.invalidArgument,
  )
}
