import { expectTypeOf, test } from 'vitest'
import { type AsyncCoroutineIterator, createRuntime, type LuaClass, type PcallResult } from '../index.ts'

const lua = createRuntime()

interface Point {
  x: number
}

class Counter {
  count = 0
  readonly step: number
  constructor(step: number) {
    this.step = step
  }
}

test('classes know their instances', () => {
  const Point = lua.registerClass<Point>('Point', {
    construct: (x) => ({ x: Number(x) }),
    methods: { move: (self, by: number) => self.x + by },
    properties: { x: { get: (self) => self.x, set: (self, value) => (self.x = Number(value)) } },
    operators: { __add: (a: Point, b: Point) => a.x + b.x },
  })
  expectTypeOf(Point).toEqualTypeOf<LuaClass<Point>>()
  expectTypeOf(Point.create(1)).toEqualTypeOf<Point>()
  expectTypeOf(lua.registerClass(Counter)).toEqualTypeOf<LuaClass<Counter>>()
  const value: unknown = 1
  if (Point.has(value)) expectTypeOf(value).toEqualTypeOf<Point>()
})

test('definitions are checked', () => {
  // @ts-expect-error: no constructor
  lua.registerClass('Point', {})
  // @ts-expect-error: no such part
  lua.registerClass('Point', { construct: () => ({}), method: {} })
  // @ts-expect-error: no such metamethod
  lua.registerClass('Point', { construct: () => ({}), operators: { __plus: () => 1 } })
  // @ts-expect-error: the runtime's own
  lua.registerClass('Point', { construct: () => ({}), operators: { __gc: () => 1 } })
  // @ts-expect-error: no such visibility
  lua.registerClass(Counter, { fields: 'all' })
  // @ts-expect-error: no object
  lua.setUserdata('it', 5)
  // @ts-expect-error: no such option
  lua.setUserdata('it', {}, { read: true })
})

test('coroutines and protected calls are typed', () => {
  const co = lua.createCoroutine('return function() end')
  expectTypeOf(co.resume(1, 'a').values).toEqualTypeOf<unknown[]>()
  expectTypeOf(co.status).toEqualTypeOf<'suspended' | 'running' | 'normal' | 'dead'>()
  expectTypeOf(co[Symbol.asyncIterator]()).toEqualTypeOf<AsyncCoroutineIterator>()
  const add = (a: number, b: number): number => a + b
  expectTypeOf(lua.pcall(add, 1, 2)).toEqualTypeOf<PcallResult<number>>()
  // @ts-expect-error: an argument is missing
  lua.pcall(add, 1)
  // @ts-expect-error: no such mode
  createRuntime({ filesystem: 'none' })
})
