/** Scripts that try to spoil the libraries for the next one: each way is closed, and the next one sees what it should. */
import { createRuntime, type EnvironmentOptions, LuaError, type LuaTable, type Runtime } from '@lua-native/runtime'
import { describe, expect, test } from 'vitest'

/** Uses every library as a script would, and tells what came out. */
const victim = `
local results = {
  string.upper("abc"), ("abc"):rep(2), ("%d"):format(7), table.concat({ 1, 2 }, ","), math.floor(2.5),
  utf8.char(65), tostring(select("#", 1, 2)), type(print), type(load), tostring(pcall(error)),
  coroutine.wrap(function() return "yes" end)(), load("return type(string)")(), tostring(rawequal(_G, _ENV)),
  tostring(string.evil), tostring(evil_method), tostring(math.pi > 3), next({ 5 }), #string,
}
for _, name in ipairs({ "string", "table", "math", "coroutine", "utf8" }) do
  local count = 0
  for key, value in pairs(_G[name]) do count = count + 1 end
  results[#results + 1] = name .. count
end
return results`

/** Each returns true when it got through, or changes something that the victim uses. */
const attacks: Readonly<Record<string, string>> = {
  'assigns to a library': 'string.upper = function() return "evil" end',
  'adds to a library': 'string.evil = "evil"',
  'clears a function': 'string.rep = nil table.concat = nil',
  'replaces a library': 'string = { upper = function() return "evil" end }',
  'replaces a library by _G': '_G.string = { upper = function() return "evil" end }',
  'replaces a library by _ENV': '_ENV["table"] = {}',
  'replaces a function': 'load = function() return function() return "evil" end end',
  'replaces _G': '_G = { string = {} }',
  'clears a global': 'string = nil print = nil',
  'rawset of a library': 'rawset(string, "upper", function() return "evil" end)',
  'rawset of a global': 'rawset(_G, "string", { upper = function() return "evil" end })',
  'rawset of a function of the base library': 'rawset(_ENV, "print", 1)',
  'rawset through pcall': 'pcall(rawset, string, "upper", 1) pcall(rawset, _G, "load", 1)',
  'the metatable of strings': 'getmetatable("").__index = { upper = function() return "evil" end }',
  'what the metatable of strings leads to': 'getmetatable("").__index.rep = function() return "evil" end',
  'rawset of the metatable of strings': 'rawset(getmetatable(""), "__index", {})',
  'rawset behind the metatable of strings': 'rawset(getmetatable("").__index, "rep", 1)',
  'a new metatable of a library': 'setmetatable(string, { __index = function() return "evil" end })',
  'a new metatable of the globals': 'setmetatable(_G, { __index = function() return "evil" end })',
  'the metatable of a library': 'local mt = getmetatable(string) if mt then mt.__index = {} return true end',
  'the metatable of the globals': 'local mt = getmetatable(_G) if mt then mt.__index = {} return true end',
  'table.insert into a library': 'table.insert(string, 1, "evil")',
  'table.move into a library': 'table.move({ "evil" }, 1, 1, 1, string)',
  'table.sort of a library': 'table.sort(string, function() return true end)',
  'table.remove from a library': 'table.remove(string)',
  'next of a library': 'if next(string) then return true end',
  'pairs of a library': 'local f, state, key = pairs(string) if state ~= string then state.upper = 1 return true end',
  'load without an environment': 'load("string = { upper = 1 }")()',
  'load with nil as the mode': 'load("string.upper = 1", nil, nil)()',
  'load from a function': 'local done load(function() if not done then done = true return "string.rep = 1" end end)()',
  'load that returns its globals':
    'local env = load("return _ENV")() if env ~= _ENV then env.string = {} return true end',
  'load through pcall': 'local ok, f = pcall(load, "return _ENV") if f() ~= _ENV then f().string = {} return true end',
  'load through a coroutine':
    'local f = coroutine.wrap(function() return load("return _ENV") end)() if f() ~= _ENV then f().string = {} return true end',
  'load of bytecode': 'local f = load("\\27Lua") if f then return true end',
  'a global function from load':
    'load("function evil_method() end", "x", "t")() if evil_method == nil then return true end evil_method = nil',
  'the collector': 'collectgarbage("stop")',
  'the mode of the collector': 'collectgarbage("generational")',
  'the type of a library by name': 'getmetatable("").__name = "evil" string.__name = "evil"',
  'metamethods put into a library': 'rawset(string, "__index", 1) rawset(string, "__newindex", function() end)',
  'require of a library': 'if require then require("string").upper = function() return "evil" end end',
  'require of the globals': 'if require then require("_G").string = {} end',
  'require of another library': 'if require then local d = require("debug") d.setmetatable("", {}) return true end',
  'package.loaded': 'if package then package.loaded.string.upper = function() return "evil" end end',
  'an entry of package.loaded': 'if package then package.loaded.string = {} end',
  'rawset of package.loaded': 'if package then rawset(package.loaded, "string", {}) end',
  'the globals in package.loaded': 'if package then package.loaded._G.string = {} end',
  'package.preload': 'if package then package.preload.x = function() end return true end',
  'package.searchers': 'if package then package.searchers[1] = nil return true end',
  'the package library': 'if package then package.path = "evil" end',
  'debug.getmetatable': 'if debug then debug.getmetatable("").__index = nil return true end',
  'debug.setmetatable': 'if debug then debug.setmetatable("", nil) return true end',
  'debug.getregistry': 'if debug then debug.getregistry()[2].string = nil return true end',
  'debug.getupvalue': 'if debug then local _, up = debug.getupvalue(load, 1) return true end',
  'debug.setupvalue': 'if debug then debug.setupvalue(load, 1, nil) return true end',
  'the metatable of files': 'if io then getmetatable(io.stdout).__index.write = function() end end',
  'rawset of the metatable of files': 'if io then rawset(getmetatable(io.stdout), "__index", {}) end',
  'a finalizer': 'setmetatable({}, { __gc = function() string.upper = 1 end }) collectgarbage()',
  'an error handler': 'xpcall(function() string.upper = 1 end, function() rawset(string, "upper", 1) end)',
  'a to-be-closed variable': 'do local x <close> = setmetatable({}, { __close = function() string.upper = 1 end }) end',
  'a __newindex of its own': 'local t = setmetatable({}, { __newindex = string }) t.upper = 1',
  'an __index of its own':
    'local t = setmetatable({}, { __index = string }) t.upper = 1 if string.upper == 1 then return true end',
  'a proxy of __pairs':
    'for k, v in pairs(setmetatable({}, { __pairs = function() return next, string end })) do return true end',
}

interface Place {
  readonly options: EnvironmentOptions | undefined
  readonly libraries: 'sandbox' | 'safe' | 'all'
}

const places: readonly Place[] = (['sandbox', 'safe', 'all'] as const).flatMap((libraries) =>
  [undefined, { inherit: true }, { inherit: true, whitelist: ['string', 'print'] }].map((options) => ({
    libraries,
    options,
  })),
)

function attack(lua: Runtime, env: LuaTable, source: string): unknown {
  try {
    return lua.executeScriptIn(env, source)
  } catch (error) {
    if (error instanceof LuaError) return undefined
    throw error
  }
}

describe.each(places)('libraries $libraries, environment $options', ({ libraries, options }) => {
  const untouched = createRuntime({ libraries, print: () => {} })
  const expected = untouched.executeScriptIn(untouched.createEnvironment(options), victim)

  test.each(Object.entries(attacks))('%s', (_name, source) => {
    using lua = createRuntime({ libraries, print: () => {}, maxInstructions: 1_000_000 })
    const env = lua.createEnvironment(options)
    const other = lua.createEnvironment(options)
    expect(attack(lua, env, source)).not.toBe(true)
    expect(lua.executeScriptIn(env, victim)).toEqual(expected)
    expect(lua.executeScriptIn(other, victim)).toEqual(expected)
    expect(lua.executeScriptIn(lua.createEnvironment(options), victim)).toEqual(expected)
    expect(lua.executeScript('return string.evil, ("abc"):rep(2), string.upper("x"), #string')).toEqual([
      null,
      'abcabc',
      'X',
      0,
    ])
    expect(lua.gc('isrunning')).toBe(true)
  })
})

test('the victim sees what a script without an environment sees, but for what is left out', () => {
  using lua = createRuntime({ print: () => {} })
  expect(lua.executeScriptIn(lua.createEnvironment(), victim)).toEqual(lua.executeScript(victim))
})

test('all attacks one after another leave the libraries as they were', () => {
  using lua = createRuntime({ libraries: 'all', print: () => {}, maxInstructions: 1_000_000 })
  const env = lua.createEnvironment()
  const expected = lua.executeScriptIn(env, victim)
  for (const source of Object.values(attacks)) expect(attack(lua, env, source)).not.toBe(true)
  expect(lua.executeScriptIn(env, victim)).toEqual(expected)
})
