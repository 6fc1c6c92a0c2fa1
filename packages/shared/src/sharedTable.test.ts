/** What the table itself takes, refuses and tells, without any runtime. */
import { describe, expect, it } from 'vitest'
import { createSharedTable, type SharedChange, type SharedTable } from './index.ts'

const withCode = (code: string): unknown => expect.objectContaining({ code })
const invalid = withCode('LUA_INVALID_ARGUMENT')
const outOfRange = withCode('LUA_OUT_OF_RANGE')

class Thing {
  x = 1
}

describe('values', () => {
  it('are copied in and out', () => {
    const initial = { list: [1, { a: 'x' }], on: true, big: 2n ** 62n, small: 5n, none: Number.NaN }
    using shared = createSharedTable<Record<string, unknown>>(initial)
    initial.list.push(3)
    const copy = shared.get<unknown[]>('list')
    copy?.push(4)
    expect(shared.toObject()).toEqual({
      list: [1, { a: 'x' }],
      on: true,
      big: 2n ** 62n,
      small: 5,
      none: Number.NaN,
    })
    expect(shared.size).toBe(8)
    expect(createSharedTable([1, 2]).toObject()).toEqual([1, 2])
    expect(createSharedTable().toObject()).toEqual({})
  })

  it.each([
    ['a function', () => 1],
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('x')],
    ['an instance', new Thing()],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['bytes', new Uint8Array(1)],
    ['a promise', Promise.resolve(1)],
    ['a hole', new Array(1)],
    ['a symbol as key', { [Symbol('x')]: 1 }],
    ['another shared table', createSharedTable()],
  ])('refuses %s, at any depth, and changes nothing', (_, value) => {
    using shared = createSharedTable<Record<string, unknown>>({ a: { b: 1 } })
    expect(() => shared.set('a', value)).toThrow(invalid)
    expect(() => shared.set('a', { b: 2, c: [value] })).toThrow(invalid)
    expect(() => shared.set('a', { b: 2, c: [value] })).toThrow(/"a\.c\[0\]/)
    expect(() => createSharedTable({ value })).toThrow(invalid)
    expect(shared.toObject()).toEqual({ a: { b: 1 } })
    expect(shared.version).toBe(0)
  })

  it('refuses cycles, and copies what stands in two places twice', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = [cycle]
    using shared = createSharedTable<Record<string, unknown>>()
    expect(() => shared.set('a', cycle)).toThrow(/"a\.self\[0\]" not to be part of itself/)
    const twice = { n: 1 }
    shared.set('a', [twice, twice])
    shared.set('a.0.n', 2)
    expect(shared.get('a')).toEqual([{ n: 2 }, { n: 1 }])
  })

  it.each([{ '': 1 }, JSON.parse('{ "__proto__": 1 }'), { 'a\ud800': 1 }, { text: '\udfff' }, { big: 2n ** 63n }])(
    'refuses what Lua would see differently: %o',
    (value) => {
      using shared = createSharedTable<Record<string, unknown>>()
      expect(() => shared.set('a', value)).toThrow(outOfRange)
      expect(() => shared.set('a', [value])).toThrow(outOfRange)
      expect(shared.size).toBe(0)
    },
  )

  it('does not reach prototypes', () => {
    using shared = createSharedTable<Record<string, unknown>>({ a: {} })
    expect(() => shared.set('a.__proto__.polluted', 1)).toThrow(outOfRange)
    expect(() => shared.set(['__proto__', 'polluted'], 1)).toThrow(outOfRange)
    expect(() => shared.set('a.constructor.prototype.polluted', 1)).toThrow(outOfRange)
    shared.set('a.constructor', { prototype: { polluted: 1 } })
    shared.set('a.toString', 'text')
    expect(() => Reflect.set(shared.proxy, '__proto__', { polluted: 1 })).toThrow(outOfRange)
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
    expect(Object.keys(shared.get<object>('a') ?? {})).toEqual(['constructor', 'toString'])
    expect(shared.has('b.constructor')).toBe(false)
    expect(shared.get('constructor')).toBe(undefined)
  })
})

describe('paths', () => {
  it('name keys of objects and indices of arrays', () => {
    using shared = createSharedTable<Record<string, unknown>>({ '1': 'text', list: ['a', ['b']], 'x.y': 1 })
    expect([shared.get('1'), shared.get('list.1.0'), shared.get(['list', 1, 0]), shared.get(['x.y'])]).toEqual([
      'text',
      'b',
      'b',
      1,
    ])
    expect(shared.get([1])).toBe(undefined)
    expect(() => shared.set([1], 'number')).toThrow(outOfRange)
    for (const key of ['x', '01', '-1', '1.5', 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => shared.set(['list', key], 1), String(key)).toThrow(outOfRange)
    }
  })

  it.each(['', 'a..b', '.a', [], [''], ['__proto__']])('refuses %j', (path) => {
    using shared = createSharedTable<Record<string, unknown>>()
    expect(() => shared.get(path)).toThrow(outOfRange)
    expect(() => shared.set(path, 1)).toThrow(outOfRange)
  })

  it.each([undefined, null, 5, {}, [true], [['a']], [Symbol('x')]])('refuses %o', (path) => {
    using shared = createSharedTable<Record<string, unknown>>()
    expect(() => shared.get(path as never)).toThrow(invalid)
    expect(() => shared.delete(path as never)).toThrow(invalid)
    expect(() => shared.subscribe(path as never, () => undefined)).toThrow(invalid)
  })

  it('lead into tables that are there, and leave no gaps in arrays', () => {
    using shared = createSharedTable<Record<string, unknown>>({ list: [1, 2], n: 1 })
    expect(() => shared.set('a.b', 1)).toThrow(outOfRange)
    expect(() => shared.set('n.b', 1)).toThrow(outOfRange)
    expect(() => shared.set('list.3', 1)).toThrow(outOfRange)
    expect(() => shared.delete('list.0')).toThrow(outOfRange)
    shared.set('list.2', 3)
    shared.delete('list.2')
    shared.delete('list.1')
    expect(shared.toObject()).toEqual({ list: [1], n: 1 })
  })
})

describe('batch', () => {
  it('undoes everything when it throws, also what a write within undid already', () => {
    const shared = createSharedTable<Record<string, unknown>>(
      { a: 1, list: [1, 2, 3], deep: { x: { y: 1 } } },
      { maxKeys: 10 },
    )
    const before = [shared.toObject(), shared.size]
    const heard: unknown[] = []
    shared.subscribe((change) => heard.push(change))
    const mine = new Error('mine')
    expect(() =>
      shared.batch(() => {
        shared.set('a', 2)
        shared.set('list', [9])
        shared.delete('deep')
        shared.set('deep', { z: 1 })
        expect(() => shared.set('many', [1, 2, 3, 4, 5, 6, 7, 8])).toThrow(outOfRange)
        shared.batch(() => shared.set('b', {}))
        throw mine
      }),
    ).toThrow(mine)
    expect([shared.toObject(), shared.size, shared.version, heard]).toEqual([...before, 0, []])
    shared.dispose()
  })

  it('refuses promises', async () => {
    using shared = createSharedTable<Record<string, unknown>>({ a: 1 })
    const body = async (): Promise<void> => {
      shared.set('a', 2)
      throw new Error('later')
    }
    expect(() => shared.batch(body)).toThrow(invalid)
    expect(shared.toObject()).toEqual({ a: 1 })
    expect(() => shared.batch(5 as never)).toThrow(invalid)
    await new Promise((resolve) => setImmediate(resolve))
  })

  it('is one version and one change per write', () => {
    using shared = createSharedTable<Record<string, unknown>>({ a: 1 })
    const heard: SharedChange[] = []
    shared.subscribe((change) => heard.push(change))
    const result = shared.batch(() => {
      shared.set('a', 2)
      shared.set('a', 3)
      shared.set('b', 1)
      shared.delete('b')
      return 'done'
    })
    expect(result).toBe('done')
    expect(heard.map(({ path, value, version }) => [path.join('.'), value, version])).toEqual([
      ['a', 3, 1],
      ['a', 3, 1],
      ['b', undefined, 1],
      ['b', undefined, 1],
    ])
  })
})

describe('bounds', () => {
  it('refuse what exceeds them, and count what is there', () => {
    using shared = createSharedTable<Record<string, unknown>>({}, { maxKeys: 3, maxBytes: 40, maxDepth: 3 })
    shared.set('a', { b: {} })
    expect(() => shared.set('a.b.c', {})).toThrow(/at most 3 levels/)
    expect(() => shared.set('x', [1, 2])).toThrow(/at most 3 keys \("maxKeys"\), received 5/)
    expect(() => shared.set('x', 'y'.repeat(50))).toThrow(/at most 40 bytes/)
    // Replaced, not added up.
    for (let i = 0; i < 100; i++) shared.set('a', { ['k'.repeat((i % 30) + 1)]: i })
    expect(shared.size).toBe(2)
    expect(() => createSharedTable({ a: 1, b: 2 }, { maxKeys: 1 })).toThrow(outOfRange)
    expect(() => createSharedTable({}, { maxKeys: 0 })).toThrow(outOfRange)
    expect(() => createSharedTable({}, { maxDepth: 65 })).toThrow(outOfRange)
    expect(() => createSharedTable({}, { maxBytes: '5' as never })).toThrow(invalid)
    expect(() => createSharedTable({}, { maxEntries: 5 } as never)).toThrow(withCode('LUA_UNKNOWN_OPTION'))
  })
})

describe('update, increment and replace', () => {
  it('work on what is there', () => {
    using shared = createSharedTable<Record<string, unknown>>({ n: 1, o: { a: [1, { b: 2 }] }, s: 'x' })
    expect(shared.update<number>('n', (n = 0) => n + 1)).toBe(2)
    expect(shared.update('n', () => undefined)).toBe(undefined)
    expect(shared.has('n')).toBe(false)
    expect(() => shared.increment('s')).toThrow(invalid)
    expect(() => shared.increment('n', '1' as never)).toThrow(invalid)
    expect(() => shared.update('n', 5 as never)).toThrow(invalid)
    expect(shared.replace('o', { a: [1, { b: 3 }] }, 1)).toBe(false)
    expect(shared.replace('o', { a: [1, { b: 2, c: 1 }] }, 1)).toBe(false)
    expect(shared.replace('o', { a: [1, { b: 2 }] }, 1)).toBe(true)
    expect(shared.replace('gone', undefined, undefined)).toBe(true)
    expect(() => shared.replace('o', 1, () => 1)).toThrow(invalid)
    expect(shared.toObject()).toEqual({ o: 1, s: 'x' })
  })
})

describe('subscribe', () => {
  it('hears of writes at, above and below its path', () => {
    using shared = createSharedTable<Record<string, unknown>>({ a: { b: { c: 1 } }, list: [1] })
    const heard: string[] = []
    const stop = shared.subscribe('a.b', ({ path }) => heard.push(path.join('.')))
    shared.subscribe(['list', 0], ({ value }) => heard.push(String(value)))
    shared.set('a.b.c', 2)
    shared.set('a.x', 2)
    shared.set('a', { b: 1 })
    shared.set('list.0', 5)
    stop()
    shared.delete('a')
    expect(heard).toEqual(['a.b.c', 'a', '5'])
  })

  it('tells of writes by listeners afterwards, in order', () => {
    using shared = createSharedTable<Record<string, unknown>>({ n: 0 })
    const heard: unknown[] = []
    shared.subscribe('n', ({ value }) => {
      if ((value as number) < 3) shared.set('n', (value as number) + 1)
    })
    shared.subscribe('n', ({ value }) => heard.push(value))
    shared.set('n', 1)
    expect(heard).toEqual([1, 2, 3])
  })

  it('refuses two listeners that answer each other without end', () => {
    using shared = createSharedTable<Record<string, unknown>>({ ping: 0, pong: 0 })
    shared.subscribe('ping', () => shared.increment('pong'))
    shared.subscribe('pong', () => shared.increment('ping'))
    expect(() => shared.set('ping', 1)).toThrow(/answering changes with changes, received 100 in a row/)
    expect(shared.get('pong')).toBe(50)
    shared.set('other', 1)
    expect(shared.get('other')).toBe(1)
  })

  it('calls all listeners, then throws what they threw', () => {
    using shared = createSharedTable<Record<string, unknown>>({ n: 0 })
    const mine = new Error('mine')
    const heard: unknown[] = []
    const stop = shared.subscribe(() => {
      throw mine
    })
    shared.subscribe(({ value }) => heard.push(value))
    expect(() => shared.set('n', 1)).toThrow(mine)
    shared.subscribe(() => {
      throw mine
    })
    expect(() => shared.set('n', 2)).toThrow(AggregateError)
    stop()
    expect(heard).toEqual([1, 2])
    expect(shared.get('n')).toBe(2)
    expect(() => shared.subscribe(5 as never)).toThrow(invalid)
    expect(() => shared.subscribe('n', undefined as never)).toThrow(invalid)
    expect(() => shared.onError(5 as never)).toThrow(invalid)
  })
})

describe('proxy', () => {
  it('is the table as an object', () => {
    using shared = createSharedTable({ ui: { color: 'red' }, list: [1, { n: 2 }] } as {
      ui: { color?: string; size?: number }
      list: unknown[]
    })
    const { proxy } = shared
    proxy.ui.size = 3
    delete proxy.ui.color
    proxy.list[2] = 'three'
    expect(JSON.stringify(proxy)).toBe('{"ui":{"size":3},"list":[1,{"n":2},"three"]}')
    expect([Object.keys(proxy), 'ui' in proxy, 'x' in proxy, proxy.list.length, [...proxy.list].length]).toEqual([
      ['ui', 'list'],
      true,
      false,
      3,
      3,
    ])
    expect(proxy.list.push).toBe(undefined)
    expect(() => {
      proxy.list[0] = () => 1
    }).toThrow(invalid)
    expect(() => Object.defineProperty(proxy, 'x', { value: 1 })).toThrow(TypeError)
    expect(() => Object.freeze(proxy)).toThrow(TypeError)
    expect(shared.toObject()).toEqual({ ui: { size: 3 }, list: [1, { n: 2 }, 'three'] })
  })
})

describe('dispose', () => {
  it('ends every method', () => {
    const shared = createSharedTable({ a: 1 })
    shared.dispose()
    shared.dispose()
    const uses: readonly ((table: SharedTable<{ a: number }>) => unknown)[] = [
      (table) => table.get('a'),
      (table) => table.set('a', 1),
      (table) => table.sync(),
      (table) => table.toObject(),
      (table) => table.batch(() => 1),
      (table) => table.increment('a'),
      (table) => table.proxy.a,
    ]
    for (const use of uses) expect(() => use(shared)).toThrow(withCode('LUA_DISPOSED'))
  })
})
