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

  it('puts back what was there', () => {
    using lua = createRuntime({ libraries: 'all' })
    lua.executeScript('original = io.read')
    lua.setReadHandler(() => 'first')
    lua.setReadHandler(() => 'second')
    expect(lua.executeScript('return io.read(), io.read == original')).toEqual(['second', false])
    expect(lua.setReadHandler(null)).toBe(true)
    expect(lua.executeScript('return io.read == original')).toBe(true)
    lua.setReadHandler(() => 'third')
    lua.executeScript('function io.read() return "own" end')
    lua.setReadHandler(null)
    expect(lua.executeScript('return io.read()')).toBe('own')
  })

  it('leaves an io that a script put in the place of the one it made', () => {
    using lua = createRuntime()
    lua.setReadHandler(() => 'line')
    lua.executeScript('io = { mine = true }')
    lua.setReadHandler(null)
    expect(lua.getGlobal('io.mine')).toBe(true)
  })

  it('gives text for every format but n, and numbers for that', () => {
    using lua = createRuntime()
    const given: unknown[] = [12, Uint8Array.of(0, 255), ' 0x10 ', 'none', false]
    lua.setReadHandler(() => given.shift() as string)
    expect(lua.executeScript('local a, b = io.read("*l", "a") return a, #b, b:byte(2)')).toEqual(['12', 2, 255])
    expect(lua.executeScript('return io.read("n", "n")')).toEqual([16, null])
    expect(lua.executeScript('return io.read("l", "l")')).toBe(null)
  })

  it.each(['"x"', '-1', '1.5', '{}', 'nil'])('refuses the format %s', (format) => {
    using lua = createRuntime()
    lua.setReadHandler(() => 'line')
    expect(() => lua.executeScript(`io.read("l", ${format})`)).toThrow("bad argument #2 to 'read' (invalid format)")
  })

  it('refuses what is no input', () => {
    using lua = createRuntime()
    lua.setReadHandler(() => ({}) as never)
    expect(() => lua.executeScript('io.read()')).toThrow('received an object')
  })

  it('gets names of formats under binaryStrings', () => {
    const formats: unknown[] = []
    using lua = createRuntime({ binaryStrings: true })
    lua.setReadHandler((format) => void formats.push(format))
    lua.executeScript('io.read("n") io.read()')
    expect(formats).toEqual(['n', 'l'])
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

  it('honours the mode and the environment', () => {
    using lua = createRuntime()
    lua.setFileReader(() => '#!shebang\nx = 1 return y, _ENV ~= nil')
    expect(lua.executeScript('local env = { y = 2 } local r = loadfile("a", "t", env)() return r, env.x, x')).toEqual([
      2,
      1,
      null,
    ])
    expect(lua.executeScript('return select("#", loadfile("a", "bt", nil)), pcall(loadfile("a", nil, nil))')).toEqual([
      1,
      false,
      expect.stringContaining('a:2:'),
    ])
    expect(lua.executeScript('return loadfile("a", "b")')).toEqual([
      null,
      "a: attempt to load a text chunk (mode is 'b')",
    ])
  })

  it('raises text, lets chunks yield, and wants a path', () => {
    using lua = createRuntime()
    lua.setFileReader((path) => (path === 'yields' ? 'coroutine.yield(1) return 2' : 'return ='))
    expect(lua.executeScript('return pcall(dofile, "bad")')).toEqual([false, expect.stringMatching(/^bad:1: /)])
    expect([...lua.createCoroutine('return function() coroutine.yield(dofile("yields")) end')]).toEqual([1, 2])
    expect(() => lua.executeScript('dofile()')).toThrow('a filename is required')
    expect(lua.executeScript('return pcall(loadfile, {})')).toEqual([false, expect.stringContaining('a filename is')])
  })

  it('does not use what scripts put in the place of load', () => {
    using lua = createRuntime({ libraries: 'all' })
    lua.executeScript('function load() return function() return "stolen" end end')
    lua.setFileReader(() => 'return "loaded"')
    expect(lua.executeScript('return dofile("x")')).toBe('loaded')
  })

  it('hands over names and sources as they are', () => {
    const paths: unknown[] = []
    using lua = createRuntime({ binaryStrings: true })
    lua.registerTypeConverter(
      () => true,
      () => 'converted',
    )
    lua.setFileReader((path) => {
      paths.push(path)
      return 'return 1'
    })
    expect(lua.executeScript('return dofile("ä")')).toBe(1)
    expect(paths).toEqual(['ä'])
  })

  it('stays away over a reset', () => {
    using lua = createRuntime({ libraries: 'all' })
    lua.setFileReader(null)
    lua.reset()
    expect(lua.executeScript('return dofile, loadfile')).toEqual([null, null])
  })

  it('needs the library base', () => {
    using lua = createRuntime({ libraries: ['string'] })
    expect(() => lua.setFileReader(() => 'return 1')).toThrow('without')
  })

  it('keeps the identity of errors', () => {
    const error = new Error('no disk')
    using lua = createRuntime()
    lua.setFileReader(() => {
      throw error
    })
    let caught: unknown
    try {
      lua.executeScript('local ok, e = pcall(loadfile, "x") error(e)')
    } catch (thrown) {
      caught = thrown
    }
    expect(caught).toBe(error)
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
    'io.popen("true")',
    'io.tmpfile()',
    'os.execute("true")',
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

  it('leaves no way back, not even with the library debug', () => {
    const globals = { PATH: join(folder, 'mod.lua') }
    using lua = createRuntime({ libraries: 'all', filesystem: 'deny', globals })
    // Calls every C function that can be found from here, by values and upvalues, with the path.
    const found = lua.executeScript(`
      local seen, found, wanted = {}, {}, {}
      for _, name in ipairs { "loadfile", "dofile" } do wanted[name] = true end
      local function visit(value, name)
        if seen[value] then return end
        if type(value) == "table" then
          seen[value] = true
          -- Not finalizers: those of Lua's own libraries take their object for granted.
          for k, v in next, value do
            visit(k, name)
            if k ~= "__gc" then visit(v, name .. "." .. tostring(k)) end
          end
          local meta = debug.getmetatable(value)
          if meta then visit(meta, name .. "<meta>") end
        elseif type(value) == "userdata" then
          seen[value] = true
          local meta = debug.getmetatable(value)
          if meta then visit(meta, name .. "<meta>") end
        elseif type(value) == "function" then
          seen[value] = true
          if debug.getinfo(value, "S").what == "C" and name:find("searchers") then found[#found + 1] = name:match("searchers.*") end
          for i = 1, math.huge do
            local key, up = debug.getupvalue(value, i)
            if key == nil then break end
            if up ~= nil then visit(up, name .. "^" .. i) end
          end
        end
      end
      visit(_G, "_G")
      visit(debug.getregistry(), "registry")
      for f in pairs(seen) do
        if type(f) == "function" and debug.getinfo(f, "S").what == "C" then
          for _, target in ipairs { io.read, io.write, print, error, os.exit, debug.debug, coroutine.yield } do
            if f == target then goto next end
          end
          local ok, result = pcall(coroutine.wrap(f), PATH)
          if ok and (io.type(result) and result ~= io.stdout or result == "from disk") then found[#found + 1] = "opens" end
          if ok and type(result) == "function" then
            local ran, value = pcall(result)
            if ran and value == "from disk" then found[#found + 1] = "loads" end
          end
        end
        ::next::
      end
      return #package.searchers, table.concat(found, " ")
    `)
    expect(found).toEqual([2, 'searchers.1'])
  })

  it('closes the doors of environments, of few libraries, after a reset, and under any limit', () => {
    using lua = createRuntime({
      libraries: ['base', 'package', 'io'],
      filesystem: 'deny',
      maxInstructions: 20,
      globals: { PATH: join(folder, 'mod.lua') },
    })
    lua.reset()
    expect(lua.executeScript('return (loadfile(PATH))')).toBe(null)
    expect(() => lua.executeScript('io.lines(PATH)')).toThrow(expect.objectContaining({ line: 1 }))
    using bare = createRuntime({ libraries: ['os'], filesystem: 'deny' })
    expect(() => bare.executeScript('os.tmpname()')).toThrow('os.tmpname is unavailable')
    using sandbox = createRuntime({ filesystem: 'deny', globals: { PATH: join(folder, 'mod.lua') } })
    expect(sandbox.executeScript('return loadfile, dofile, io')).toEqual([null, null, null])
    using all = createRuntime({ libraries: 'all', filesystem: 'deny' })
    const env = all.createEnvironment()
    expect(all.executeScriptIn(env, 'return pcall(dofile, ...)', { args: [join(folder, 'mod.lua')] })).toEqual([
      false,
      expect.stringContaining('denied'),
    ])
  })

  it('lets scripts add modules of their own', () => {
    using lua = createRuntime({ libraries: 'all', filesystem: 'deny' })
    lua.executeScript(`
      package.preload.a = function() return "preloaded" end
      table.insert(package.searchers, function(name) return function() return "searched " .. name end end)
    `)
    expect(lua.executeScript('return require("a"), (require("b"))')).toEqual(['preloaded', 'searched b'])
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
