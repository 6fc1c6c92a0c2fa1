import { types } from 'node:util'

const FULFILLED = 0
const REJECTED = 1
const PENDING = 2

// Taken once: what a script or a dependency does to the prototype later changes nothing here.
const { then } = Promise.prototype

/**
 * Tells what a possible thenable comes to, once, whatever it does: one that throws, or calls back twice or at once, is
 * settled as `await` would see it. What is no thenable is fulfilled with itself.
 */
export function subscribe(value: unknown, tell: (news: number, value?: unknown) => void): void {
  const fulfilled = (result: unknown): void => tell(FULFILLED, result)
  const rejected = (reason: unknown): void => tell(REJECTED, reason)
  try {
    const promise = types.isPromise(value) ? value : new Promise((resolve) => resolve(value))
    Reflect.apply(then, promise, [fulfilled, rejected])
  } catch (error) {
    // A promise whose `constructor` or species throws.
    queueMicrotask(() => rejected(error))
  }
  // Behind the reaction of a promise that was settled before.
  queueMicrotask(() => tell(PENDING))
}
