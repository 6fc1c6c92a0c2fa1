import { invalidArgument, multi } from '@lua-native/core-native'
import { checkOptions, expectation } from '../argument.ts'
import { readOperators, readStatics } from './classDefinition.ts'
import { type FieldVisibility, isPublicName, readFields, readNameSet } from './fieldAccess.ts'
import {
  type ClassPlan,
  type FieldFilter,
  type HostClass,
  type Member,
  type Operator,
  type Property,
  withBase,
} from './hostPlan.ts'
import { callMethod } from './memberFunctions.ts'
import { isOperator, type OperatorName } from './metamethods.ts'
import { PairsCursor } from './pairsCursor.ts'

/**
 * Options of `registerClass` for a JavaScript class.
 *
 * @example
 * import { createRuntime, type DerivedClassOptions } from '@lua-native/runtime'
 *
 * class Vector {
 *   constructor(readonly x: number, readonly y: number) {}
 *   length() { return Math.hypot(this.x, this.y) }
 *   wipe() { return 'not for scripts' }
 * }
 * const options: DerivedClassOptions = {
 *   name: 'Vec',
 *   exclude: ['wipe'],
 *   operators: { __add: (a: Vector, b: Vector) => new Vector(a.x + b.x, a.y + b.y) },
 * }
 * using lua = createRuntime()
 * lua.registerClass(Vector, options)
 * lua.executeScript('local v = Vec(1, 2) + Vec(2, 2) return v:length(), v.x, v.wipe') // => [5, 3, null]
 */
export interface DerivedClassOptions {
  /** Global name in Lua, dots make a path. Default: the name of the class. */
  readonly name?: string | undefined
  /** The only members (methods, accessors, fields, statics) that scripts see; names starting with `_` may be listed. */
  readonly include?: readonly string[] | undefined
  /** Members that scripts do not see. */
  readonly exclude?: readonly string[] | undefined
  /** Data fields of the instance that scripts see. Default `'readonly'`. */
  readonly fields?: FieldVisibility | undefined
  /** Metamethods beside those that the class itself defines. */
  readonly operators?: Readonly<Partial<Record<OperatorName, Operator>>> | undefined
  /** Fields of the class beside its own statics. Not `new`. */
  readonly statics?: Readonly<Record<string, unknown>> | undefined
}

const known = ['name', 'include', 'exclude', 'fields', 'operators', 'statics'] as const

/** Whether a function was written as a class, or as a constructor with something on its prototype. */
export function isHostClass(value: unknown): value is HostClass {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null
}

/** Works out what a JavaScript class shows to Lua. `find` gives the plan of a registered class. */
export function deriveClass(
  hostClass: HostClass,
  value: unknown,
  find: (hostClass: unknown) => ClassPlan | undefined,
): ClassPlan {
  const options = checkOptions<DerivedClassOptions>(value, known, 'registerClass')
  const name = readName(options.name, hostClass)
  const of = `class "${name}"`
  const include = readNameSet('include', options.include)
  const exclude = readNameSet('exclude', options.exclude)
  const allows: FieldFilter = (member) =>
    exclude?.has(member) !== true &&
    (include === undefined ? isPublicName(member) : include.has(member)) &&
    member !== 'constructor' &&
    member !== '__proto__'
  const { classes, base } = ancestry(hostClass, find)
  const prototypes = classes.map((at) => at.prototype as object)
  // What a base hides stays hidden, unless it is listed here.
  const baseFields = base?.fields.read
  const fields: FieldFilter = (field) =>
    allows(field) && (baseFields === undefined || include?.has(field) === true || baseFields(field))
  const operators = deriveOperators(hostClass, prototypes, classes)
  for (const [event, operator] of readOperators(options.operators, of)) operators.set(event, operator)
  const { statics, liveStatics } = deriveStatics(hostClass, classes, allows)
  for (const [key, item] of readStatics(options.statics, of)) {
    liveStatics.delete(key)
    statics.set(key, item)
  }
  return withBase({
    name,
    construct: (args) => Reflect.construct(hostClass as new (...args: readonly unknown[]) => object, args),
    ...deriveMembers(hostClass.prototype, prototypes, allows),
    operators,
    statics,
    liveStatics,
    fields: readFields(options.fields, 'readonly', fields),
    base,
    hostClass,
  })
}

/** The class and those it extends, up to the first one that is registered, which is the base. */
function ancestry(
  hostClass: HostClass,
  find: (hostClass: unknown) => ClassPlan | undefined,
): { readonly classes: readonly HostClass[]; readonly base: ClassPlan | undefined } {
  const classes: HostClass[] = []
  for (let at: unknown = hostClass; isHostClass(at); at = Object.getPrototypeOf(at)) {
    const base = find(at)
    if (base !== undefined) return { classes, base }
    classes.push(at)
  }
  return { classes, base: undefined }
}

function readName(value: unknown, hostClass: HostClass): string {
  const name = value === undefined ? hostClass.name : value
  if (typeof name === 'string' && name !== '') return name
  throw invalidArgument(expectation('name', 'a name, since the class has none', name))
}

function deriveMembers(
  hostPrototype: object,
  prototypes: readonly object[],
  allows: FieldFilter,
): { methods: Map<string, Member>; properties: Map<string, Property> } {
  const methods = new Map<string, Member>()
  const properties = new Map<string, Property>()
  for (const prototype of prototypes) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (!allows(key) || isOperator(key) || methods.has(key) || properties.has(key)) continue
      const { value } = descriptor
      if (typeof value === 'function') methods.set(key, { name: key, method: value, prototype: hostPrototype })
      else properties.set(key, accessOf(key, descriptor))
    }
  }
  return { methods, properties }
}

function accessOf(key: string, descriptor: PropertyDescriptor): Property {
  const readable = descriptor.get !== undefined || 'value' in descriptor
  return {
    get: readable ? (self) => (self as Record<string, unknown>)[key] : undefined,
    set:
      descriptor.set === undefined
        ? undefined
        : (self, value) => {
            ;(self as Record<string, unknown>)[key] = value
          },
  }
}

/** Metamethods that the class defines: methods and statics of such names, and JavaScript's own protocols. */
function deriveOperators(
  hostClass: HostClass,
  prototypes: readonly object[],
  classes: readonly HostClass[],
): Map<OperatorName, Operator> {
  const operators = new Map<OperatorName, Operator>()
  const defines = (key: PropertyKey): boolean => prototypes.some((at) => Object.hasOwn(at, key))
  if (defines('toString')) operators.set('__tostring', (self: object) => self.toString())
  if (defines(Symbol.iterator)) operators.set('__pairs', pairsOf)
  if (defines(Symbol.dispose)) operators.set('__close', (self: Disposable) => self[Symbol.dispose]())
  for (const key of namesOf(prototypes)) {
    if (isOperator(key)) operators.set(key, (self: object, ...rest) => callMethod(self, key, rest))
  }
  for (const key of namesOf(classes)) {
    const operator: unknown = isOperator(key) && Reflect.get(hostClass, key)
    if (isOperator(key) && typeof operator === 'function') {
      operators.set(key, (...operands) => Reflect.apply(operator, hostClass, operands))
    }
  }
  return operators
}

function pairsOf(self: Iterable<unknown>): unknown {
  const cursor = new PairsCursor(self[Symbol.iterator]())
  // The last value is closed when the loop is left early.
  return multi(cursor, undefined, undefined, cursor)
}

function namesOf(objects: readonly object[]): string[] {
  return objects.flatMap((at) => Object.getOwnPropertyNames(at))
}

/** Names that every class has. */
const classNames: readonly string[] = ['name', 'length', 'prototype', 'new', 'arguments', 'caller']

/** Functions are converted once, everything else is read each time: it may change. */
function deriveStatics(
  hostClass: HostClass,
  classes: readonly HostClass[],
  allows: FieldFilter,
): { statics: Map<string, unknown>; liveStatics: Map<string, () => unknown> } {
  const statics = new Map<string, unknown>()
  const liveStatics = new Map<string, () => unknown>()
  for (const at of classes) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (classNames.includes(key) || !allows(key) || isOperator(key) || statics.has(key) || liveStatics.has(key))
        continue
      if (typeof descriptor.value === 'function') {
        statics.set(key, (...args: unknown[]) => Reflect.apply(descriptor.value, hostClass, args))
      } else {
        liveStatics.set(key, () => Reflect.get(hostClass, key))
      }
    }
  }
  return { statics, liveStatics }
}
