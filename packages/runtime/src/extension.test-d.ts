import { expectTypeOf, test } from 'vitest'
import { type Bound, createRuntime, type Runtime } from './index.ts'

interface Evaluation {
  evaluate(expression: string): unknown
}

const evaluation = (runtime: Runtime): Evaluation => ({
  evaluate: (expression) => runtime.executeScript(`return ${expression}`),
})
const tables = (runtime: Runtime & Evaluation): { count(name: string): unknown } => ({
  count: (name) => runtime.evaluate(`#${name}`),
})

test('extensions add their methods and keep those of the runtime', () => {
  const lua = createRuntime().extend(evaluation).extend(tables)
  expectTypeOf(lua.evaluate).toEqualTypeOf<(expression: string) => unknown>()
  expectTypeOf(lua.count).toEqualTypeOf<(name: string) => unknown>()
  expectTypeOf(lua).toExtend<Runtime>()
})

test('a missing dependency is refused', () => {
  // @ts-expect-error: `tables` needs `evaluate`
  createRuntime().extend(tables)
})

test('a clash with a method is refused', () => {
  // @ts-expect-error: `dispose` is a method of every runtime
  createRuntime().extend(() => ({ dispose: () => undefined }))
})

test('a clash with another extension is refused', () => {
  const lua = createRuntime().extend(evaluation)
  // @ts-expect-error: `evaluate` is taken
  lua.extend(() => ({ evaluate: () => 1 }))
})

test('a method is refused without its extension', () => {
  // @ts-expect-error: nothing adds `evaluate`
  createRuntime().evaluate('1')
})

test('Bound drops the runtime from the parameters', () => {
  interface Actions {
    add(runtime: Runtime, a: number, b?: number): number
    log(runtime: Runtime): void
  }
  expectTypeOf<Bound<Actions>['add']>().toEqualTypeOf<(a: number, b?: number) => number>()
  expectTypeOf<Bound<Actions>['log']>().toEqualTypeOf<() => void>()
})
