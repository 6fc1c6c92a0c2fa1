import { expect, it } from 'vitest'
import { readPath } from './globalPath.ts'

it('takes a name as it is and a dotted path as its segments', () => {
  expect(readPath('print')).toBe('print')
  expect(readPath('a.b c.d')).toEqual(['a', 'b c', 'd'])
})

it.each(['', '.', '.a', 'a.', 'a..b', 5, null, undefined, ['a']])('refuses %j', (path) => {
  expect(() => readPath(path)).toThrow(TypeError)
  expect(() => readPath(path)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
})
