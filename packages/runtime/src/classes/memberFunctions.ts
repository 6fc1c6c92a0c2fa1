import type { LuaRuntimeError } from '@lua-native/core-native'
import { describe } from '../argument.ts'
import type { ScriptFailure } from '../scriptFailure.ts'
import type { FieldAccess, HostPlan, Member, Operator, Property } from './hostPlan.ts'

/** What the functions behind a metatable know of their objects. Refers to no Lua state. */
export interface Receiver {
  /** Of the class or userdata, for messages. */
  readonly name: string
  /** Whether a value is an object that the metatable belongs to. */
  readonly accepts: (value: unknown) => value is object
  readonly failure: ScriptFailure
}

/** A function that Lua calls. */
export type HostFunction = (...args: unknown[]) => unknown

function check(receiver: Receiver, member: string, self: unknown): asserts self is object {
  if (!receiver.accepts(self)) throw badSelf(receiver, member, self)
}

function badSelf(receiver: Receiver, member: string, self: unknown): LuaRuntimeError {
  const got = self === undefined ? 'no value' : describe(self)
  return receiver.failure.because(
    `bad self of '${member}' (${receiver.name} expected, got ${got}); methods are called with a colon`,
  )
}

/** Makes the function behind a method. Calls of methods are frequent: no work is done here that can be spared. */
export function methodFunction(receiver: Receiver, name: string, member: Member): HostFunction {
  const { accepts } = receiver
  if (typeof member === 'function') {
    return (self, ...args) => {
      if (!accepts(self)) throw badSelf(receiver, name, self)
      return member(self, ...args)
    }
  }
  const { method, prototype } = member
  return (self, ...args) => {
    if (typeof self === 'object' && self !== null && Object.getPrototypeOf(self) === prototype) {
      return Reflect.apply(method, self, args)
    }
    if (!accepts(self)) throw badSelf(receiver, name, self)
    return callMethod(self, member.name, args)
  }
}

/** Calls what an object has under a name. */
export function callMethod(self: object, name: string, args: readonly unknown[]): unknown {
  return Reflect.apply(Reflect.get(self, name), self, args)
}

/** Makes the function that reads a property, or refuses to. */
export function getterFunction(receiver: Receiver, name: string, { get }: Property): HostFunction {
  if (get === undefined) {
    return () => {
      throw receiver.failure.because(`property "${name}" of class "${receiver.name}" is write-only`)
    }
  }
  return (self) => {
    check(receiver, name, self)
    return get(self)
  }
}

/** Makes the function that writes a property, or refuses to. */
export function setterFunction(receiver: Receiver, name: string, { set }: Property): HostFunction {
  if (set === undefined) {
    return () => {
      throw receiver.failure.because(`property "${name}" of class "${receiver.name}" is read-only`)
    }
  }
  return (self, value) => {
    check(receiver, name, self)
    set(self, value)
  }
}

/** Makes the function for reads of names that are neither method nor property; `undefined` when all are nil. */
export function fieldReader(
  receiver: Receiver,
  { fields, operators }: HostPlan,
  readable: boolean,
): HostFunction | undefined {
  const fallback = operators.get('__index') as ((self: object, key: unknown) => unknown) | undefined
  if (!readable && fallback === undefined) return undefined
  return (self, key) => {
    check(receiver, '__index', self)
    const name = nameOf(key)
    if (name !== undefined && fields.read(name) && hasField(self, name, fields)) {
      const value = (self as Record<string, unknown>)[name]
      if (typeof value !== 'function') return value
    }
    return fallback?.(self, key)
  }
}

/** Makes the function for writes of names that are no property. */
export function fieldWriter(receiver: Receiver, { fields, operators, methods }: HostPlan): HostFunction {
  const fallback = operators.get('__newindex') as ((self: object, key: unknown, value: unknown) => unknown) | undefined
  return (self, key, value) => {
    check(receiver, '__newindex', self)
    const name = nameOf(key)
    if (name !== undefined && !methods.has(name) && canWrite(self, name, fields)) {
      ;(self as Record<string, unknown>)[name] = value
      return
    }
    if (fallback === undefined) {
      throw receiver.failure.because(`field ${describe(name ?? key)} of "${receiver.name}" cannot be written`)
    }
    fallback(self, key, value)
  }
}

/** Makes the function behind a metamethod. Operands are as Lua passes them: either may be the instance. */
export function operatorFunction(operator: Operator): HostFunction {
  return (...operands) => Reflect.apply(operator, undefined, operands)
}

function canWrite(self: object, name: string, fields: FieldAccess): boolean {
  if (!fields.write(name)) return false
  if (!hasField(self, name, fields)) return fields.add(name)
  return typeof (self as Record<string, unknown>)[name] !== 'function'
}

function hasField(self: object, name: string, { inherited }: FieldAccess): boolean {
  return inherited ? name in self : Object.prototype.propertyIsEnumerable.call(self, name)
}

/** Names come as bytes under `binaryStrings`; numbers name the elements of arrays. */
function nameOf(key: unknown): string | undefined {
  if (typeof key === 'string') return key
  if (typeof key === 'number') return String(key)
  return key instanceof Uint8Array ? Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString() : undefined
}
