const identities = new WeakMap<object, number>()
let last = 0

/** Gives a function or object a number, from 1, that stays the same for as long as the value lives. */
export function identify(value: object): number {
  let id = identities.get(value)
  if (id === undefined) {
    last += 1
    id = last
    identities.set(value, id)
  }
  return id
}
