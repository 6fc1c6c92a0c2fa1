/** Shared tables and runtimes that are dropped, and views against a model. */
import { setImmediate as nextTask } from 'node:timers/promises'
import { createRuntime, type Runtime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { createSharedTable, type SharedTable, type SharedTableMethods, sharedTables } from '../src/index.ts'

const { gc: collect } = globalThis as unknown as { gc: () => void }

async function isCollected(reference: WeakRef<object>): Promise<boolean> {
  // Looking at the reference would keep what it refers to for that turn.
  for (let turn = 0; turn < 12; turn++) {
    await nextTask()
    collect()
  }
  return reference.deref() === undefined
}

describe('what nobody disposed', () => {
  it.each(['snapshot', 'readonly', 'live'] as const)(
    'a runtime is collected while the table lives: %s',
    async (mode) => {
      using shared = createSharedTable<Record<string, unknown>>({ ui: { color: 'red' } })
      const open = (): WeakRef<object> => {
        const lua = createRuntime().extend(sharedTables({ t: shared }, { mode }))
        shared.set('ui.size', 1)
        lua.executeScript('kept = t.ui')
        return new WeakRef(lua)
      }
      expect(await isCollected(open())).toBe(true)
      shared.set('ui.size', 2)
      shared.sync()
    },
  )

  it('a table is collected while the runtime that it was detached from lives', async () => {
    using lua = createRuntime().extend(sharedTables({}))
    const open = (): WeakRef<object> => {
      const shared = createSharedTable({ a: 1 })
      lua.attachSharedTable('t', shared)
      lua.detachSharedTable('t')
      return new WeakRef(shared)
    }
    expect(await isCollected(open())).toBe(true)
    expect(lua.executeScript('return t')).toBe(null)
  })

  it('memory in Lua does not grow with tables that come and go', () => {
    using shared = createSharedTable<Record<string, unknown>>({})
    using lua = createRuntime().extend(sharedTables({ t: shared }, { mode: 'readonly' }))
    const round = (): number => {
      for (let i = 0; i < 500; i++) {
        shared.set('a', { b: { c: [{ i }] } })
        shared.delete('a')
      }
      lua.gc('collect')
      lua.gc('collect')
      return lua.getMemoryUsage()
    }
    round()
    const before = round()
    expect(round() - before).toBeLessThan(2000)
  })
})

const seen = `
  local function copy(v)
    if type(v) ~= "table" then return v end
    local c = {}
    for k, each in pairs(v) do c[k] = copy(each) end
    return c
  end
  return copy(t)`

/** A generator of numbers from 0 up, the same ones for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}

const names = ['a', 'b', 'c', 'd']

function randomValue(random: (below: number) => number, depth: number): unknown {
  const kind = random(depth > 0 ? 5 : 3)
  if (kind < 3) return [random(5), `text ${random(5)}`, random(2) === 1][kind]
  const size = random(4)
  if (kind === 3) return Array.from({ length: size + 1 }, () => randomValue(random, depth - 1))
  // Never empty: Lua does not tell empty arrays from empty objects.
  return Object.fromEntries([...names.slice(0, size), 'z'].map((name) => [name, randomValue(random, depth - 1)]))
}

type Model = Record<string, unknown>

/** Does the same random write to the table and to a plain object. */
function writeBoth(shared: SharedTable<Model>, model: Model, random: (below: number) => number): void {
  const path: string[] = []
  let place: Model = model
  for (;;) {
    const isList = Array.isArray(place)
    const key = isList ? String(random((place as unknown as unknown[]).length)) : (names[random(4)] as string)
    path.push(key)
    const next = place[key]
    if (typeof next === 'object' && random(3) > 0) {
      place = next as Model
      continue
    }
    if (random(4) === 0 && !isList && (place === model || Object.keys(place).length > 1)) {
      expect(shared.delete(path)).toBe(key in place)
      delete place[key]
    } else {
      const value = randomValue(random, 3)
      shared.set(path, value)
      place[key] = structuredClone(value)
    }
    return
  }
}

describe('random writes, batches, failures, resets and attachments', () => {
  it.each([1, 2, 3])('leave all views equal to the model, seed %i', (seed) => {
    const random = numbers(seed)
    using shared = createSharedTable<Model>({})
    let model: Model = {}
    const runtimes: (Runtime & SharedTableMethods)[] = []
    const open = (): void => {
      const mode = random(2) === 0 ? 'snapshot' : 'readonly'
      const updates = random(3) === 0 ? 'onSync' : 'immediate'
      runtimes.push(createRuntime().extend(sharedTables({ t: shared }, { mode, updates })))
    }
    for (let i = 0; i < 4; i++) open()
    shared.onError((error) => expect(error).toHaveProperty('code', 'LUA_MEMORY'))
    for (let step = 0; step < 3000; step++) {
      const lua = runtimes[random(runtimes.length)] as (typeof runtimes)[number]
      const action = random(100)
      if (action === 0) lua.reset()
      else if (action === 1) {
        lua.dispose()
        runtimes.splice(runtimes.indexOf(lua), 1)
        open()
      } else if (action === 2) {
        lua.detachSharedTable('t')
        lua.attachSharedTable('t', shared, { mode: random(2) === 0 ? 'snapshot' : 'readonly' })
      } else if (action < 8) {
        lua.setMemoryLimit(lua.getMemoryUsage() + random(3000))
        writeBoth(shared, model, random)
        lua.setMemoryLimit(Number.POSITIVE_INFINITY)
      } else if (action < 20) {
        const before = structuredClone(model)
        const fails = random(3) === 0
        const write = (): void => {
          for (let i = random(6); i >= 0; i--) writeBoth(shared, model, random)
          if (fails) throw new RangeError('on purpose')
        }
        if (fails) {
          expect(() => shared.batch(write)).toThrow('on purpose')
          model = before
        } else shared.batch(write)
      } else writeBoth(shared, model, random)
      if (step % 50 === 0) {
        shared.sync()
        for (const each of runtimes) {
          const view = each.executeScript(seen)
          expect(Array.isArray(view) && view.length === 0 ? {} : view).toEqual(model)
        }
        expect(shared.toObject()).toEqual(model)
        expect(createSharedTable(model).size).toBe(shared.size)
      }
    }
    for (const lua of runtimes) lua.dispose()
  })
})
