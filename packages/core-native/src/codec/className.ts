/** The name of an object's class for a message; reading it runs no accessor. */
export function classNameOf(value: object): string {
  const prototype: object | null = Object.getPrototypeOf(value)
  const cls = prototype && Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
  const name = typeof cls === 'function' && Object.getOwnPropertyDescriptor(cls, 'name')?.value
  return typeof name === 'string' && name !== '' ? name : 'a class'
}
