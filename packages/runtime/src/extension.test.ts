import { describe, expect, it } from 'vitest'
import { createRuntime } from './createRuntime.ts'
import { addMethods, bindActions } from './extension.ts'
import type { Runtime } from './runtime.ts'

describe('addMethods', () => {
  it('adds methods that are not enumerable', () => {
    const target: { a?: () => number } = {}
    addMethods(target, { a: () => 1 })
    expect(target.a?.()).toBe(1)
    expect(Object.keys(target)).toEqual([])
  })

  it.each(['taken', 'toString', '__proto__'])('refuses the taken name %s and adds nothing', (name) => {
    const target = { taken: 1 }
    const methods = Object.defineProperty({ fresh: () => 1 }, name, { value: () => 2, enumerable: true })
    expect(() => addMethods(target, methods)).toThrow(TypeError)
    expect(() => addMethods(target, methods)).toThrow(expect.objectContaining({ code: 'LUA_NAME_TAKEN' }))
    expect(Object.getOwnPropertyNames(target)).toEqual(['taken'])
  })

  it.each([undefined, null, 5])('refuses %s as methods', (methods) => {
    expect(() => addMethods({}, methods)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })
})

describe('extend', () => {
  const actions = {
    evaluate: (runtime: Runtime, expression: string): unknown => runtime.executeScript(`return ${expression}`),
    version: '1',
  }

  it('adds bound methods to the same runtime', () => {
    using lua = createRuntime()
    const extended = lua.extend((runtime) => bindActions(runtime, { evaluate: actions.evaluate }))
    expect(extended).toBe(lua)
    const { evaluate } = extended
    expect(evaluate('1 + 1')).toBe(2)
  })

  it('leaves out what is no function', () => {
    using lua = createRuntime()
    expect(Object.keys(bindActions(lua, actions))).toEqual(['evaluate'])
  })

  it('lets a later extension use an earlier one', () => {
    using lua = createRuntime()
      .extend((runtime) => bindActions(runtime, { evaluate: actions.evaluate }))
      .extend((runtime) => ({
        twice: (expression: string) => [runtime.evaluate(expression), runtime.evaluate(expression)],
      }))
    expect(lua.twice('3')).toEqual([3, 3])
  })

  it('refuses the name of a method and of another extension', () => {
    using lua = createRuntime()
    lua.extend(() => ({ mine: () => 1 }))
    const untyped = lua as unknown as { extend(extension: () => object): void }
    expect(() => untyped.extend(() => ({ dispose: () => 1 }))).toThrow(
      expect.objectContaining({ code: 'LUA_NAME_TAKEN' }),
    )
    expect(() => untyped.extend(() => ({ mine: () => 2 }))).toThrow(expect.objectContaining({ code: 'LUA_NAME_TAKEN' }))
    expect(lua.disposed).toBe(false)
  })

  it('refuses what is no function', () => {
    using lua = createRuntime()
    const untyped = lua as unknown as { extend(extension: unknown): void }
    expect(() => untyped.extend({})).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })
})
