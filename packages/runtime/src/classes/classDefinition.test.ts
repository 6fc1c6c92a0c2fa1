import { describe, expect, it } from 'vitest'
import { createRuntime } from '../createRuntime.ts'
import { LuaClass } from './luaClass.ts'

interface Point {
  x: number
  y: number
}

const construct = (x: unknown, y: unknown): Point => ({ x: Number(x), y: Number(y) })

describe('a class from a definition', () => {
  it('is constructed by new and by a call', () => {
    using lua = createRuntime()
    lua.registerClass<Point>('Point', { construct, methods: { sum: ({ x, y }, more: number) => x + y + more } })
    expect(lua.executeScript('return Point.new(1, 2):sum(3), Point(4, 5):sum(6)')).toEqual([6, 15])
  })

  it('gives instances that are userdata named after it', () => {
    using lua = createRuntime()
    lua.registerClass('Point', { construct })
    const [type, text] = lua.executeScript<[string, string]>('local p = Point() return type(p), tostring(p)')
    expect(type).toBe('userdata')
    expect(text).toMatch(/^Point: /)
  })

  it('gives the same object out each time, and the same userdata in', () => {
    using lua = createRuntime()
    const made: object[] = []
    lua.registerClass('Point', {
      construct: () => {
        const object = {}
        made.push(object)
        return object
      },
    })
    const point = lua.executeScript('p = Point() return p')
    expect(point).toBe(made[0])
    expect(lua.getGlobal('p')).toBe(point)
    expect(lua.executeScript('return p == ..., rawequal(p, ...)', { args: [point] })).toEqual([true, true])
    lua.setGlobal('nested', { list: [point] })
    expect(lua.executeScript('return nested.list[1] == p')).toBe(true)
    expect(lua.executeScript('return { p, { p } }')).toEqual([point, [point]])
    expect(lua.executeScript<unknown[]>('return { p }')[0]).toBe(point)
  })

  it('makes instances from JavaScript too', () => {
    using lua = createRuntime()
    const PointClass = lua.registerClass<Point>('Point', { construct, methods: { sum: ({ x, y }) => x + y } })
    expect(PointClass).toBeInstanceOf(LuaClass)
    const point = PointClass.create(1, 2)
    expect(point).toEqual({ x: 1, y: 2 })
    expect(lua.executeScript('return (...):sum()', { args: [point] })).toBe(3)
    expect(PointClass.has(point)).toBe(true)
    expect(PointClass.has({ x: 1, y: 2 })).toBe(false)
    expect(PointClass.has(null)).toBe(false)
    expect(PointClass.has(Object.create(null))).toBe(false)
  })

  it('shows frozen objects and objects without a prototype', () => {
    using lua = createRuntime()
    lua.registerClass('Frozen', { construct: () => Object.freeze({ a: 1 }), fields: 'readonly' })
    lua.registerClass('Bare', { construct: () => Object.assign(Object.create(null), { a: 2 }), fields: 'readonly' })
    expect(lua.executeScript('return Frozen().a, Bare().a')).toEqual([1, 2])
  })

  it('gives constructors and methods what Lua passes, missing arguments as undefined', () => {
    using lua = createRuntime()
    const seen: unknown[][] = []
    lua.registerClass('Log', {
      construct: (...args) => {
        seen.push(args)
        return {}
      },
      methods: { put: (_self, ...args: unknown[]) => void seen.push(args) },
    })
    lua.executeScript('local a = Log() a:put() a:put(nil, 2) Log.new(1, nil):put({ 1 })')
    expect(seen).toEqual([[], [], [null, 2], [1, null], [[1]]])
  })

  it('reads and writes properties through their functions', () => {
    using lua = createRuntime()
    lua.registerClass<Point>('Point', {
      construct,
      methods: { sum: ({ x, y }) => x + y },
      properties: {
        x: {
          get: (self) => self.x,
          set: (self, value) => {
            if (typeof value !== 'number') throw new TypeError('x must be a number')
            self.x = value
          },
        },
        y: { get: (self) => self.y },
        pin: { set: () => undefined },
      },
    })
    expect(lua.executeScript('local p = Point(1, 2) p.x = 5 p.pin = 1 return p.x, p.y, p:sum()')).toEqual([5, 2, 7])
    expect(() => lua.executeScript('Point(1, 2).x = "a"')).toThrow(new TypeError('x must be a number'))
    expect(lua.executeScript('local p = Point(1, 2) return pcall(function() p.x = "a" end), p.x')).toEqual([false, 1])
  })

  it.each([
    ['Point().y = 1', 'property "y" of class "Point" is read-only'],
    ['return Point().pin', 'property "pin" of class "Point" is write-only'],
    ['Point().other = 1', 'field "other" of "Point" cannot be written'],
    ['Point().sum = 1', 'field "sum" of "Point" cannot be written'],
    ['Point()[1] = 1', 'field "1" of "Point" cannot be written'],
    ['Point().sum()', "bad self of 'sum' (Point expected, got no value)"],
    ['Point().sum({})', "bad self of 'sum' (Point expected, got an array)"],
    ['Point().sum("a")', "bad self of 'sum' (Point expected"],
  ])('refuses %s, and says where', (script, message) => {
    using lua = createRuntime()
    lua.registerClass<Point>('Point', {
      construct,
      methods: { sum: ({ x, y }) => x + y },
      properties: { y: { get: (self) => self.y }, pin: { set: () => undefined } },
    })
    expect(() => lua.executeScript(`\n${script}`, { chunkName: '@main.lua' })).toThrow(
      expect.objectContaining({
        code: 'LUA_RUNTIME',
        message: expect.stringContaining(message),
        chunk: 'main.lua',
        line: 2,
      }),
    )
    expect(lua.executeScript(`return select(2, pcall(load(${JSON.stringify(script)}))).message`)).toContain(message)
  })

  it('keeps instances of one class from methods of another', () => {
    using lua = createRuntime()
    lua.registerClass('A', { construct: () => ({}), methods: { name: () => 'A' } })
    lua.registerClass('B', { construct: () => ({}), methods: { name: () => 'B' } })
    expect(() => lua.executeScript('A().name(B())')).toThrow("bad self of 'name' (A expected")
    expect(lua.executeScript('return B():name()')).toBe('B')
  })

  it('shows nothing that is not listed', () => {
    using lua = createRuntime()
    lua.registerClass('Safe', {
      construct: () => ({ secret: 1 }),
      methods: { ok: () => 1 },
      properties: { p: { get: () => 1 } },
    })
    lua.registerClass('Plain', { construct: () => ({ secret: 1 }), methods: { ok: () => 1 } })
    const names = ['secret', 'constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty']
    for (const name of names) {
      expect(lua.executeScript(`return Safe()["${name}"], Plain()["${name}"]`)).toEqual([null, null])
    }
    expect(lua.executeScript('return getmetatable(Safe()), getmetatable(Safe)')).toEqual(['Safe', 'Safe'])
    expect(() => lua.executeScript('setmetatable(Safe, {})')).toThrow('protected metatable')
    expect(() => lua.executeScript('setmetatable(Safe(), {})')).toThrow()
  })

  it('shows data fields as far as it is asked to', () => {
    using lua = createRuntime()
    const data = { a: 1, _b: 2, f: () => 3 }
    lua.registerClass('Shown', { construct: () => ({ ...data }), fields: 'readonly' })
    lua.registerClass('Open', { construct: () => ({ ...data }), fields: 'writable' })
    expect(lua.executeScript('local o = Shown() return o.a, o._b, o.f, o.c')).toEqual([1, null, null, null])
    expect(() => lua.executeScript('Shown().a = 2')).toThrow('cannot be written')
    expect(lua.executeScript('o = Open() o.a = { x = 1 } return o.a')).toEqual({ x: 1 })
    for (const name of ['_b', 'f', 'c', '__proto__', 'then', 'toString']) {
      expect(() => lua.executeScript(`o["${name}"] = 1`)).toThrow('cannot be written')
    }
    lua.executeScript('o.a = nil')
    expect(lua.getGlobal('o')).toEqual({ a: null, _b: 2, f: data.f })
  })

  it('has statics, and constructs under the name new', () => {
    using lua = createRuntime()
    lua.registerClass('Point', { construct, statics: { limit: 3, double: (n: number) => 2 * n, list: [1, 2] } })
    expect(lua.executeScript('return Point.limit, Point.double(4), Point.list[2], Point.other')).toEqual([
      3,
      8,
      2,
      null,
    ])
    expect(lua.executeScript<string>('return tostring(Point)')).toMatch(/^Point: /)
  })

  it('inherits methods, properties, operators and statics', () => {
    using lua = createRuntime()
    lua.registerClass('Animal', {
      construct: (name) => ({ name }),
      methods: { speak: () => '...', kind: () => 'animal' },
      properties: { name: { get: (self) => (self as { name: string }).name } },
      operators: { __len: () => 7 },
      statics: { planet: 'Earth' },
    })
    lua.registerClass('Dog', {
      construct: (name) => ({ name }),
      extends: 'Animal',
      methods: { speak: () => 'woof' },
      properties: { kind: { get: () => 'dog' } },
    })
    expect(lua.executeScript('local d = Dog("Rex") return d:speak(), d.kind, d.name, #d, Dog.planet')).toEqual([
      'woof',
      'dog',
      'Rex',
      7,
      'Earth',
    ])
    expect(lua.executeScript('return Animal("x").speak(Dog("y"))')).toBe('...')
    expect(() => lua.executeScript('return Dog("x").speak(Animal("y"))')).toThrow('Dog expected')
  })

  it('works without any library', () => {
    using lua = createRuntime({ libraries: 'none' })
    lua.registerClass<Point>('Point', {
      construct,
      methods: { sum: ({ x, y }) => x + y },
      properties: { x: { get: (s) => s.x } },
    })
    expect(lua.executeScript('local p = Point(1, 2) return p:sum(), p.x')).toEqual([3, 1])
  })

  it('takes nothing from globals that a script replaced', () => {
    using lua = createRuntime()
    lua.executeScript('setmetatable = function() error("no") end rawget = nil pairs = nil next = nil error = nil')
    lua.registerClass('Point', { construct, properties: { x: { get: (self) => (self as Point).x } } })
    expect(lua.executeScript('return Point(1).x')).toBe(1)
  })

  it('can have a dotted name', () => {
    using lua = createRuntime()
    lua.registerClass('geometry.Point', { construct })
    expect(lua.executeScript<string>('return tostring(geometry.Point(1, 2))')).toMatch(/^geometry\.Point: /)
  })

  it('works in callbacks and coroutines', () => {
    using lua = createRuntime({ globals: { apply: (fn: (x: unknown) => unknown, x: unknown) => fn(x) } })
    lua.registerClass<Point>('Point', { construct, methods: { sum: ({ x, y }) => x + y } })
    expect(
      lua.executeScript(`
        local p = Point(1, 2)
        local viaHost = apply(function(q) return q == p and q:sum() end, p)
        local co = coroutine.wrap(function() coroutine.yield(p:sum()) return Point(5, 5):sum() end)
        return viaHost, co(), co()`),
    ).toEqual([3, 3, 10])
  })

  it('keeps what constructors, methods and accessors throw', () => {
    using lua = createRuntime()
    const error = new Error('mine')
    const fail = (): never => {
      throw error
    }
    lua.registerClass('Bad', { construct: fail })
    lua.registerClass('Worse', {
      construct: () => ({}),
      methods: { m: fail },
      properties: { p: { get: fail, set: fail } },
      operators: { __len: fail },
    })
    for (const script of [
      'Bad()',
      'Bad.new()',
      'Worse():m()',
      'return Worse().p',
      'Worse().p = 1',
      'return #Worse()',
    ]) {
      expect(() => lua.executeScript(script)).toThrow(error)
    }
    expect(lua.executeScript('return (pcall(Bad))')).toBe(false)
  })

  it.each([[undefined], [null], [5], ['text'], [[1]], [() => 1]])('refuses a constructor that returns %s', (made) => {
    using lua = createRuntime()
    lua.registerClass('Odd', { construct: () => made as unknown as object })
    expect(() => lua.executeScript('Odd()')).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  })

  it('refuses a constructor that returns an instance of another class, or a value of Lua', () => {
    using lua = createRuntime()
    const A = lua.registerClass('A', { construct: () => ({}) })
    const made = A.create()
    lua.registerClass('B', { construct: () => made })
    const table = lua.createTable()
    lua.registerClass('C', { construct: () => table })
    expect(() => lua.executeScript('B()')).toThrow('received an instance of "A"')
    expect(() => lua.executeScript('C()')).toThrow('stands for a Lua value')
  })

  it('is data in another runtime', () => {
    using lua = createRuntime()
    using other = createRuntime()
    const Point = lua.registerClass<Point>('Point', { construct })
    other.registerClass('Point', { construct })
    expect(other.executeScript('return type(...), (...).x', { args: [Point.create(1, 2)] })).toEqual(['table', 1])
  })

  it('lets limits end what scripts do with instances', () => {
    using lua = createRuntime({ maxInstructions: 100_000 })
    lua.registerClass('Loop', {
      construct: () => ({}),
      methods: { run: (_self, fn: () => void) => fn() },
      operators: { __len: () => 1 },
    })
    expect(() =>
      lua.executeScript('local l = Loop() while true do pcall(l.run, l, function() while true do end end) end'),
    ).toThrow(expect.objectContaining({ code: 'LUA_LIMIT' }))
    expect(() => lua.executeScript('local l = Loop() while true do local _ = #l end')).toThrow(
      expect.objectContaining({ code: 'LUA_LIMIT' }),
    )
    expect(lua.executeScript('return #Loop()')).toBe(1)
  })

  it('has binary keys under binaryStrings', () => {
    using lua = createRuntime({ binaryStrings: true })
    lua.registerClass('Point', { construct, fields: 'writable', methods: { sum: (self) => (self as Point).x } })
    expect(lua.executeScript('local p = Point(1, 2) p.x = 9 return p.x, p:sum(), p.missing')).toEqual([9, 9, null])
  })

  it('is not seen by converters', () => {
    using lua = createRuntime()
    const seen: unknown[] = []
    lua.registerTypeConverter(
      (value) => {
        seen.push(value)
        return false
      },
      (value) => value,
    )
    lua.registerClass<Point>('Point', {
      construct,
      methods: { me: (self): Point => self },
      properties: { x: { get: (s): number => s.x } },
    })
    lua.executeScript('return Point(1, 2):me()')
    expect(seen).toEqual([])
  })
})

describe('operators', () => {
  const operators = [
    'add',
    'sub',
    'mul',
    'div',
    'mod',
    'pow',
    'idiv',
    'band',
    'bor',
    'bxor',
    'shl',
    'shr',
    'concat',
  ] as const
  const signs = ['+', '-', '*', '/', '%', '^', '//', '&', '|', '~', '<<', '>>', '..']

  it('are called with both operands, whichever is the instance', () => {
    using lua = createRuntime()
    const N = lua.registerClass<{ n: number }>('N', {
      construct: (n) => ({ n: Number(n) }),
      operators: Object.fromEntries(
        operators.map((name) => [
          `__${name}`,
          (a: unknown, b: unknown) => [name, N.has(a) ? a.n : a, N.has(b) ? b.n : b],
        ]),
      ),
    })
    for (const [index, sign] of signs.entries()) {
      const name = operators[index]
      expect(lua.executeScript(`return N(1) ${sign} N(2), N(1) ${sign} 2, 1 ${sign} N(2)`)).toEqual([
        [name, 1, 2],
        [name, 1, 2],
        [name, 1, 2],
      ])
    }
  })

  it('cover unary ones, length, comparison and calls', () => {
    using lua = createRuntime()
    interface N {
      n: number
    }
    lua.registerClass<N>('N', {
      construct: (n) => ({ n: Number(n) }),
      operators: {
        __unm: (a: N) => -a.n,
        __bnot: (a: N) => ~a.n,
        __len: (a: N) => a.n,
        __eq: (a: N, b: N) => a.n === b.n,
        __lt: (a: N, b: N) => a.n < b.n,
        __le: (a: N, b: N) => a.n <= b.n,
        __call: (a: N, b: number) => a.n * b,
        __tostring: (a: N) => `N(${a.n})`,
      },
    })
    expect(
      lua.executeScript(
        'local a, b = N(2), N(3) return -a, ~a, #a, a == N(2), a ~= b, a < b, a <= b, a > b, a(5), tostring(a)',
      ),
    ).toEqual([-2, -3, 2, true, true, true, true, false, 10, 'N(2)'])
  })

  it('are asked last for names', () => {
    using lua = createRuntime()
    const written: unknown[] = []
    lua.registerClass('Bag', {
      construct: () => ({}),
      methods: { size: () => 1 },
      properties: { p: { get: () => 2 } },
      operators: {
        __index: (_self: object, key: unknown) => `no ${String(key)}`,
        __newindex: (_self: object, key: unknown, value: unknown) => void written.push([key, value]),
      },
    })
    expect(
      lua.executeScript('local b = Bag() b.q = 1 b[2] = "x" return b:size(), b.p, b.other, b[5], b[true]'),
    ).toEqual([1, 2, 'no other', 'no 5', 'no true'])
    expect(written).toEqual([
      ['q', 1],
      [2, 'x'],
    ])
  })

  it('close to-be-closed variables, with the error', () => {
    using lua = createRuntime()
    const closed: unknown[] = []
    lua.registerClass('File', {
      construct: (name) => ({ name }),
      operators: { __close: (self: { name: string }, error: unknown) => void closed.push([self.name, error ?? null]) },
    })
    lua.executeScript(
      'do local a <close> = File("a") end pcall(function() local b <close> = File("b") error("oops", 0) end)',
    )
    expect(closed).toEqual([
      ['a', null],
      ['b', 'oops'],
    ])
  })
})

describe('a definition that is not right', () => {
  const ok = { construct }
  it.each([
    [undefined, ok, 'LUA_INVALID_ARGUMENT'],
    ['', ok, 'LUA_INVALID_ARGUMENT'],
    ['a..b', ok, 'LUA_INVALID_ARGUMENT'],
    [5, ok, 'LUA_INVALID_ARGUMENT'],
    ['X', undefined, 'LUA_INVALID_ARGUMENT'],
    ['X', null, 'LUA_INVALID_ARGUMENT'],
    ['X', [], 'LUA_INVALID_ARGUMENT'],
    ['X', {}, 'LUA_INVALID_ARGUMENT'],
    ['X', { construct: 1 }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, method: {} }, 'LUA_UNKNOWN_OPTION'],
    ['X', { ...ok, methods: [] }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, methods: { a: 1 } }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, properties: { a: () => 1 } }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, properties: { a: {} } }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, properties: { a: { get: 1 } } }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, properties: { a: { get: (): number => 1, value: 1 } } }, 'LUA_UNKNOWN_OPTION'],
    [
      'X',
      { ...ok, methods: { a: (): number => 1 }, properties: { a: { get: (): number => 1 } } },
      'LUA_INVALID_ARGUMENT',
    ],
    ['X', { ...ok, operators: { __sum: () => 1 } }, 'LUA_UNKNOWN_OPTION'],
    ['X', { ...ok, operators: { __gc: () => 1 } }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, operators: { __add: 1 } }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, statics: { new: () => 1 } }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, extends: 'Missing' }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, extends: class {} }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, fields: 'all' }, 'LUA_OUT_OF_RANGE'],
    ['X', { ...ok, fields: true }, 'LUA_INVALID_ARGUMENT'],
    ['X', { ...ok, statics: { s: Symbol('s') } }, 'LUA_CONVERSION'],
  ])('registers nothing: %s, %o', (name, definition, code) => {
    using lua = createRuntime()
    const register = lua.registerClass.bind(lua) as (name: unknown, definition: unknown) => unknown
    expect(() => register(name, definition)).toThrow(expect.objectContaining({ code }))
    expect(lua.getGlobal('X')).toBe(null)
    lua.registerClass('X', ok)
    expect(lua.executeScript('return type(X())')).toBe('userdata')
  })

  it('is refused when the name is taken, or the global cannot be set', () => {
    using lua = createRuntime()
    lua.registerClass('X', ok)
    expect(() => lua.registerClass('X', ok)).toThrow(expect.objectContaining({ code: 'LUA_NAME_TAKEN' }))
    lua.executeScript('setmetatable(_G, { __newindex = function(_, name) error(name .. " is locked") end })')
    expect(() => lua.registerClass('Y', ok)).toThrow('Y is locked')
    lua.executeScript('setmetatable(_G, nil)')
    lua.registerClass('Y', ok)
    expect(lua.executeScript('return type(Y())')).toBe('userdata')
  })

  it('throws what its getters throw, and reads each once', () => {
    using lua = createRuntime()
    const error = new Error('getter')
    const definition = {
      get construct(): () => object {
        throw error
      },
    }
    expect(() => lua.registerClass('X', definition)).toThrow(error)
    let reads = 0
    lua.registerClass('X', {
      get construct(): () => object {
        reads += 1
        return () => ({})
      },
    })
    lua.executeScript('X() X()')
    expect(reads).toBe(1)
  })
})
