import { describe, expect, it } from 'vitest'
import { createRuntime } from '../createRuntime.ts'

class Shape {
  static count = 0
  static unit = (): string => 'cm'
  readonly label: string
  _hidden = 'hidden'
  #area = 5
  constructor(label = 'none') {
    this.label = label
    Shape.count += 1
  }
  static create(label: string): Shape {
    return new this(label)
  }
  get area(): number {
    return this.#area
  }
  set area(value: number) {
    if (!(value > 0)) throw new RangeError('area must be positive')
    this.#area = value
  }
  get double(): number {
    return 2 * this.#area
  }
  set pin(_value: unknown) {
    // write-only
  }
  describe(): string {
    return `${this.label} of ${this.#area}`
  }
  equals(other: unknown): boolean {
    return other instanceof Shape && other.area === this.area
  }
  _private(): string {
    return 'private'
  }
  toString(): string {
    return `Shape(${this.label})`
  }
}

class Square extends Shape {
  override describe(): string {
    return `square ${super.describe()}`
  }
  side(): number {
    return Math.sqrt(this.area)
  }
}

describe('a class from a JavaScript class', () => {
  it('has its methods, accessors, statics and text', () => {
    using lua = createRuntime()
    lua.registerClass(Shape)
    expect(
      lua.executeScript(`
        local s = Shape("box")
        s.area = 7
        return s:describe(), s.area, s.double, s.label, tostring(s), Shape.unit(), Shape.create("c"):describe()`),
    ).toEqual(['box of 7', 7, 14, 'box', 'Shape(box)', 'cm', 'c of 5'])
    Shape.count = 10
    expect(lua.executeScript('local before = Shape.count Shape() return before, Shape.count')).toEqual([10, 11])
  })

  it('gives methods other instances as they are', () => {
    using lua = createRuntime()
    lua.registerClass(Shape)
    expect(lua.executeScript('return Shape():equals(Shape()), Shape():equals({ area = 5 })')).toEqual([true, false])
  })

  it('refuses what the accessors refuse', () => {
    using lua = createRuntime()
    lua.registerClass(Shape)
    expect(() => lua.executeScript('Shape().area = -1')).toThrow(new RangeError('area must be positive'))
    expect(() => lua.executeScript('Shape().double = 1')).toThrow('property "double" of class "Shape" is read-only')
    expect(() => lua.executeScript('return Shape().pin')).toThrow('property "pin" of class "Shape" is write-only')
    expect(() => lua.executeScript('Shape().label = 1')).toThrow('cannot be written')
  })

  it('hides the constructor, private and inherited names of every object', () => {
    using lua = createRuntime()
    lua.registerClass(Shape)
    for (const name of ['constructor', '__proto__', 'hasOwnProperty', '_hidden', '_private', '#area', 'prototype']) {
      expect(lua.executeScript(`return Shape()["${name}"]`)).toBe(null)
    }
    for (const name of ['name', 'length', 'prototype', 'constructor', 'call', 'apply', 'bind', '__proto__']) {
      expect(lua.executeScript(`return Shape["${name}"]`)).toBe(null)
    }
  })

  it('shows instances that JavaScript made, of subclasses too', () => {
    using lua = createRuntime()
    lua.registerClass(Shape)
    const square = new Square('sq')
    lua.setGlobal('shapes', [new Shape('a'), square])
    expect(lua.executeScript('return shapes[1]:describe(), shapes[2]:describe(), shapes[2].side')).toEqual([
      'a of 5',
      'square sq of 5',
      null,
    ])
    expect(lua.executeScript('return shapes[2]')).toBe(square)
  })

  it('inherits, whichever of two classes is registered', () => {
    using both = createRuntime()
    both.registerClass(Shape, { exclude: ['double'] })
    both.registerClass(Square)
    expect(both.executeScript('local s = Square("x") s.area = 9 return s:side(), s:describe(), s.double')).toEqual([
      3,
      'square x of 9',
      null,
    ])
    expect(both.executeScript('return Shape().describe(Square("y"))')).toBe('square y of 5')
    using one = createRuntime()
    one.registerClass(Square)
    expect(one.executeScript('local s = Square("x") return s:side() ^ 2 // 1, s.double, tostring(s)')).toEqual([
      5,
      10,
      'Shape(x)',
    ])
    expect(one.executeScript('return type(...)', { args: [new Shape()] })).toBe('table')
  })

  it('shows only what a list includes, and not what one excludes', () => {
    using lua = createRuntime()
    lua.registerClass(Shape, { name: 'Some', include: ['describe', '_private', 'label'] })
    expect(
      lua.executeScript('local s = Some("l") return s:describe(), s:_private(), s.label, s.area, Some.unit'),
    ).toEqual(['l of 5', 'private', 'l', null, null])
    using other = createRuntime()
    other.registerClass(Shape, { exclude: ['describe', 'label', 'unit'], fields: 'writable' })
    expect(other.executeScript('local s = Shape("l") return s.describe, s.label, s.area, Shape.unit')).toEqual([
      null,
      null,
      5,
      null,
    ])
    expect(() => other.executeScript('Shape().label = 1')).toThrow('cannot be written')
    using hidden = createRuntime()
    hidden.registerClass(Shape, { fields: 'hidden' })
    expect(hidden.executeScript('return Shape("l").label')).toBe(null)
  })

  it('keeps the constructor out of reach though it is listed', () => {
    using lua = createRuntime()
    lua.registerClass(Shape, { include: ['constructor', '__proto__', 'describe'] })
    expect(lua.executeScript('local s = Shape() return s.constructor, s.__proto__')).toEqual([null, null])
  })

  it('takes operators from methods, statics and options', () => {
    class Vector {
      readonly x: number
      readonly y: number
      constructor(x = 0, y = 0) {
        this.x = x
        this.y = y
      }
      static __add(a: Vector, b: Vector): Vector {
        return new Vector(a.x + b.x, a.y + b.y)
      }
      static __mul(a: Vector | number, b: Vector | number): Vector {
        const [v, n] = a instanceof Vector ? [a, b as number] : [b as Vector, a]
        return new Vector(v.x * n, v.y * n)
      }
      __len(): number {
        return 2
      }
      __call(factor: number): number {
        return this.x * factor
      }
    }
    using lua = createRuntime()
    lua.registerClass(Vector, { operators: { __eq: (a: Vector, b: Vector) => a.x === b.x && a.y === b.y } })
    expect(
      lua.executeScript(`
        local v = Vector(1, 2) + Vector(3, 4)
        return v.x, v.y, #v, v(10), v == Vector(4, 6), (2 * v).y, (v * 3).x, v.__len, Vector.__add`),
    ).toEqual([4, 6, 2, 40, true, 12, 12, null, null])
  })

  it('iterates and closes as the class does', () => {
    const log: string[] = []
    class Bag {
      readonly items: unknown[]
      constructor(...items: unknown[]) {
        this.items = items
      }
      *[Symbol.iterator](): Generator<unknown> {
        try {
          yield* this.items
        } finally {
          log.push('end')
        }
      }
      [Symbol.dispose](): void {
        log.push('disposed')
      }
    }
    using lua = createRuntime()
    lua.registerClass(Bag)
    expect(
      lua.executeScript(
        'local t = {} for i, v in pairs(Bag("a", "b")) do t[#t + 1] = i .. v end return table.concat(t, " ")',
      ),
    ).toBe('1a 2b')
    expect(log).toEqual(['end'])
    lua.executeScript('for i, v in pairs(Bag("a", "b")) do break end')
    lua.executeScript('do local b <close> = Bag() end')
    // Only since Lua 5.5 does pairs pass on the closing value that a __pairs gives.
    const closed = lua.info().versionNumber < 505 ? [] : ['end']
    expect(log).toEqual(['end', ...closed, 'disposed'])
    expect(lua.executeScript('local it = pairs(Bag("a")) return getmetatable(it)')).toBe('iterator')
  })

  it('works for classes that extend built-in ones', () => {
    class Names extends Map<string, number> {
      total(): number {
        return [...this.values()].reduce((a, b) => a + b, 0)
      }
    }
    using lua = createRuntime()
    lua.registerClass(Names, { include: ['get', 'set', 'size', 'total'] })
    expect(
      lua.executeScript('local n = Names() n:set("a", 1) n:set("b", 2) return n:get("b"), n.size, n:total(), n.clear'),
    ).toEqual([2, 2, 3, null])
  })

  it('is data in another runtime, and refused there under strictConversion', () => {
    using lua = createRuntime()
    using strict = createRuntime({ strictConversion: true })
    lua.registerClass(Shape)
    expect(() => strict.setGlobal('s', new Shape())).toThrow(expect.objectContaining({ code: 'LUA_CONVERSION' }))
    strict.registerClass(Shape)
    strict.setGlobal('s', new Shape('s'))
    expect(strict.executeScript('return s.label')).toBe('s')
  })

  it.each([
    [() => class {}, undefined, 'LUA_INVALID_ARGUMENT'],
    [() => () => 1, undefined, 'LUA_INVALID_ARGUMENT'],
    [() => Shape, { nme: 'S' }, 'LUA_UNKNOWN_OPTION'],
    [() => Shape, { name: '' }, 'LUA_INVALID_ARGUMENT'],
    [() => Shape, { include: 'a' }, 'LUA_INVALID_ARGUMENT'],
    [() => Shape, { include: [1] }, 'LUA_INVALID_ARGUMENT'],
    [() => Shape, { exclude: {} }, 'LUA_INVALID_ARGUMENT'],
    [() => Shape, { fields: 'some' }, 'LUA_OUT_OF_RANGE'],
    [() => Shape, { operators: { __gc: () => 1 } }, 'LUA_INVALID_ARGUMENT'],
    [() => Shape, { statics: { new: 1 } }, 'LUA_INVALID_ARGUMENT'],
  ])('refuses a wrong class or options: %s, %o', (make, options, code) => {
    using lua = createRuntime()
    const register = lua.registerClass.bind(lua) as (hostClass: unknown, options: unknown) => unknown
    expect(() => register(make(), options)).toThrow(expect.objectContaining({ code }))
    lua.registerClass(Shape)
    expect(() => lua.registerClass(Shape, { name: 'Again' })).toThrow(
      expect.objectContaining({ code: 'LUA_NAME_TAKEN' }),
    )
  })
})
