import { describe, expect, it } from 'vitest'
import { ErrorKind } from './addon.ts'
import { ErrorCode } from './errorCodes.ts'
import {
  createError,
  invalidArgument,
  LuaBusyError,
  LuaBytecodeError,
  LuaConversionError,
  LuaDisposedError,
  LuaError,
  LuaLimitError,
  LuaMemoryError,
  LuaRuntimeError,
  LuaSyntaxError,
  outOfRange,
} from './errors.ts'
import { addLuaFrames } from './luaFrames.ts'

const traceback = "stack traceback:\n\t[C]: in function 'error'\n\tmain.lua:3: in function 'f'\n\t(...tail calls...)\n"
const create = (kind: number, first = 0, second = 0, text = '', value: unknown = undefined): Error =>
  createError(kind, 'the message', value, 'main.lua', 3, traceback, first, second, text)

describe('createError', () => {
  it.each([
    [ErrorKind.syntax, LuaSyntaxError, 'LUA_SYNTAX', 'LuaSyntaxError'],
    [ErrorKind.runtime, LuaRuntimeError, 'LUA_RUNTIME', 'LuaRuntimeError'],
    [ErrorKind.memory, LuaMemoryError, 'LUA_MEMORY', 'LuaMemoryError'],
    [ErrorKind.limit, LuaLimitError, 'LUA_LIMIT', 'LuaLimitError'],
    [ErrorKind.conversion, LuaConversionError, 'LUA_CONVERSION', 'LuaConversionError'],
    [ErrorKind.busy, LuaBusyError, 'LUA_BUSY', 'LuaBusyError'],
    [ErrorKind.disposed, LuaDisposedError, 'LUA_DISPOSED', 'LuaDisposedError'],
    [ErrorKind.bytecode, LuaBytecodeError, 'LUA_BYTECODE', 'LuaBytecodeError'],
  ])('makes kind %i a member of the family', (kind, cls, code, name) => {
    const error = create(kind)
    expect(error).toBeInstanceOf(cls)
    expect(error).toBeInstanceOf(LuaError)
    expect(error).toMatchObject({ code, name, message: 'the message', chunk: 'main.lua', line: 3, traceback })
    expect(Object.keys(error)).not.toContain('name')
  })

  it('makes an argument mistake a TypeError', () => {
    const error = create(ErrorKind.argument)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'LUA_INVALID_ARGUMENT', message: 'the message' })
  })

  it('carries the figures of each kind', () => {
    expect(create(ErrorKind.syntax, 1)).toMatchObject({ incomplete: true })
    expect(create(ErrorKind.syntax, 0)).toMatchObject({ incomplete: false })
    expect(create(ErrorKind.memory, 90, 100)).toMatchObject({ used: 90, max: 100 })
    for (const limit of ['instructions', 'timeout', 'abort']) {
      expect(create(ErrorKind.limit, 11, 10, limit)).toMatchObject({ limit, used: 11, max: 10 })
    }
    expect(create(ErrorKind.conversion, 0, 0, 'args[0].a')).toMatchObject({ path: 'args[0].a' })
  })

  it('keeps the value, and an Error among them also as cause', () => {
    const value = { status: 404 }
    expect(create(ErrorKind.runtime, 0, 0, '', value)).toMatchObject({ value })
    expect(create(ErrorKind.runtime, 0, 0, '', value)).not.toHaveProperty('cause')
    const cause = new Error('inner')
    expect(create(ErrorKind.runtime, 0, 0, '', cause)).toMatchObject({ value: cause, cause })
  })

  it('says where unknown is unknown', () => {
    expect(new LuaDisposedError('x')).toMatchObject({ chunk: '', line: -1, traceback: '' })
  })
})

describe('the stack', () => {
  it('has the Lua frames between message and JavaScript frames', () => {
    const lines = (create(ErrorKind.runtime).stack ?? '').split('\n')
    expect(lines.slice(0, 4)).toEqual([
      'LuaRuntimeError: the message',
      "    at [C] in function 'error' [Lua]",
      "    at main.lua:3 in function 'f' [Lua]",
      '    at (...tail calls...) [Lua]',
    ])
    expect(lines[4]).toMatch(/^ {4}at /)
  })

  it('keeps a message of several lines together', () => {
    const error = createError(
      ErrorKind.runtime,
      'a\n    at b\nc',
      undefined,
      '',
      -1,
      'x.lua:1: in main chunk',
      0,
      0,
      '',
    )
    expect(error.stack).toMatch(/^LuaRuntimeError: a\n {4}at b\nc\n {4}at x\.lua:1 in main chunk \[Lua\]\n {4}at /)
  })

  it('gets Lua frames once when an error of the host passed through Lua', () => {
    const error = new RangeError('mine')
    addLuaFrames(error, traceback)
    addLuaFrames(error, 'other.lua:9: in main chunk')
    expect(error.stack).toMatch(/^RangeError: mine\n {4}at \[C\] in function 'error' \[Lua\]\n/)
    expect(error.stack?.match(/\[Lua\]/g)).toHaveLength(3)
    expect(error.stack).not.toContain('other.lua')
  })

  it.each<[string, () => unknown]>([
    ['a frozen error', () => Object.freeze(new Error('x'))],
    [
      'a throwing getter',
      () =>
        Object.defineProperty(new Error('x'), 'stack', {
          get: () => {
            throw new Error('no')
          },
        }),
    ],
    [
      'a throwing name',
      () =>
        Object.defineProperty(new Error('x'), 'name', {
          get: () => {
            throw new Error('no')
          },
        }),
    ],
    ['a stack that is no string', () => Object.assign(new Error('x'), { stack: 5 })],
    [
      'a proxy',
      () =>
        new Proxy(new Error('x'), {
          get: () => {
            throw new Error('no')
          },
        }),
    ],
    [
      'a revoked proxy',
      () => {
        const { proxy, revoke } = Proxy.revocable(new Error('x'), {})
        revoke()
        return proxy
      },
    ],
    ['a plain object', () => ({ stack: 'x' })],
    ['null', () => null],
    ['undefined', () => undefined],
    ['text', () => 'x'],
    ['a symbol', () => Symbol('x')],
  ])('leaves %s alone without throwing', (_name, make) => {
    expect(() => addLuaFrames(make(), traceback)).not.toThrow()
  })
})

it('gives argument mistakes the built-in classes and a code', () => {
  expect(invalidArgument('a')).toBeInstanceOf(TypeError)
  expect(invalidArgument('a').code).toBe('LUA_INVALID_ARGUMENT')
  expect(outOfRange('b')).toBeInstanceOf(RangeError)
  expect(outOfRange('b').code).toBe('LUA_OUT_OF_RANGE')
})

it('has no code twice', () => {
  const codes = Object.values(ErrorCode)
  expect(new Set(codes).size).toBe(codes.length)
  for (const code of codes) expect(code).toMatch(/^LUA_[A-Z_]+$/)
})
