/** The addon's class of opaque references to Lua values. */
export type ReferenceClass = abstract new (...args: never) => object

let referenceClass: ReferenceClass | undefined

/** Names the class whose instances cross back to Lua as the values they stand for; once per environment. */
export function setReferenceClass(cls: ReferenceClass): void {
  referenceClass = cls
}

/** Whether a value stands for one that lives in Lua. */
export function isReference(value: object): boolean {
  return referenceClass !== undefined && value instanceof referenceClass
}
