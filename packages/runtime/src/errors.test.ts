import { describe, expect, it } from 'vitest'
import { createRuntime, LuaRuntimeError } from './index.ts'

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}

describe('an error of the host', () => {
  it.each([
    ['an Error', new RangeError('mine')],
    ['a frozen Error', Object.freeze(new Error('mine'))],
    ['an object', { status: 1 }],
    ['a function', () => 1],
  ])('comes out as %s that was thrown, also through pcall and error', (_name, thrown) => {
    using lua = createRuntime()
    lua.setGlobal('fail', () => {
      throw thrown
    })
    expect(thrownBy(() => lua.executeScript('fail()'))).toBe(thrown)
    expect(thrownBy(() => lua.executeScript('local ok, e = pcall(fail) error(e, 0)'))).toBe(thrown)
    expect(thrownBy(() => lua.executeScript('coroutine.wrap(fail)()'))).toBe(thrown)
  })

  it.each([['text'], [5], [null], [undefined], [5n], [true], [Symbol('s')]])(
    'that is no object but %s comes out as the value of a LuaRuntimeError',
    (thrown) => {
      using lua = createRuntime()
      lua.setGlobal('fail', () => {
        throw thrown
      })
      for (const source of ['fail()', 'local ok, e = pcall(fail) error(e, 0)', 'coroutine.wrap(fail)()']) {
        const error = thrownBy(() => lua.executeScript(source))
        expect(error).toBeInstanceOf(LuaRuntimeError)
        expect((error as LuaRuntimeError).value).toBe(thrown)
      }
    },
  )

  it('names the Lua line that called it in its stack', () => {
    using lua = createRuntime()
    lua.setGlobal('fail', () => {
      throw new Error('mine')
    })
    const error = thrownBy(() => lua.executeScript('local a = 1\nfail()', { chunkName: '@call.lua' })) as Error
    expect(error.message).toBe('mine')
    expect(error.stack).toContain('call.lua:2')
  })
})

describe('an error of Lua', () => {
  it('carries its value', () => {
    using lua = createRuntime()
    expect(thrownBy(() => lua.executeScript('error({ code = 5, list = { 1 } })'))).toMatchObject({
      code: 'LUA_RUNTIME',
      value: { code: 5, list: [1] },
    })
    expect(thrownBy(() => lua.executeScript('error("text", 0)'))).toMatchObject({ message: 'text', value: 'text' })
    expect(thrownBy(() => lua.executeScript('error(42)'))).toMatchObject({ value: 42 })
    expect(thrownBy(() => lua.executeScript('error()'))).toBeInstanceOf(LuaRuntimeError)
  })

  it('has chunk, line and traceback', () => {
    using lua = createRuntime()
    const error = thrownBy(() =>
      lua.executeScript('local function f()\n  local x = nil + 1\nend\nf()', { chunkName: '@t.lua' }),
    ) as LuaRuntimeError
    expect(error).toMatchObject({ chunk: 't.lua', line: 2 })
    expect(error.traceback).toContain('t.lua:2')
    expect(error.traceback).toContain('t.lua:4')
    expect(error.stack).toMatch(/^LuaRuntimeError: t\.lua:2: .*\n {4}at t\.lua:2 in .* \[Lua\]\n/)
  })

  it('keeps its value through JavaScript', () => {
    using lua = createRuntime()
    lua.setGlobal('through', (f: () => void) => f())
    const script = 'local value = { a = 1 } local ok, e = pcall(through, function() error(value) end)'
    expect(lua.executeScript(`${script} return ok, type(e)`)).toEqual([false, expect.any(String)])
    expect(thrownBy(() => lua.executeScript('through(function() error({ a = 1 }) end)'))).toMatchObject({
      value: { a: 1 },
    })
  })

  it.each([
    'error(setmetatable({}, { __tostring = function() error("again") end }))',
    'error(setmetatable({}, { __tostring = function() while true do end end }))',
    'error(setmetatable({}, { __tostring = function() return 5 end }))',
    'xpcall(error, function() error("in the handler") end) error("end")',
    'local function f() return f() + f() end f()',
    'error(coroutine.create(print))',
    'error(print)',
  ])('is an error whatever happens on the way: %s', (source) => {
    using lua = createRuntime({ timeout: 200, maxMemory: 16_000_000 })
    expect(thrownBy(() => lua.executeScript(source))).toBeInstanceOf(Error)
    expect(lua.executeScript('return 1')).toBe(1)
  })
})
