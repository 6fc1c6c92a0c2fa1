/** Everything that a script can reach, per preset, against lists that were written down: nothing more, nothing less. */
import { readFileSync } from 'node:fs'
import { createRuntime } from '@lua-native/runtime'
import { describe, expect, test } from 'vitest'

const read = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
const walk = read('walkLibraries.lua')
/** What only Lua 5.5 has, and what only Lua 5.4 has in the preset `all`; the lists are those of Lua 5.5. */
const since55 = ['math.frexp: function', 'math.ldexp: function', 'table.create: function']
const until54 = ['debug.setcstacklimit: function']
const { versionNumber } = createRuntime().info()

function golden(preset: string): string[] {
  const list = read(`golden/${preset}.txt`).trimEnd().split('\n')
  if (versionNumber >= 505) return list
  return [...list.filter((line) => !since55.includes(line)), ...(preset === 'all' ? until54 : [])].sort()
}

describe.each(['sandbox', 'safe', 'all'] as const)('the preset %s', (preset) => {
  test('gives scripts what is on its list', () => {
    const lua = createRuntime({ libraries: preset })
    expect(lua.executeScript(walk)).toEqual(golden(preset))
    lua.dispose()
  })

  test('gives the same with a print function and under limits', () => {
    const lua = createRuntime({ libraries: preset, print: () => {}, maxMemory: 1 << 24, timeout: 10_000 })
    expect(lua.executeScript(walk)).toEqual(golden(preset))
    lua.dispose()
  })

  test('gives the same after a run at the limits, and after a collection', () => {
    const lua = createRuntime({ libraries: preset, maxInstructions: 10_000_000, maxMemory: 1 << 24 })
    expect(() => lua.executeScript('while true do pcall(error) end')).toThrow()
    expect(() => lua.executeScript('local t = {} while true do t[#t + 1] = {} end')).toThrow()
    lua.gc('collect')
    expect(lua.executeScript(walk)).toEqual(golden(preset))
    lua.dispose()
  })
})

test('the default is the preset sandbox', () => {
  const lua = createRuntime()
  expect(lua.executeScript(walk)).toEqual(golden('sandbox'))
  lua.dispose()
})

test('globals of the host are all that comes on top', () => {
  const lua = createRuntime({ globals: { answer: 42, ask: () => 1, nested: { f: () => 2 } } })
  const added = ['answer: integer', 'ask: function', 'nested: table', 'nested.f: function']
  expect(new Set(lua.executeScript<string[]>(walk))).toEqual(new Set([...golden('sandbox'), ...added]))
  lua.dispose()
})

describe('the preset none', () => {
  test('has no globals and no metatable of strings', () => {
    const lua = createRuntime({ libraries: 'none' })
    expect(lua.executeScript('return _ENV')).toEqual([])
    expect(() => lua.executeScript('return ("x").len')).toThrow()
    lua.dispose()
  })
})

describe('the preset sandbox', () => {
  const refusal = (source: string): unknown => createRuntime().executeScript(`return (select(2, ${source}))`)

  test('loads text only', () => {
    expect(createRuntime().executeScript('return load("return 1")()')).toBe(1)
    expect(refusal('load("\\27Lua")')).toMatch(/binary/)
    expect(refusal('load("\\27Lua", "=c", "b")')).toMatch(/binary/)
    expect(refusal('load("\\27Lua", "=c", "bt")')).toMatch(/binary/)
    expect(refusal('load(function() return "\\27Lua" end, "=c", "bt")')).toMatch(/binary/)
  })
})
