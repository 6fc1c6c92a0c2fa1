/** JavaScript calls Lua calls JavaScript …: deep enough for real programs, and an error before the stack is full. */
import { type ExecFileException, execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { createRuntime, LuaError, type Runtime } from '@lua-native/runtime'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkBuild } from './fixtures/checkBuild.ts'

/** A runtime in which `down(n)` calls the host, which calls `down(n - 1)`. */
function createLadder(): Runtime {
  const lua = createRuntime({ timeout: 30_000 })
  lua.setGlobal('host', (n: number) => lua.call('down', n))
  lua.executeScript('function down(n) if n == 0 then return 0 end return 1 + host(n - 1) end')
  return lua
}

/** The class of error, or the result. */
function end(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    if (error instanceof LuaError || error instanceof RangeError) return 'refused'
    return error
  }
}

describe('calls from JavaScript into Lua and back', () => {
  test('nest 150 levels deep through a runtime method', () => {
    const lua = createLadder()
    expect(lua.call('down', 150)).toBe(150)
    lua.dispose()
  })

  test('nest 150 levels deep through Lua functions', () => {
    const lua = createRuntime()
    type Step = (n: number, again: Step) => number
    const host = (n: number, step: Step): number => step(n, step)
    lua.setGlobal('host', host)
    const step = lua.executeScript<Step>(
      'return function(n, again) if n == 0 then return 0 end return 1 + host(n - 1, again) end',
    )
    expect(step(150, step)).toBe(150)
    lua.dispose()
  })

  test('nest 150 levels deep through executeScript', () => {
    const lua = createRuntime()
    lua.setGlobal('evaluate', (n: number): unknown =>
      lua.executeScript('local n = ... if n == 0 then return 0 end return 1 + evaluate(n - 1)', { args: [n] }),
    )
    expect(lua.call('evaluate', 150)).toBe(150)
    lua.dispose()
  })

  test('nest 150 levels deep through pcall, coroutines and metamethods', () => {
    const lua = createRuntime()
    lua.setGlobal('host', (n: number) => lua.call('down', n))
    lua.executeScript(`
      local object = setmetatable({}, {__index = function(_, n) return host(n) end})
      function down(n)
        if n == 0 then return 0 end
        if n % 3 == 0 then
          local ok, result = pcall(host, n - 1)
          if not ok then error(result, 0) end
          return 1 + result
        end
        if n % 3 == 1 then return 1 + object[n - 1] end
        return 1 + coroutine.wrap(host)(n - 1)
      end`)
    expect(lua.call('down', 150)).toBe(150)
    lua.dispose()
  })

  test('nest 150 levels deep over two runtimes', () => {
    const lua = [createRuntime(), createRuntime()] as const
    lua.forEach((own, i) => {
      own.setGlobal('other', (n: number) => lua[i === 0 ? 1 : 0].call('down', n))
      own.executeScript('function down(n) if n == 0 then return 0 end return 1 + other(n - 1) end')
    })
    expect(lua[0].call('down', 150)).toBe(150)
    for (const own of lua) own.dispose()
  })

  test.each([10_000, 1_000_000])('are refused %i levels deep, and work again afterwards', (levels) => {
    const lua = createLadder()
    expect(end(() => lua.call('down', levels))).toBe('refused')
    expect(lua.call('down', 150)).toBe(150)
    lua.dispose()
  })

  test('carry an error through 150 levels unchanged', () => {
    const lua = createRuntime()
    const failure = new Error('at the bottom')
    lua.setGlobal('host', (n: number) => {
      if (n === 0) throw failure
      return lua.call('down', n)
    })
    lua.executeScript('function down(n) return 1 + host(n - 1) end')
    let caught: unknown
    try {
      lua.call('down', 150)
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(failure)
    lua.dispose()
  })

  test('share the limits of the outermost run', () => {
    const lua = createLadder()
    lua.setMaxInstructions(100_000)
    lua.setGlobal('host', (n: number) => lua.executeScript(`for i = 1, 2000 do end return down(${n})`))
    expect(lua.call('down', 10)).toBe(10)
    expect(() => lua.call('down', 140)).toThrow('instruction limit exceeded')
    lua.dispose()
  })
})

/** Runs the probes in a process of their own, since what they look for ends the process. */
function runProbes(place: 'main' | 'worker'): Promise<{ signal: string | null; output: string }> {
  const file = fileURLToPath(new URL('fixtures/nestingProbe.mjs', import.meta.url))
  return new Promise((resolve) => {
    const options = { timeout: 50_000, killSignal: 'SIGKILL' } as const
    execFile(process.execPath, [file, place], options, (error: ExecFileException | null, stdout, stderr) => {
      resolve({ signal: error?.signal ?? null, output: stdout + stderr })
    })
  })
}

beforeAll(checkBuild)

describe('recursion with the JavaScript stack nearly full', () => {
  test.each(['main', 'worker'] as const)('gives results or errors, never a crash: %s thread', async (place) => {
    const { signal, output } = await runProbes(place)
    expect({ signal, output }).toMatchObject({ signal: null, output: expect.stringMatching(/^\{/) })
    const report = JSON.parse(output) as Record<string, string[]>
    const expected = ['LuaError', 'RangeError', 'returned']
    const odd = Object.entries(report).filter(([, results]) => !results.every((each) => expected.includes(each)))
    expect(odd).toEqual([])
    expect(Object.keys(report).length).toBeGreaterThan(20)
  })
})
