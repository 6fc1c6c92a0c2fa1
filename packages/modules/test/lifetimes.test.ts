/** Modules under every memory limit and in runtimes that are dropped. */
import { setImmediate as nextTask } from 'node:timers/promises'
import { createRuntime, LuaMemoryError, type Runtime } from '@lua-native/runtime'
import { describe, expect, it } from 'vitest'
import { type ModuleMethods, moduleActions } from '../src/index.ts'
import { temporaryFolder, writeModules } from './servers.ts'

const { gc: collect } = globalThis as unknown as { gc: () => void }

const folder = temporaryFolder()
writeModules(folder, { file: 'return { name = ... }' })

type Lua = Runtime & ModuleMethods

class Thing {
  x = 1
}

const uses: Readonly<Record<string, (lua: Lua) => unknown>> = {
  'nothing else': () => undefined,
  'a module of the host': (lua) => lua.registerModule('m', { f: () => 1, Thing }),
  'a source': (lua) => lua.registerSource('m', 'return { 1, 2, f = function() end }'),
  sources: (lua) => lua.addSources({ m: 'return require("n")', n: 'return {}' }),
  'a root': (lua) => lua.addRoot(folder),
  'a searcher': (lua) => lua.addSearcher((name) => (name === 'm' ? { value: name } : undefined)),
  'a preloaded function': (lua) => lua.preload('m', () => ({ n: 1 })),
  'a bundle': (lua) =>
    lua.addBundle(lua.bundleModules('m', [{ m: 'return require("n")', n: 'return {}' }], { format: 'bytecode' }).code),
}

const script = `
  local ok = pcall(require, "m")
  pcall(require, "file")
  pcall(require, "missing")
  coroutine.wrap(function() pcall(require, "n") end)()`

describe('a runtime with modules that nobody disposed', () => {
  it.each(Object.entries(uses))('is closed when it is collected: %s', async (_, use) => {
    const open = (): WeakRef<object> => {
      const lua = createRuntime().extend(moduleActions())
      use(lua)
      lua.executeScript(script)
      lua.resolveModule('m')
      return new WeakRef(lua)
    }
    const dropped = open()
    // Looking at the reference would keep what it refers to for that turn.
    for (let turn = 0; turn < 12; turn++) {
      await nextTask()
      collect()
    }
    expect(dropped.deref()).toBe(undefined)
  })
})

describe('require under every memory limit', () => {
  it.each(Object.entries(uses))('ends with an error or works: %s', (_, use) => {
    const lua = createRuntime().extend(moduleActions())
    use(lua)
    let refused = 0
    for (let room = 0; room < 6000; room += 16) {
      for (const name of ['m', 'n', 'file']) lua.unloadModule(name)
      lua.gc('collect')
      lua.setMemoryLimit(lua.getMemoryUsage() + room)
      try {
        lua.executeScript('require("m") require("n") require("file")')
      } catch (error) {
        if (error instanceof LuaMemoryError) refused++
        else expect(error).toHaveProperty('code', 'LUA_RUNTIME')
      }
      lua.setMemoryLimit(Number.POSITIVE_INFINITY)
      expect(lua.executeScript('return require("string") == string')).toBe(true)
    }
    expect(refused).toBeGreaterThan(0)
    lua.dispose()
  })

  it('tells that there is no room for it', () => {
    const lua = createRuntime()
    lua.setMemoryLimit(lua.getMemoryUsage() + 1000)
    expect(() => lua.extend(moduleActions())).toThrow(LuaMemoryError)
    lua.setMemoryLimit(Number.POSITIVE_INFINITY)
    expect(lua.extend(moduleActions()).executeScript('return (require("_G")) == _G')).toBe(true)
    lua.dispose()
  })
})
