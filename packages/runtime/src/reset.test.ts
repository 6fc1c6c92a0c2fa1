import { describe, expect, it } from 'vitest'
import { createRuntime } from './createRuntime.ts'

describe('reset', () => {
  it('gives a fresh state with the same options', () => {
    using lua = createRuntime({
      libraries: ['base', 'string'],
      maxMemory: 10_000_000,
      maxInstructions: 50_000,
      globals: { given: 1 },
    })
    lua.executeScript('x = 1 given = 2 string.rep = nil')
    lua.setGlobal('y', 2)
    lua.reset()
    expect(lua.executeScript('return x, y, given, math, type(string.rep)')).toEqual([null, null, 1, null, 'function'])
    expect(() => lua.executeScript('while true do end')).toThrow(expect.objectContaining({ code: 'LUA_LIMIT' }))
    expect(lua.info()).toMatchObject({ maxMemory: 10_000_000, maxInstructions: 50_000, libraries: ['base', 'string'] })
  })

  it('keeps limits, handlers, hook, converters, classes and extensions', () => {
    const printed: string[] = []
    const lines: number[] = []
    class Point {
      x = 1
      move(): number {
        return ++this.x
      }
    }
    using lua = createRuntime().extend((runtime) => ({ one: () => runtime.executeScript('return 1') }))
    lua.setMaxInstructions(20_000)
    lua.setPrintHandler((text) => printed.push(text))
    lua.setReadHandler(() => 'read')
    lua.setFileReader(() => 'return "file"')
    lua.setHook((_event, line) => lines.push(line), { line: true })
    lua.registerTypeConverter((value) => value instanceof URL, String)
    lua.registerFromLuaConverter(
      (value) => 'wrapped' in value,
      () => 'unwrapped',
    )
    lua.registerClass(Point)
    const Named = lua.registerClass('Named', { construct: (name) => ({ name }), fields: 'readonly' })
    const point = lua.executeScript<Point>('return Point()')
    const named = Named.create('n')
    lua.reset()
    lua.executeScript('\nprint(io.read(), dofile("x"))')
    expect(printed).toEqual(['read\tfile\n'])
    expect(lines).toContain(2)
    expect(lua.executeScript('return ..., { wrapped = 1 }', { args: [new URL('http://a/')] })).toEqual([
      'http://a/',
      'unwrapped',
    ])
    lua.setGlobal('p', point)
    expect(lua.executeScript('return p:move(), Point():move(), (...).name', { args: [named] })).toEqual([2, 2, 'n'])
    expect(lua.executeScript('return p')).toBe(point)
    expect(lua.one()).toBe(1)
    expect(() => lua.executeScript('while true do end')).toThrow(expect.objectContaining({ code: 'LUA_LIMIT' }))
  })

  it('refuses what came from before', () => {
    using lua = createRuntime()
    const fn = lua.executeScript<() => void>('return function() end')
    const table = lua.createTable({ a: 1 })
    const proxy = lua.executeScript<{ a: number }>('return setmetatable({ a = 1 }, {})')
    const co = lua.createCoroutine('return function() end')
    lua.reset()
    for (const use of [() => fn(), () => table.get('a'), () => proxy.a, () => co.resume(), () => co.status]) {
      expect(use).toThrow(
        expect.objectContaining({ code: 'LUA_DISPOSED', message: expect.stringContaining('replaced by reset') }),
      )
    }
    for (const value of [table, proxy, co]) expect(() => lua.setGlobal('v', value)).toThrow()
  })

  it('makes userdata data again', () => {
    using lua = createRuntime()
    const object = { a: 1 }
    lua.setUserdata('it', object)
    lua.reset()
    expect(lua.executeScript('return it, type(...)', { args: [object] })).toEqual([null, 'table'])
    lua.setUserdata('it', object, { readable: true })
    expect(lua.executeScript('return it.a')).toBe(1)
  })

  it('is refused inside a run, and once disposed', () => {
    const lua = createRuntime()
    let code: unknown
    lua.setGlobal('reset', () => {
      try {
        lua.reset()
      } catch (error) {
        code = (error as { code: unknown }).code
      }
    })
    expect(lua.executeScript('x = 1 reset() return x')).toBe(1)
    expect(code).toBe('LUA_BUSY')
    lua.dispose()
    expect(() => lua.reset()).toThrow(expect.objectContaining({ code: 'LUA_DISPOSED' }))
  })

  it('leaves the old state when the new one cannot be made', () => {
    let fail = false
    const globals = {
      get value(): number {
        if (fail) throw new Error('getter')
        return 1
      },
    }
    using lua = createRuntime({ globals })
    lua.executeScript('x = 1')
    fail = true
    expect(() => lua.reset()).toThrow('getter')
    expect(lua.getGlobal('x')).toBe(1)
    fail = false
    lua.reset()
    expect(lua.getGlobal('x')).toBe(null)
  })

  it('calls no onDispose, and can be repeated', () => {
    const lua = createRuntime()
    let disposed = 0
    lua.onDispose(() => disposed++)
    for (let i = 0; i < 20; i++) {
      lua.executeScript('X = setmetatable({}, { __gc = function() X = 1 end })')
      lua.reset()
      expect(lua.getGlobal('X')).toBe(null)
    }
    expect(disposed).toBe(0)
    lua.dispose()
    expect(disposed).toBe(1)
  })

  it('ends coroutines that wait for promises', async () => {
    using lua = createRuntime({ globals: { wait: () => Promise.resolve(1) } })
    const next = lua.createCoroutine('return function() wait():await() end')[Symbol.asyncIterator]().next()
    lua.reset()
    await expect(next).rejects.toMatchObject({ code: 'LUA_DISPOSED' })
  })
})

describe('onReset', () => {
  it('calls what an extension registered once the new state is there, each time', () => {
    using lua = createRuntime()
    let calls = 0
    const remove = lua.onReset(() => lua.setGlobal('calls', ++calls))
    lua.reset()
    expect(lua.executeScript('return calls')).toBe(1)
    lua.reset()
    expect(lua.executeScript('return calls')).toBe(2)
    remove()
    lua.reset()
    expect(lua.executeScript('return calls')).toBe(null)
  })

  it('throws what a callback threw, after all were called', () => {
    using lua = createRuntime()
    const error = new Error('mine')
    lua.executeScript('x = 1')
    lua.onReset(() => {
      throw error
    })
    lua.onReset(() => lua.setGlobal('later', true))
    expect(() => lua.reset()).toThrow(error)
    expect(lua.executeScript('return x, later')).toEqual([null, true])
  })

  it('refuses what is no function, and a closed runtime', () => {
    const lua = createRuntime()
    expect(() => lua.onReset(1 as never)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
    lua.dispose()
    expect(() => lua.onReset(() => undefined)).toThrow(expect.objectContaining({ code: 'LUA_DISPOSED' }))
  })
})
