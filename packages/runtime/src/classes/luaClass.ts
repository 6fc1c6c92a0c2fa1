/**
 * A class that `registerClass` made: what JavaScript needs to make instances and to know them. It stays good over
 * `reset()`.
 *
 * @example
 * import { createRuntime } from '@lua-native/runtime'
 *
 * using lua = createRuntime()
 * const Point = lua.registerClass('Point', {
 *   construct: (x, y) => ({ x: Number(x), y: Number(y) }),
 *   fields: 'readonly',
 * })
 * const point = Point.create(1, 2)
 * lua.setGlobal('p', point)
 * lua.executeScript('return type(p), p.x') // => ['userdata', 1]
 * lua.getGlobal('p') === point // => true
 * Point.has(point) // => true
 * Point.has({ x: 1, y: 2 }) // => false
 */
export class LuaClass<Instance extends object = object> {
  /** Global name in Lua. */
  readonly name: string
  readonly #create: (args: readonly unknown[]) => object
  readonly #has: (value: unknown) => boolean

  /** Only `registerClass` makes instances. */
  constructor(name: string, create: (args: readonly unknown[]) => object, has: (value: unknown) => boolean) {
    this.name = name
    this.#create = create
    this.#has = has
  }

  /** Makes an instance, as `Name.new(...)` does in Lua. */
  create(...args: unknown[]): Instance {
    return this.#create(args) as Instance
  }

  /** Whether a value is an instance, of a class that extends this one too. */
  has(value: unknown): value is Instance {
    return this.#has(value)
  }
}
