import { expect, it } from 'vitest'
import { Disposal } from './disposal.ts'

it('calls each function once, in order, but not those taken back', () => {
  const disposal = new Disposal()
  const calls: string[] = []
  disposal.add(() => calls.push('a'))
  const remove = disposal.add(() => calls.push('b'))
  disposal.add(() => calls.push('c'))
  remove()
  remove()
  disposal.run()
  disposal.run()
  expect(calls).toEqual(['a', 'c'])
})

it('keeps two entries of one function apart', () => {
  const disposal = new Disposal()
  let calls = 0
  const count = (): void => {
    calls++
  }
  disposal.add(count)
  disposal.add(count)()
  disposal.run()
  expect(calls).toBe(1)
})

it('calls the others when one throws, then throws that', () => {
  const disposal = new Disposal()
  const error = new Error('mine')
  let called = false
  disposal.add(() => {
    throw error
  })
  disposal.add(() => {
    called = true
  })
  expect(() => disposal.run()).toThrow(error)
  expect(called).toBe(true)
})

it('throws an AggregateError when several throw', () => {
  const disposal = new Disposal()
  for (const text of ['a', 'b']) {
    disposal.add(() => {
      throw text
    })
  }
  expect(() => disposal.run()).toThrow(expect.objectContaining({ errors: ['a', 'b'] }))
})
