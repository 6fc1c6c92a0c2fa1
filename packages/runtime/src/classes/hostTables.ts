import { type NativeReference, type NativeState, unwrapReference } from '@lua-native/core-native'
import { readPath } from '../globalPath.ts'
import { runPrivate } from '../privateChunk.ts'
import { ScriptFailure } from '../scriptFailure.ts'
import { HostKind } from './hostKind.ts'
import { HostMetatables } from './hostMetatables.ts'
import type { HostObjects } from './hostObjects.ts'
import { type ClassPlan, type HostPlan, noField } from './hostPlan.ts'
import {
  fieldReader,
  fieldWriter,
  getterFunction,
  type HostFunction,
  methodFunction,
  operatorFunction,
  type Receiver,
  setterFunction,
} from './memberFunctions.ts'
import { PairsCursor } from './pairsCursor.ts'

/**
 * Gives a metatable its `__index` and `__newindex`. Methods are found without leaving Lua, properties with one call
 * into JavaScript. It runs where there may be no library at all, and takes nothing from the globals.
 */
const memberSource = `
local metatable, methods, getters, setters, readField, writeField = ...
if getters or readField then
  metatable.__index = function(self, key)
    local member = methods[key]
    if member ~= nil then return member end
    member = getters[key]
    if member ~= nil then return member(self) end
    if readField then return readField(self, key) end
  end
else
  metatable.__index = methods
end
if setters then
  metatable.__newindex = function(self, key, value)
    local setter = setters[key]
    if setter ~= nil then return setter(self, value) end
    return writeField(self, key, value)
  end
else
  metatable.__newindex = writeField
end`

/** Gives the metatable of a class's own table its call form and its statics. */
const staticSource = `
local metatable, construct, live = ...
metatable.__call = function(_, ...) return construct(...) end
if live then
  metatable.__index = function(_, key)
    local read = live[key]
    if read ~= nil then return read() end
  end
end`

/**
 * What `promise:await()` does: it yields, is resumed with a function once the promise is settled, and calls that
 * function, which returns or raises. The token tells such a yield from one of the script's own.
 */
const awaitSource = `
local methods, yield, token = ...
function methods.await(promise) return yield(token, promise)() end`

/** A table of Lua's: what crosses to Lua as it, and what works on it. */
interface HostTable {
  readonly object: object
  readonly reference: NativeReference
}

/** The Lua side of classes and userdata in one state: their metatables, and the tables of the classes. */
export class HostTables {
  readonly #native: NativeState
  readonly #objects: HostObjects
  readonly #failure: ScriptFailure
  /** What the conversion looks up; does not lead back here. */
  readonly metatables: HostMetatables
  /** Those of single objects, which go with the object. */
  readonly #userdata = new WeakMap<HostKind, HostTable>()

  constructor(native: NativeState, objects: HostObjects) {
    this.#native = native
    this.#objects = objects
    this.metatables = new HostMetatables(objects)
    this.#failure = new ScriptFailure(native)
  }

  /** Makes the metatable and the global table of a class: all of it or, when it throws, nothing. */
  defineClass(kind: HostKind, plan: ClassPlan, construct: HostFunction): void {
    // Not reached through `this`: Lua holds these functions, which must not keep its own state alive.
    const objects = this.#objects
    const receiver: Receiver = {
      name: plan.name,
      accepts: objects.tester(kind),
      failure: this.#failure,
    }
    if (plan.operators.has('__pairs')) this.#defineCursor()
    const metatable = this.#makeMetatable(receiver, plan)
    // Statics may hold instances.
    this.metatables.set(kind, metatable.reference)
    try {
      const table = this.#makeClassTable(plan, construct)
      this.#native.setGlobal(readPath(plan.name), table.object)
      table.reference.release()
      // Last, since an anchor cannot be taken back.
      this.metatables.anchor(kind, metatable.reference)
    } catch (error) {
      this.metatables.delete(kind)
      throw error
    } finally {
      metatable.reference.release()
    }
  }

  /** Makes or changes the metatable of a single object. */
  defineUserdata(kind: HostKind, plan: HostPlan): void {
    const known = this.#userdata.get(kind)
    // Held weakly: the kind of a single object lives as long as the object, and Lua holds these functions longer.
    const weak = new WeakRef(kind)
    const objects = this.#objects
    const receiver: Receiver = {
      name: plan.name,
      accepts: (value): value is object => {
        const expected = weak.deref()
        return expected !== undefined && objects.has(value, expected)
      },
      failure: this.#failure,
    }
    if (known !== undefined) {
      this.#fillMetatable(known, receiver, plan)
      return
    }
    const metatable = this.#makeMetatable(receiver, plan)
    this.#userdata.set(kind, metatable)
    this.metatables.set(kind, metatable.reference)
  }

  /** Makes the metatable of promises; `yieldFunction` is Lua's `coroutine.yield`, without which none can be awaited. */
  definePromise(yieldFunction: unknown): void {
    const methods = this.#makeTable([])
    const metatable = this.#makeTable([
      ['__name', 'Promise'],
      ['__metatable', 'Promise'],
      ['__index', methods.object],
    ])
    this.metatables.anchorPromise(metatable.reference)
    if (typeof yieldFunction === 'function') {
      const { awaitToken } = this.metatables
      this.metatables.withPromises(() => {
        runPrivate(this.#native, awaitSource, [methods.object, yieldFunction, awaitToken])
      })
    }
    for (const { reference } of [metatable, methods]) reference.release()
  }

  #makeMetatable(receiver: Receiver, plan: HostPlan): HostTable {
    const entries: [string, unknown][] = [
      ['__name', plan.name],
      ['__metatable', plan.name],
    ]
    for (const [event, operator] of plan.operators) {
      if (event !== '__index' && event !== '__newindex') entries.push([event, operatorFunction(operator)])
    }
    const metatable = this.#makeTable(entries)
    this.#fillMetatable(metatable, receiver, plan)
    return metatable
  }

  #fillMetatable(metatable: HostTable, receiver: Receiver, plan: HostPlan): void {
    const { methods, properties, fields, operators } = plan
    const reads = fields.read !== noField
    const opaque = !reads && fields.write === noField && methods.size + properties.size + operators.size === 0
    const reader = fieldReader(receiver, plan, reads)
    const members = this.#makeFunctions(methods, (method, name) => methodFunction(receiver, name, method))
    const getters = this.#makeFunctions(properties, (property, name) => getterFunction(receiver, name, property))
    const setters = this.#makeFunctions(properties, (property, name) => setterFunction(receiver, name, property))
    runPrivate(this.#native, memberSource, [
      metatable.object,
      opaque ? undefined : members.object,
      properties.size > 0 || reader !== undefined ? getters.object : undefined,
      properties.size > 0 ? setters.object : undefined,
      reader,
      opaque ? undefined : fieldWriter(receiver, plan),
    ])
    for (const { reference } of [members, getters, setters]) reference.release()
  }

  #makeClassTable(plan: ClassPlan, construct: HostFunction): HostTable {
    const { name, statics, liveStatics } = plan
    const table = this.#makeTable(statics)
    table.reference.set('new', construct, true)
    const metatable = this.#makeTable([
      ['__name', name],
      ['__metatable', name],
    ])
    const live = this.#makeTable(liveStatics)
    runPrivate(this.#native, staticSource, [
      metatable.object,
      construct,
      liveStatics.size > 0 ? live.object : undefined,
    ])
    table.reference.setMetatable(metatable.reference)
    for (const { reference } of [metatable, live]) reference.release()
    return table
  }

  /** Prepares what `pairs` gets over a JavaScript iterable; once per state. */
  #defineCursor(): void {
    const { prototype } = PairsCursor
    let kind = this.#objects.ofPrototype(prototype)
    if (kind !== undefined && this.metatables.has(kind)) return
    if (kind === undefined) {
      kind = new HostKind('iterator')
      this.#objects.addPrototype(prototype, kind)
    }
    const metatable = this.#makeTable([
      ['__name', kind.name],
      ['__metatable', kind.name],
      ['__call', (self: PairsCursor) => self.next()],
      ['__close', (self: PairsCursor) => self.close()],
    ])
    this.metatables.anchor(kind, metatable.reference)
    metatable.reference.release()
  }

  #makeFunctions<Value>(
    members: ReadonlyMap<string, Value>,
    convert: (value: Value, name: string) => HostFunction,
  ): HostTable {
    return this.#makeTable([...members].map(([name, member]) => [name, convert(member, name)]))
  }

  // Filled entry by entry: a converter of the host's that matches every object must not get to see these tables.
  #makeTable(entries: Iterable<readonly [string, unknown]>): HostTable {
    const object = this.#native.createTable(undefined)
    const reference = unwrapReference(object)
    if (reference === undefined) throw new Error('Expected a new table to stand for a reference, received none')
    for (const [key, value] of entries) reference.set(key, value, true)
    return { object, reference }
  }
}
