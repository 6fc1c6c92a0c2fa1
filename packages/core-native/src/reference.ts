import { inspect } from 'node:util'
import type { NativeReference } from './addon.ts'

/** The native references behind the objects that hosts see. */
const references = new WeakMap<object, NativeReference>()

/** Makes an object cross to Lua as the value that a reference stands for. */
export function standFor(object: object, reference: NativeReference): void {
  references.set(object, reference)
}

/** Prototypes of which every proper instance stands for something. */
const prototypes = new WeakSet<object>()

/** Names a class whose instances all stand for Lua values: one that does not is forged, and refused. */
export function declareStandIn(cls: { readonly prototype: object }): void {
  prototypes.add(cls.prototype)
}

/** Whether an object that stands for nothing has the prototype of those that do. */
export function isForged(prototype: object): boolean {
  return prototypes.has(prototype)
}

/** The reference that an object stands for, if it does. */
export function unwrapReference(value: object): NativeReference | undefined {
  return references.get(value)
}

/**
 * Stands for a Lua value that has no JavaScript counterpart, such as an open file. Good for handing it back to the
 * runtime that it came from, where it is that very value.
 *
 * @example
 * import { createRuntime, LuaReference } from '@lua-native/runtime'
 *
 * using lua = createRuntime({ libraries: 'all' })
 * const file = lua.executeScript<LuaReference>('return io.stdout')
 * file instanceof LuaReference // => true
 * file.type // => 'userdata'
 * lua.call('io.type', file) // => 'file'
 */
export class LuaReference {
  readonly #reference: NativeReference

  static {
    declareStandIn(this)
    // `console.log` would look for own properties, of which there are none.
    Object.defineProperty(this.prototype, inspect.custom, {
      value(this: LuaReference): string {
        return `LuaReference <${this.type}>`
      },
    })
  }

  constructor(reference: NativeReference) {
    this.#reference = reference
    standFor(this, reference)
  }

  /** Lua's name of the type. */
  get type(): 'userdata' | 'thread' {
    return this.#reference.type === 'thread' ? 'thread' : 'userdata'
  }

  /** Whether {@link release} was called. */
  get released(): boolean {
    return this.#reference.released
  }

  /** Lets go of the Lua value now instead of when this object is collected. A second call does nothing. */
  release(): void {
    this.#reference.release()
  }

  /** Same as {@link release}, for `using`. */
  [Symbol.dispose](): void {
    this.#reference.release()
  }
}
