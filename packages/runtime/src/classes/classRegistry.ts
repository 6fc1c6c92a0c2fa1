import { ErrorCode, invalidArgument, type NativeState, unwrapReference } from '@lua-native/core-native'
import { describe, expectation } from '../argument.ts'
import { readPath } from '../globalPath.ts'
import { readClassDefinition } from './classDefinition.ts'
import { deriveClass, isHostClass } from './derivedClass.ts'
import { HostKind } from './hostKind.ts'
import { HostObjects } from './hostObjects.ts'
import type { ClassPlan } from './hostPlan.ts'
import { HostTables } from './hostTables.ts'
import { LuaClass } from './luaClass.ts'
import { readUserdata } from './userdataAccess.ts'

interface RegisteredClass {
  readonly kind: HostKind
  readonly plan: ClassPlan
}

/**
 * The classes of a runtime and the objects that are userdata. Classes and instances outlive a reset; what stands for
 * them in Lua is in the `HostTables` of each state.
 */
export class ClassRegistry {
  readonly #objects = new HostObjects()
  readonly #classes = new Map<string, RegisteredClass>()
  readonly #hostClasses = new Map<unknown, RegisteredClass>()

  /** Whether there is anything that a new state has to know. */
  get isEmpty(): boolean {
    return this.#classes.size === 0
  }

  /** What a state needs to show objects as userdata; no class is in it yet. */
  createTables(native: NativeState): HostTables {
    return new HostTables(native, this.#objects)
  }

  /** Defines all classes in a new state. */
  replay(tables: HostTables): void {
    for (const { kind, plan } of this.#classes.values()) {
      tables.defineClass(kind, plan, (...args) => this.#construct(kind, plan, args))
    }
  }

  /** Implements `Runtime.registerClass`: validates everything, then defines the class, all of it or nothing. */
  registerClass(tables: HostTables, nameOrClass: unknown, options: unknown): LuaClass {
    const plan = this.#readPlan(nameOrClass, options)
    readPath(plan.name)
    if (this.#classes.has(plan.name)) {
      throw invalidArgument(
        `Expected the name of a class to be new, received ${describe(plan.name)}`,
        ErrorCode.nameTaken,
      )
    }
    const kind = new HostKind(plan.name, this.#kindOf(plan.base))
    const prototype = plan.hostClass?.prototype as object | undefined
    if (prototype !== undefined) this.#objects.addPrototype(prototype, kind)
    try {
      tables.defineClass(kind, plan, (...args) => this.#construct(kind, plan, args))
    } catch (error) {
      if (prototype !== undefined) this.#objects.removePrototype(prototype)
      throw error
    }
    const registered = { kind, plan }
    this.#classes.set(plan.name, registered)
    if (plan.hostClass !== undefined) this.#hostClasses.set(plan.hostClass, registered)
    return new LuaClass(
      plan.name,
      (args) => this.#construct(kind, plan, args),
      (value) => this.#objects.has(value, kind),
    )
  }

  /** Implements `Runtime.setUserdata`. */
  setUserdata(native: NativeState, tables: HostTables, name: unknown, object: unknown, options: unknown): void {
    const path = readPath(name)
    const plan = readUserdata(String(name), object, options)
    const target = object as object
    const known = this.#objects.kindOf(target)
    if (known !== undefined && this.#objects.adopted(target)?.isUserdata !== true) {
      throw invalidArgument(`Expected "object" to be no instance of a class, received one of "${known.name}"`)
    }
    if (unwrapReference(target) !== undefined) {
      throw invalidArgument('Expected "object" to be an object of JavaScript, received one that stands for a Lua value')
    }
    const kind = known ?? HostKind.ofUserdata(plan.name)
    if (known === undefined) this.#objects.adopt(target, kind)
    try {
      tables.defineUserdata(kind, plan)
      native.setGlobal(path, target)
    } catch (error) {
      if (known === undefined) this.#objects.forget(target)
      throw error
    }
  }

  #readPlan(nameOrClass: unknown, options: unknown): ClassPlan {
    if (typeof nameOrClass === 'string') {
      return readClassDefinition(nameOrClass, options, (name) => this.#classes.get(name)?.plan)
    }
    if (!isHostClass(nameOrClass)) throw invalidArgument(expectation('name', 'a string or a class', nameOrClass))
    const registered = this.#hostClasses.get(nameOrClass)
    if (registered !== undefined) {
      throw invalidArgument(
        `Expected a class that is not registered, received "${registered.plan.name}"`,
        ErrorCode.nameTaken,
      )
    }
    return deriveClass(nameOrClass, options, (hostClass) => this.#hostClasses.get(hostClass)?.plan)
  }

  #kindOf(plan: ClassPlan | undefined): HostKind | undefined {
    return plan === undefined ? undefined : this.#classes.get(plan.name)?.kind
  }

  #construct(kind: HostKind, plan: ClassPlan, args: readonly unknown[]): object {
    const object = plan.construct(args)
    if (this.#objects.has(object, kind)) return object
    const expected = `Expected the constructor of class "${plan.name}" to return a new object`
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      throw invalidArgument(`${expected}, received ${describe(object)}`)
    }
    if (unwrapReference(object) !== undefined)
      throw invalidArgument(`${expected}, received one that stands for a Lua value`)
    const other = this.#objects.kindOf(object)
    if (other !== undefined) throw invalidArgument(`${expected}, received an instance of "${other.name}"`)
    this.#objects.adopt(object, kind)
    return object
  }
}
