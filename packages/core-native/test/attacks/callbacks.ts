import { type Attack, attacks } from './attack.ts'

const spin = 'function() while true do end end'

/** Lua that the host was made to call, and the host called from Lua. */
const endless = attacks('limit', [
  ['call spins', `call(${spin})`],
  ['call in call', `call(function() call(function() call(${spin}) end) end)`],
  ['call that catches', `call(function() while true do pcall(${spin}) end end)`],
  ['call in pcall', `while true do pcall(call, ${spin}) end`],
  ['call that recurses', 'local function f() call(f) end while true do pcall(f) end'],
  ['call that recurses through pcall', 'local function f() pcall(call, f) pcall(call, f) end f()'],
  ['attempt that recurses', 'local function f() attempt(f) attempt(f) end f()'],
  ['attempt for ever', `while true do attempt(${spin}) end`],
  [
    'attempt in a finalizer',
    `setmetatable({}, {__gc = function() while true do attempt(${spin}) end end}) collectgarbage() while true do end`,
  ],
  ['evaluate spins', 'evaluate("while true do end")'],
  ['evaluate for ever', 'while true do evaluate("return 1") end'],
  ['evaluate caught', 'while true do pcall(evaluate, "while true do end") end'],
  ['evaluate in evaluate', 's = "evaluate(s)" while true do pcall(evaluate, s) end'],
  ['evaluate with its own limits', 'while true do pcall(evaluateWithin, "while true do end") end'],
  ['evaluate of syntax errors', 'while true do pcall(evaluate, "=") end'],
  ['host as __index', 'local t = setmetatable({}, {__index = echo}) while true do local _ = t[1] end'],
  ['host as iterator', 'for _ in echo, 1 do end'],
  ['host as comparator', 'local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, echo) end'],
  ['host as gsub callback', 'local s = ("x"):rep(100000) while true do s:gsub(".", echo) end'],
  ['host as reader', 'while true do pcall(load, echo) load(blank) end'],
  ['host as a reader without end', 'load(blank)'],
  ['host as message handler', `while true do xpcall(error, echo) xpcall(error, attempt, ${spin}) end`],
  [
    'host as __tostring',
    'local t = setmetatable({}, {__tostring = function() return blank() end}) while true do tostring(t) end',
  ],
  ['host as coroutine body', 'while true do coroutine.wrap(echo)(1) end'],
  ['host yields', 'while true do pcall(coroutine.wrap(function() call(coroutine.yield) end)) end'],
  ['kept function called', `keep(${spin}) callKept()`],
  ['host reads globals that spin', `setmetatable(_G, {__index = ${spin}}) readGlobal("missing.path")`],
  ['host writes globals that spin', `setmetatable(_G, {__newindex = ${spin}}) writeGlobal("missing")`],
  ['host reads a path that spins', `x = setmetatable({}, {__index = ${spin}}) readGlobal("x.y.z")`],
  ['host collects for ever', 'local t = {} for i = 1, 100000 do t[i] = {} end while true do collect() end'],
  ['host compiles for ever', 'local s = ("x=x "):rep(10000) while true do compile(s) end'],
  ['host disposes for ever', 'while true do pcall(dispose) end'],
])

const ending = attacks('error', [
  ['call recursion', 'local function f() call(f) end f()'],
  ['call recursion with arguments', 'local function f(...) call(f, ...) end f(1, 2, 3)'],
  ['evaluate recursion', 's = "evaluate(s)" evaluate(s)'],
  ['call recursion in coroutines', 'local function f() coroutine.wrap(function() call(f) end)() end f()'],
  ['call recursion in gsub', 'local function f() return (("x"):gsub("x", function() call(f) end)) end f()'],
  ['dispose while running', 'dispose()'],
  ['fail', 'fail("x")'],
])

/** Objects that stand for Lua values, or errors, pile up until the event loop turns: they count against the memory limit. */
const piling = attacks('memory', [
  ['call for ever', 'while true do call(function() end) end'],
  ['host as __close', 'local mt = {__close = echo} while true do local c <close> = setmetatable({}, mt) end'],
  ['host as __gc', 'local mt = {__gc = drop} while true do setmetatable({}, mt) end'],
  ['kept function replaced for ever', 'while true do keep(function() end) callKept() end'],
])

export const callbacks: Attack[] = [...endless, ...ending, ...piling]
