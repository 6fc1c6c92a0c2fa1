import { createRuntime, type Runtime } from '@lua-native/runtime'
import { expectTypeOf, test } from 'vitest'
import { type AsyncMethods, asyncActions, executeScriptAsync } from './index.ts'

test('results are promises of what the caller says', () => {
  const lua = createRuntime().extend(asyncActions())
  expectTypeOf(lua.executeScriptAsync('')).toEqualTypeOf<Promise<unknown>>()
  expectTypeOf(lua.executeScriptAsync<number>('')).toEqualTypeOf<Promise<number>>()
  expectTypeOf(executeScriptAsync<string>(lua, '')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(lua.queueSize()).toEqualTypeOf<number>()
  expectTypeOf(lua).toExtend<Runtime & AsyncMethods>()
})

test('wrong options are refused', () => {
  const lua = createRuntime().extend(asyncActions())
  // @ts-expect-error: a number is no signal
  void lua.executeScriptAsync('', { signal: 1 })
  // @ts-expect-error: there is no such option
  void lua.executeScriptAsync('', { wait: true })
  // @ts-expect-error: nothing adds the method
  void createRuntime().executeScriptAsync('')
})

test('a method that is taken is refused', () => {
  const lua = createRuntime().extend(asyncActions())
  // @ts-expect-error: the methods are there
  lua.extend(asyncActions())
})
