import { expectTypeOf, test } from 'vitest'
import { createRuntime, type LuaMulti, multi, type RunStatistics } from './index.ts'

const lua = createRuntime()

test('results are unknown unless named', () => {
  expectTypeOf(lua.executeScript('return 1')).toEqualTypeOf<unknown>()
  expectTypeOf(lua.executeScript<number>('return 1')).toEqualTypeOf<number>()
  expectTypeOf(lua.getGlobal<string>('a')).toEqualTypeOf<string>()
  expectTypeOf(lua.call<number[]>('a', 1)).toEqualTypeOf<number[]>()
  expectTypeOf(lua.compile('')).toExtend<Uint8Array>()
  expectTypeOf(lua.lastRun).toEqualTypeOf<RunStatistics>()
  expectTypeOf(multi(1, 2)).toEqualTypeOf<LuaMulti>()
})

test('each collector command has its arguments and result', () => {
  expectTypeOf(lua.gc('collect')).toEqualTypeOf<undefined>()
  expectTypeOf(lua.gc('count')).toEqualTypeOf<number>()
  expectTypeOf(lua.gc('step', 10)).toEqualTypeOf<boolean>()
  expectTypeOf(lua.gc('generational')).toEqualTypeOf<'incremental' | 'generational'>()
  expectTypeOf(lua.gc('param', 'pause', 100)).toEqualTypeOf<number>()
  // @ts-expect-error: no such command
  lua.gc('sweep')
  // @ts-expect-error: takes no argument
  lua.gc('collect', 1)
  // @ts-expect-error: no such parameter
  lua.gc('param', 'speed')
})

test('options are known by name and type', () => {
  createRuntime({ libraries: ['base', 'math'], timeout: undefined, bytecodeKey: new Uint8Array(1) })
  // @ts-expect-error: no such option
  createRuntime({ maxmemory: 1 })
  // @ts-expect-error: no such library
  createRuntime({ libraries: ['maths'] })
  // @ts-expect-error: a number
  lua.executeScript('', { timeout: '5' })
  // @ts-expect-error: only load() trusts
  lua.executeScript('', { trusted: true })
  lua.load(new Uint8Array(1), { trusted: true, results: 'all' })
  lua.setHook((event, line, name, location) => [event, line, name, location.source], { line: true })
  // @ts-expect-error: no such event
  lua.setHook(() => undefined, { lines: true })
})

test('errors say what they carry', () => {
  expectTypeOf<import('./index.ts').LuaLimitError['limit']>().toEqualTypeOf<
    'instructions' | 'timeout' | 'cpuTimeout' | 'abort'
  >()
  expectTypeOf<import('./index.ts').LuaConversionError['path']>().toEqualTypeOf<string>()
})
