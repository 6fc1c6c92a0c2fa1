import { expect, it } from 'vitest'
import { identify } from './identity.ts'

it('gives each object one number, from 1, that stays', () => {
  const first = {}
  const second = (): void => undefined
  const id = identify(first)
  expect(id).toBeGreaterThanOrEqual(1)
  expect(identify(second)).toBe(id + 1)
  expect(identify(first)).toBe(id)
})
