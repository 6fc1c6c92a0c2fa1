import type { OperatorName } from './metamethods.ts'

/** A method: a function that takes the instance first, or one of the instance's own, by name. */
export type Member = ((self: object, ...args: readonly unknown[]) => unknown) | OwnMethod

/** A method that the instance has itself; looked up each time, so that subclasses can override it. */
export interface OwnMethod {
  readonly name: string
  /** What instances directly below `prototype` have under that name. */
  readonly method: (...args: readonly unknown[]) => unknown
  readonly prototype: object
}

/** How a property is read and written; a missing side is refused by name. */
export interface Property {
  readonly get: ((self: object) => unknown) | undefined
  readonly set: ((self: object, value: unknown) => void) | undefined
}

/** Which data an object shows beside methods and properties. */
export interface FieldAccess {
  readonly read: FieldFilter
  readonly write: FieldFilter
  /** Which names may be written though the object has no such field yet. */
  readonly add: FieldFilter
  /** Whether what the object inherits counts; otherwise only its own enumerable fields do. */
  readonly inherited: boolean
}

/** Tells whether a name may be used. */
export type FieldFilter = (name: string) => boolean

/** A definition after validation: everything has been read from it, nothing done with it. */
export interface HostPlan {
  readonly name: string
  readonly methods: ReadonlyMap<string, Member>
  readonly properties: ReadonlyMap<string, Property>
  readonly operators: ReadonlyMap<OperatorName, Operator>
  readonly fields: FieldAccess
}

/** A metamethod: gets the operands as Lua passes them. */
export type Operator = (...operands: never[]) => unknown

/** A class after validation. */
export interface ClassPlan extends HostPlan {
  readonly construct: (args: readonly unknown[]) => unknown
  /** Fields of the class itself, converted once. */
  readonly statics: ReadonlyMap<string, unknown>
  /** Fields of the class itself that are read anew each time. */
  readonly liveStatics: ReadonlyMap<string, () => unknown>
  readonly base: ClassPlan | undefined
  /** The class whose instances, however made, are instances; absent when only `construct` makes them. */
  readonly hostClass: HostClass | undefined
}

/** A JavaScript class as `registerClass` takes it. */
export type HostClass = abstract new (...args: never[]) => object

/** No field at all. */
export const noField: FieldFilter = () => false

/** Adds what a class inherits from its base, where it has nothing of that name itself. */
export function withBase(plan: ClassPlan): ClassPlan {
  const { base } = plan
  if (base === undefined) return plan
  const ownMember = (name: string): boolean => plan.methods.has(name) || plan.properties.has(name)
  const inherited = <Value>(members: ReadonlyMap<string, Value>): [string, Value][] =>
    [...members].filter(([name]) => !ownMember(name))
  const ownStatic = (name: string): boolean => plan.statics.has(name) || plan.liveStatics.has(name)
  return {
    ...plan,
    methods: new Map([...inherited(base.methods), ...plan.methods]),
    properties: new Map([...inherited(base.properties), ...plan.properties]),
    operators: new Map([...base.operators, ...plan.operators]),
    statics: new Map([...[...base.statics].filter(([name]) => !ownStatic(name)), ...plan.statics]),
    liveStatics: new Map([...[...base.liveStatics].filter(([name]) => !ownStatic(name)), ...plan.liveStatics]),
  }
}
