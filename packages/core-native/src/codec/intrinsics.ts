import { types } from 'node:util'

// The accessors of the built-in prototypes: own properties and subclasses can say anything, these cannot. A wrong
// length would let a caller read memory of the outbox that was never written.
type Getter<Value> = (this: unknown) => Value

function getterOf<Value>(prototype: object, name: string): Getter<Value> {
  const getter = Object.getOwnPropertyDescriptor(prototype, name)?.get
  if (getter === undefined) throw new TypeError(`Expected the accessor "${name}"`)
  return getter
}

const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype)
const typedArrayBuffer = getterOf<ArrayBufferLike>(typedArray, 'buffer')
const typedArrayOffset = getterOf<number>(typedArray, 'byteOffset')
const typedArrayLength = getterOf<number>(typedArray, 'byteLength')
const dataViewBuffer = getterOf<ArrayBufferLike>(DataView.prototype, 'buffer')
const dataViewOffset = getterOf<number>(DataView.prototype, 'byteOffset')
const dataViewLength = getterOf<number>(DataView.prototype, 'byteLength')
const regExpSource = getterOf<string>(RegExp.prototype, 'source')

/** The bytes of a typed array, DataView, ArrayBuffer or SharedArrayBuffer, as a view of the same memory. */
export function bytesOf(value: object): Uint8Array {
  if (types.isTypedArray(value)) {
    return new Uint8Array(typedArrayBuffer.call(value), typedArrayOffset.call(value), typedArrayLength.call(value))
  }
  if (types.isDataView(value)) {
    return new Uint8Array(dataViewBuffer.call(value), dataViewOffset.call(value), dataViewLength.call(value))
  }
  return new Uint8Array(value as ArrayBuffer)
}

/** The entries of a Map, whatever its own `entries` says. */
export function entriesOf(value: object): IterableIterator<[unknown, unknown]> {
  return Map.prototype.entries.call(value as Map<unknown, unknown>)
}

/** The elements of a Set, whatever its own `values` says. */
export function elementsOf(value: object): IterableIterator<unknown> {
  return Set.prototype.values.call(value as Set<unknown>)
}

/** A Date's milliseconds since 1970. */
export function timeOf(value: object): number {
  return Date.prototype.getTime.call(value)
}

/** A regular expression's source text. */
export function sourceOf(value: object): string {
  return regExpSource.call(value)
}

/** The primitive inside a boxed one. */
export function unboxed(value: object): unknown {
  if (types.isNumberObject(value)) return Number.prototype.valueOf.call(value)
  if (types.isStringObject(value)) return String.prototype.valueOf.call(value)
  if (types.isBooleanObject(value)) return Boolean.prototype.valueOf.call(value)
  if (types.isBigIntObject(value)) return BigInt.prototype.valueOf.call(value)
  return Symbol.prototype.valueOf.call(value)
}
