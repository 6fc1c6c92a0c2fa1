import { createRuntime, type Runtime } from '@lua-native/runtime'
import { expectTypeOf, test } from 'vitest'
import {
  addRoot,
  type Crossable,
  type ModuleBundle,
  type ModuleInfo,
  type ModuleMethods,
  type ModuleResolution,
  moduleActions,
  registerModule,
  registerSource,
} from './index.ts'

const lua = createRuntime().extend(moduleActions())

test('the extension adds its methods and keeps those of the runtime', () => {
  expectTypeOf(lua).toExtend<Runtime & ModuleMethods>()
  expectTypeOf(lua.listModules).toEqualTypeOf<() => ModuleInfo[]>()
  expectTypeOf(lua.resolveModule('a')).toEqualTypeOf<ModuleResolution>()
  expectTypeOf(lua.bundleModules('a', ['.'])).toEqualTypeOf<ModuleBundle>()
  expectTypeOf(lua.addRoot('.')).toEqualTypeOf<() => void>()
  expectTypeOf(lua.describeModules()).toEqualTypeOf<Record<string, string>>()
})

test('each action is a plain function too', () => {
  expectTypeOf(addRoot).parameter(0).toEqualTypeOf<Runtime>()
  expectTypeOf(registerSource(lua, 'a', 'return 1')).toEqualTypeOf<void>()
})

test('a method is refused without the extension, and with a clash', () => {
  // @ts-expect-error: nothing adds `addRoot`
  createRuntime().addRoot('.')
  // @ts-expect-error: the methods are there already
  lua.extend(moduleActions())
  // @ts-expect-error: `preload` is taken
  lua.extend(() => ({ preload: () => undefined }))
})

test('an extension that needs modules says so', () => {
  const shop = (runtime: Runtime & ModuleMethods): { addShop(): void } => ({
    addShop: () => runtime.registerSource('shop', 'return {}'),
  })
  lua.extend(shop)
  // @ts-expect-error: a runtime without modules
  createRuntime().extend(shop)
})

test('registerModule takes what can cross', () => {
  class Point {
    x = 1
  }
  lua.registerModule('a', { n: 1, s: 's', f: (n: number) => n, nested: { list: [1, 2], Point }, date: new Date() })
  lua.registerModule('b', (n: number) => n)
  lua.registerModule('c', { bytes: new Uint8Array(1), map: new Map([[1, 'a']]), nothing: undefined, none: null })
  registerModule(lua, 'd', { later: async () => 1 })
})

test('registerModule refuses what cannot cross, at any depth', () => {
  // @ts-expect-error: a symbol
  lua.registerModule('a', { key: Symbol('x') })
  // @ts-expect-error: a promise
  lua.registerModule('a', { nested: { later: Promise.resolve(1) } })
  // @ts-expect-error: a weak collection
  lua.registerModule('a', { list: [{ weak: new WeakMap() }] })
  // @ts-expect-error: no object
  lua.registerModule('a', 5)
  // @ts-expect-error: an unknown option
  lua.registerModule('a', {}, { freeze: true })
  // @ts-expect-error: a promise, given to the plain function
  registerModule(lua, 'a', { later: Promise.resolve(1) })
})

test('Crossable names what cannot cross', () => {
  expectTypeOf<Crossable<{ a: number; f: () => symbol }>>().toEqualTypeOf<{ a: number; f: () => symbol }>()
  expectTypeOf<Crossable<symbol>>().toEqualTypeOf<{ readonly cannotCross: symbol }>()
})

test('searchers answer with text, bytes, modules or nothing', () => {
  lua.addSearcher((name) => (name === 'a' ? 'return 1' : undefined), { name: 'mine', position: 'first' })
  lua.addSearcher(() => new Uint8Array(1), { position: 2 })
  lua.addSearcher(async () => ({ value: 1 }))
  // @ts-expect-error: a number
  lua.addSearcher(() => 5)
  // @ts-expect-error: no position
  lua.addSearcher(() => null, { position: 'middle' })
})
