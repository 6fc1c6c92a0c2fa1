import { describe, expect, it } from 'vitest'
import { createRuntime } from './createRuntime.ts'
import type { Runtime } from './runtime.ts'

/** Runs a script whose global `look` calls `read`, and gives what that returned. */
function seen<Result>(lua: Runtime, script: string, read: () => Result): Result {
  let result: Result | undefined
  lua.setGlobal('look', () => {
    result = read()
  })
  lua.executeScript(script, { chunkName: '@main.lua' })
  return result as Result
}

describe('getStack', () => {
  it('describes the functions that run, innermost first', () => {
    using lua = createRuntime()
    const stack = seen(
      lua,
      'local function inner()\n  look()\nend\nfunction outer() inner() return 1 end\nouter()',
      () => lua.getStack(),
    )
    expect(
      stack.map(({ level, what, name, currentLine, shortSource }) => [level, what, name, currentLine, shortSource]),
    ).toEqual([
      [0, 'C', 'look', -1, '[C]'],
      [1, 'Lua', 'inner', 2, 'main.lua'],
      [2, 'Lua', 'outer', 4, 'main.lua'],
      [3, 'main', '', 5, 'main.lua'],
    ])
    expect(stack[1]).toMatchObject({ source: '@main.lua', lineDefined: 1, nameWhat: 'upvalue' })
  })

  it('is empty outside runs, and cut at maxLevels', () => {
    using lua = createRuntime()
    expect(lua.getStack()).toEqual([])
    expect(seen(lua, 'look()', () => lua.getStack({ maxLevels: 1 }))).toHaveLength(1)
    expect(seen(lua, 'look()', () => lua.getStack({ maxLevels: 0 }))).toEqual([])
  })

  it('works in coroutines', () => {
    using lua = createRuntime()
    const stack = seen(lua, 'coroutine.wrap(function()\n  look()\nend)()', () => lua.getStack())
    expect(stack.map(({ currentLine }) => currentLine)).toEqual([-1, 2])
  })

  it.each([
    [{ maxLevels: -1 }, 'LUA_OUT_OF_RANGE'],
    [{ maxLevels: 0.5 }, 'LUA_OUT_OF_RANGE'],
    [{ maxLevels: Number.NaN }, 'LUA_OUT_OF_RANGE'],
    [{ maxLevels: 2 ** 40 }, 'LUA_OUT_OF_RANGE'],
    [{ maxLevels: '1' }, 'LUA_INVALID_ARGUMENT'],
    [{ levels: 1 }, 'LUA_UNKNOWN_OPTION'],
    [5, 'LUA_INVALID_ARGUMENT'],
  ])('refuses %o', (options, code) => {
    using lua = createRuntime()
    expect(() => lua.getStack(options as never)).toThrow(expect.objectContaining({ code }))
  })
})

describe('getLocals', () => {
  it('reads names and values of a level', () => {
    using lua = createRuntime()
    const script =
      'local t = { 1 }\nlocal function f(a, b, ...)\n  local c = a + b\n  do local hidden = 1 end\n  look()\nend\nf(1, 2, 3)'
    expect(seen(lua, script, () => lua.getLocals(1))).toEqual([
      { name: 'a', value: 1 },
      { name: 'b', value: 2 },
      { name: 'c', value: 3 },
    ])
    expect(seen(lua, script, () => lua.getLocals(2)).map(({ name }) => name)).toEqual(['t', 'f'])
  })

  it.each([
    [0, 'LUA_OUT_OF_RANGE'],
    [-1, 'LUA_OUT_OF_RANGE'],
    [1.5, 'LUA_OUT_OF_RANGE'],
    ['1', 'LUA_INVALID_ARGUMENT'],
    [undefined, 'LUA_INVALID_ARGUMENT'],
  ])('refuses level %s outside runs', (level, code) => {
    using lua = createRuntime()
    expect(() => lua.getLocals(level as number)).toThrow(expect.objectContaining({ code }))
  })
})
