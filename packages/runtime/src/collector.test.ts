import type { NativeState } from '@lua-native/core-native'
import { expect, it } from 'vitest'
import { runCollector } from './collector.ts'

function recorder(result: number | boolean): { native: NativeState; calls: number[][] } {
  const calls: number[][] = []
  const gc = (...args: number[]): number | boolean => {
    calls.push(args)
    return result
  }
  return { native: { gc } as unknown as NativeState, calls }
}

it.each([
  ['collect', [], true, [0, 0, 0], undefined],
  ['stop', [], true, [1, 0, 0], undefined],
  ['restart', [], true, [2, 0, 0], undefined],
  ['count', [], 12.5, [3, 0, 0], 12.5],
  ['step', [], true, [4, 0, 0], true],
  ['step', [20], false, [4, 20, 0], false],
  ['isrunning', [], true, [5, 0, 0], true],
  ['incremental', [], 1, [6, 0, 0], 'generational'],
  ['generational', [], 0, [7, 0, 0], 'incremental'],
  ['param', ['pause'], 200, [8, 3, -1], 200],
  ['param', ['stepsize', 0], 200, [8, 5, 0], 200],
] as const)('runs %s %j', (command, args, answer, call, result) => {
  const { native, calls } = recorder(answer)
  expect(runCollector(native, command, args)).toBe(result)
  expect(calls).toEqual([call])
})

it.each([
  ['sweep', [], TypeError, 'LUA_INVALID_ARGUMENT'],
  ['toString', [], TypeError, 'LUA_INVALID_ARGUMENT'],
  [undefined, [], TypeError, 'LUA_INVALID_ARGUMENT'],
  ['collect', [1], TypeError, 'LUA_INVALID_ARGUMENT'],
  ['step', ['1'], TypeError, 'LUA_INVALID_ARGUMENT'],
  ['step', [-1], RangeError, 'LUA_OUT_OF_RANGE'],
  ['param', [], TypeError, 'LUA_INVALID_ARGUMENT'],
  ['param', ['speed'], TypeError, 'LUA_INVALID_ARGUMENT'],
  ['param', ['pause', Number.NaN], RangeError, 'LUA_OUT_OF_RANGE'],
  ['param', ['pause', 2 ** 31], RangeError, 'LUA_OUT_OF_RANGE'],
])('refuses %s %j', (command, args, cls, code) => {
  const { native, calls } = recorder(true)
  expect(() => runCollector(native, command, args)).toThrow(cls)
  expect(() => runCollector(native, command, args)).toThrow(expect.objectContaining({ code }))
  expect(calls).toEqual([])
})
