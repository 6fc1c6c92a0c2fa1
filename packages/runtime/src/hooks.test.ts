import { expect, it } from 'vitest'
import { type HookLocation, readHook } from './hooks.ts'

const callback = (): void => undefined

it('makes a mask of the events asked for', () => {
  expect(readHook(callback, { call: true })).toMatchObject({ mask: 1, count: 0 })
  expect(readHook(callback, { return: true, line: true, call: false })).toMatchObject({ mask: 6, count: 0 })
  expect(readHook(callback, { line: true, count: 100 })).toMatchObject({ mask: 12, count: 100 })
})

it.each([
  [callback, undefined, TypeError, 'LUA_INVALID_ARGUMENT'],
  [callback, {}, TypeError, 'LUA_INVALID_ARGUMENT'],
  [callback, { line: false }, TypeError, 'LUA_INVALID_ARGUMENT'],
  [callback, { line: 1 }, TypeError, 'LUA_INVALID_ARGUMENT'],
  [callback, { lines: true }, TypeError, 'LUA_UNKNOWN_OPTION'],
  [callback, { count: '5' }, TypeError, 'LUA_INVALID_ARGUMENT'],
  [callback, { count: 0 }, RangeError, 'LUA_OUT_OF_RANGE'],
  [callback, { count: 1.5 }, RangeError, 'LUA_OUT_OF_RANGE'],
  [callback, { count: 2 ** 31 }, RangeError, 'LUA_OUT_OF_RANGE'],
  [null, { line: true }, TypeError, 'LUA_INVALID_ARGUMENT'],
])('refuses (%s, %j)', (hook, options, cls, code) => {
  expect(() => readHook(hook, options)).toThrow(cls)
  expect(() => readHook(hook, options)).toThrow(expect.objectContaining({ code }))
})

it('gives the callback the location as one object', () => {
  const calls: [string, number, string, HookLocation][] = []
  const hook = (...args: [string, number, string, HookLocation]): unknown => calls.push(args)
  readHook(hook, { line: true }).callback('line', 3, 'f', '@a.lua', 'Lua', 3)
  expect(calls).toEqual([['line', 3, 'f', { source: '@a.lua', what: 'Lua', currentLine: 3 }]])
})
