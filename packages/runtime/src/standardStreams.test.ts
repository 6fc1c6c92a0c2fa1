import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRuntime } from './createRuntime.ts'

describe('setPrintHandler', () => {
  it('takes the text of print and io.write, from the option on, and changes it', () => {
    const first: string[] = []
    const second: string[] = []
    using lua = createRuntime({ libraries: 'all', print: (text) => first.push(text) })
    lua.executeScript('print("a", 1)')
    lua.setPrintHandler((text) => second.push(text))
    lua.executeScript('print(nil) io.write("x", 2)')
    expect(first).toEqual(['a\t1\n'])
    expect(second.join('')).toBe('nil\nx2')
  })

  it('may change itself, and throw', () => {
    using lua = createRuntime()
    const texts: string[] = []
    lua.setPrintHandler((text) => {
      texts.push(text)
      lua.setPrintHandler(() => {
        throw new Error('closed')
      })
    })
    lua.executeScript('print(1)')
    expect(() => lua.executeScript('print(2)')).toThrow('closed')
    expect(texts).toEqual(['1\n'])
  })
})

describe('setReadHandler', () => {
  it('serves io.read, once per format', () => {
    const formats: unknown[] = []
    using lua = createRuntime({ libraries: 'all' })
    expect(
      lua.setReadHandler((format) => {
        formats.push(format)
        return format === 'n' ? 12 : format === 'a' ? undefined : `<${format}>`
      }),
    ).toBe(true)
    expect(lua.executeScript('return io.read(), io.read("L", "n", 3)')).toEqual(['<l>', '<L>', 12, '<3>'])
    expect(lua.executeScript('return io.read("a")')).toBe(null)
    expect(formats).toEqual(['l', 'L', 'n', 3, 'a'])
  })

  it('makes io where there is none, and takes it away again', () => {
    using lua = createRuntime()
    lua.setReadHandler(() => 'line')
    expect(lua.executeScript('return io.read(), io.write')).toEqual(['line', null])
    lua.setReadHandler(null)
    expect(lua.getGlobal('io')).toBe(null)
  })

  it('says that it cannot when io is no table', () => {
    using lua = createRuntime({ globals: { io: 5 } })
    expect(lua.setReadHandler(() => 'line')).toBe(false)
    lua.reset()
    expect(lua.getGlobal('io')).toBe(5)
  })

  it('gives errors of the handler to the script', () => {
    const error = new Error('no input')
    using lua = createRuntime()
    lua.setReadHandler(() => {
      throw error
    })
    expect(lua.executeScript('return (pcall(io.read))')).toBe(false)
    expect(() => lua.executeScript('io.read()')).toThrow('no input')
  })
})

describe('setFileReader', () => {
  it('serves dofile and loadfile', () => {
    using lua = createRuntime()
    const paths: string[] = []
    lua.setFileReader((path) => {
      paths.push(path)
      return path === 'good.lua' ? 'return "loaded", ...' : path === 'bytes.lua' ? Buffer.from('return 2') : null
    })
    expect(lua.executeScript('return dofile("good.lua")')).toEqual('loaded')
    expect(lua.executeScript('return loadfile("good.lua")(5)')).toEqual(['loaded', 5])
    expect(lua.executeScript('return dofile("bytes.lua")')).toBe(2)
    expect(lua.executeScript<unknown[]>('return loadfile("bad.lua")')[0]).toBe(null)
    expect(() => lua.executeScript('dofile("bad.lua")')).toThrow('bad.lua')
    expect(paths).toEqual(['good.lua', 'good.lua', 'bytes.lua', 'bad.lua', 'bad.lua'])
    lua.setFileReader(null)
    expect(lua.executeScript('return dofile, loadfile')).toEqual([null, null])
  })

  it('names the chunk after the path, and takes text only', () => {
    using lua = createRuntime({ libraries: 'all' })
    lua.setFileReader((path) => (path === 'fail.lua' ? '\nerror("x")' : lua.compile('return 1', { raw: true })))
    expect(() => lua.executeScript('dofile("fail.lua")')).toThrow('fail.lua:2: x')
    expect(() => lua.executeScript('dofile("binary.lua")')).toThrow('binary')
  })

  it('gives errors of the reader to the script', () => {
    using lua = createRuntime()
    lua.setFileReader(() => {
      throw new Error('no disk')
    })
    expect(() => lua.executeScript('dofile("x.lua")')).toThrow('no disk')
  })
})

it.each(['setPrintHandler', 'setReadHandler', 'setFileReader'] as const)('%s refuses what is no handler', (name) => {
  using lua = createRuntime()
  for (const handler of [undefined, 5, {}, 'text']) {
    expect(() => lua[name](handler as never)).toThrow(expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }))
  }
})

describe("filesystem: 'deny'", () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lua-'))
    writeFileSync(join(folder, 'mod.lua'), 'return "from disk"')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    'io.open(PATH)',
    'io.lines(PATH)',
    'io.input(PATH)',
    'io.output(PATH)',
    'os.remove(PATH)',
    'os.rename(PATH, PATH .. "2")',
    'os.tmpname()',
    'loadfile(PATH)',
    'dofile(PATH)',
    'package.searchpath("mod", FOLDER .. "/?.lua")',
    'package.loadlib(PATH, "*")',
    'require("mod")',
  ])('closes %s', (script) => {
    const globals = { PATH: join(folder, 'mod.lua'), FOLDER: folder }
    const prepare = 'package.path = FOLDER .. "/?.lua" '
    using lua = createRuntime({ libraries: 'all', filesystem: 'deny', globals })
    let message = ''
    try {
      const results = lua.executeScript<unknown[]>(`${prepare} return ${script}`, { results: 'all' })
      expect(results[0]).toBe(null)
      message = String(results[1])
    } catch (error) {
      message = (error as Error).message
    }
    expect(message).toMatch(/denied/)
  })

  it('leaves what the host serves and runs', () => {
    using lua = createRuntime({ libraries: 'all', filesystem: 'deny' })
    lua.setFileReader((path) => `return "${path}"`)
    lua.setReadHandler(() => 'line')
    expect(lua.executeScript('return dofile("a"), io.read()')).toEqual(['a', 'line'])
    expect(lua.executeFile(join(folder, 'mod.lua'))).toBe('from disk')
  })

  it("is 'allow' by default, and nothing else is known", () => {
    using lua = createRuntime({ libraries: 'all', filesystem: 'allow' })
    expect(lua.executeScript('return dofile(...)', { args: [join(folder, 'mod.lua')] })).toBe('from disk')
    expect(() => createRuntime({ filesystem: 'none' as never })).toThrow(
      expect.objectContaining({ code: 'LUA_OUT_OF_RANGE' }),
    )
    expect(() => createRuntime({ filesystem: true as never })).toThrow(
      expect.objectContaining({ code: 'LUA_INVALID_ARGUMENT' }),
    )
  })
})
