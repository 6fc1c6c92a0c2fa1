import { expect, it } from 'vitest'
import { CallbackList } from './callbackList.ts'

it('calls each function once, in order, but not those taken back', () => {
  const callbacks = new CallbackList()
  const calls: string[] = []
  callbacks.add(() => calls.push('a'))
  const remove = callbacks.add(() => calls.push('b'))
  callbacks.add(() => calls.push('c'))
  remove()
  remove()
  callbacks.runOnce()
  callbacks.runOnce()
  expect(calls).toEqual(['a', 'c'])
})

it('keeps two entries of one function apart', () => {
  const callbacks = new CallbackList()
  let calls = 0
  const count = (): void => {
    calls++
  }
  callbacks.add(count)
  callbacks.add(count)()
  callbacks.runOnce()
  expect(calls).toBe(1)
})

it('calls the others when one throws, then throws that', () => {
  const callbacks = new CallbackList()
  const error = new Error('mine')
  let called = false
  callbacks.add(() => {
    throw error
  })
  callbacks.add(() => {
    called = true
  })
  expect(() => callbacks.runOnce()).toThrow(error)
  expect(called).toBe(true)
})

it('throws an AggregateError when several throw', () => {
  const callbacks = new CallbackList()
  for (const text of ['a', 'b']) {
    callbacks.add(() => {
      throw text
    })
  }
  expect(() => callbacks.runOnce()).toThrow(expect.objectContaining({ errors: ['a', 'b'] }))
})

it('calls them each time, unless taken back meanwhile', () => {
  const callbacks = new CallbackList()
  const calls: string[] = []
  let remove = (): void => undefined
  callbacks.add(() => {
    calls.push('a')
    remove()
  })
  remove = callbacks.add(() => calls.push('b'))
  callbacks.add(() => calls.push('c'))
  callbacks.run()
  callbacks.run()
  expect(calls).toEqual(['a', 'c', 'a', 'c'])
})
