import { type Attack, attacks, calm } from './attack.ts'

const deep = 'local function down(n, f) if n > 0 then return 1 + down(n - 1, f) end f() return 0 end '

/** The making and the reporting of errors as work. */
const endless = attacks('limit', [
  ['__tostring of the error spins', 'error(setmetatable({}, {__tostring = function() while true do end end}))'],
  [
    '__tostring of the error spins in a coroutine',
    'coroutine.wrap(function() error(setmetatable({}, {__tostring = function() while true do end end})) end)()',
  ],
  [
    '__index of the error spins',
    'local e = setmetatable({}, {__index = function() while true do end end}) while true do pcall(error, e) end',
  ],
  [
    'error for a variable in a long function',
    `local code = "local done = ... if not done then " .. ("x = x "):rep(150000) .. " end local a = nil return a.b.c" local f = load(code) ${calm} while true do pcall(f, true) end`,
  ],
  [
    'error for an upvalue in a long function',
    `local code = "local a = nil return function(done) if not done then " .. ("x = x "):rep(150000) .. " end return a.b.c end" local f = load(code)() ${calm} while true do pcall(f, true) end`,
  ],
  [
    'error after many scopes',
    `local code = "local done = ... if not done then " .. ("do local a end "):rep(30000) .. " end return done.b.c" local f = load(code) ${calm} while true do pcall(f, true) end`,
  ],
  [
    'error on a far line',
    `local code = ("\\n"):rep(1000000) .. "local done = ... if not done then " .. ("x = x\\n"):rep(100000) .. " end return done.b.c" local f = load(code) ${calm} while true do pcall(f, true) end`,
  ],
  ['error at a deep level', `${deep} down(100000, function() ${calm} while true do pcall(error, "x", 90000) end end)`],
  [
    'error at a level that does not exist',
    `${deep} down(100000, function() ${calm} while true do pcall(error, "x", 2000000000) end end)`,
  ],
  [
    'errors in a deep stack',
    `${deep} down(100000, function() while true do pcall(error, "x") pcall(error, nil) end end)`,
  ],
  ['limit in a deep stack', `${deep} down(150000, function() while true do end end)`],
  [
    'limit in a deep stack of coroutines',
    'local function f(n) if n == 0 then while true do end end coroutine.wrap(f)(n - 1) end f(150)',
  ],
  [
    'limit in a deep stack of pcall',
    'local function f(n) if n == 0 then while true do end end pcall(f, n - 1) end f(150) while true do end',
  ],
  ['argument errors', 'while true do pcall(("x").rep) pcall(math.floor, {}) pcall(setmetatable, 1) end'],
  ['argument errors of a method', 'local s = "x" while true do pcall(function() s:rep({}) end) end'],
  [
    'error for a long constant',
    `local f = load("local t = {} return t['" .. ("x"):rep(5000000) .. "'].y") ${calm} while true do pcall(f) end`,
  ],
  ['arithmetic on nil', 'while true do pcall(function() return nil + 1 end) end'],
  [
    'for loop errors',
    'while true do pcall(function() for i = 1, "x" do end end) pcall(function() for i = 1, 10, 0 do end end) end',
  ],
  [
    'messages with nested quotes',
    'local e = "x" while true do local _, m = pcall(load, e) local _, n = pcall(error, m) e = ("%q"):format(n):sub(1, 100) end',
  ],
  [
    'error of an error',
    'while true do pcall(error, error) pcall(pcall) pcall(xpcall) pcall(error, coroutine.create(error)) end',
  ],
  ['errors from the host', 'while true do pcall(fail, "x") end'],
  ['errors from the host, rethrown', 'while true do local _, e = pcall(fail, "x") pcall(error, e) end'],
  [
    'values thrown by the host',
    'while true do pcall(throwValue, {1, 2, 3}) pcall(throwValue, 1) pcall(throwValue) end',
  ],
  ['errors from Lua, caught by the host', 'while true do attempt(error) end'],
  ['tables thrown at the host', 'local e = {1, 2, 3} while true do attempt(function() error(e) end) end'],
  ['errors to the host from a deep stack', `${deep} down(100000, function() while true do attempt(error) end end)`],
  [
    '__close chain with errors',
    'local mt = {__close = function(_, e) error({e}) end} local function f(n) local c <close> = setmetatable({}, mt) if n > 0 then f(n - 1) else error("x") end end while true do pcall(f, 100) end',
  ],
  [
    'handler for errors in __close',
    'local mt = {__close = function() while true do end end} xpcall(function() local c <close> = setmetatable({}, mt) error("x") end, function(e) return e end)',
  ],
])

/** Errors that reach the host: whatever they are made of, they come as an error, soon. */
const ending = attacks('error', [
  ['a long message', 'error(("x"):rep(15000000))'],
  ['a long message that is no text', 'error(("\\xFF"):rep(10000000))'],
  ['a long __tostring', 'error(setmetatable({}, {__tostring = function() return ("x"):rep(15000000) end}))'],
  ['a __tostring that is no string', 'error(setmetatable({}, {__tostring = function() return {} end}))'],
  ['a __tostring that fails', 'error(setmetatable({}, {__tostring = function() error("x") end}))'],
  [
    'a __tostring that fails with itself',
    'local e e = setmetatable({}, {__tostring = function() error(e) end}) error(e)',
  ],
  [
    'a __tostring that recurses',
    'local e e = setmetatable({}, {__tostring = function() return tostring(e) end}) error(e)',
  ],
  ['a __tostring that yields', 'error(setmetatable({}, {__tostring = coroutine.yield}))'],
  ['a __tostring that is no function', 'error(setmetatable({}, {__tostring = 1}))'],
  [
    'a __tostring without end of memory',
    'error(setmetatable({}, {__tostring = function() local t = {} while true do t[#t + 1] = {} end end}))',
  ],
  ['a long __name', 'error(setmetatable({}, {__name = ("x"):rep(10000000)}))'],
  ['a __name that is no string', 'error(setmetatable({}, {__name = {}}))'],
  [
    'an __index that spins',
    'error(setmetatable({}, {__index = function() while true do end end, __tostring = function() return "x" end}))',
  ],
  ['nil', 'error(nil)'],
  ['false', 'error(false)'],
  ['not a number', 'error(0/0)'],
  ['a function', 'error(print)'],
  ['a coroutine', 'error(coroutine.create(print))'],
  ['itself', 'error(error)'],
  ['a cycle', 'local e = {} e.e = e error(e)'],
  ['a deep table', 'local e = {} for i = 1, 200000 do e = {e} end error(e)'],
  ['a wide table', 'local e = {} for i = 1, 100000 do e[i] = i end error(e)'],
  [
    'a table that names itself an Error',
    'error({message = "x", stack = "y", name = "RangeError", __proto__ = {}, constructor = 1})',
  ],
  ['an error in a handler in a handler', 'local function h(e) error(e) end error((select(2, xpcall(error, h, "x"))))'],
  [
    'an error in every __close',
    'local mt = {__close = function() error("close") end} local function f(n) local c <close> = setmetatable({}, mt) if n > 0 then f(n - 1) end error("x") end f(150)',
  ],
  [
    'a syntax error with a long token',
    `load("x = = " .. ("y"):rep(15000000)) error((select(2, load(("y"):rep(10000000) .. " z"))))`,
  ],
  [
    'a host error through many levels',
    'local function f(n) if n == 0 then fail("x") end local ok, e = pcall(f, n - 1) error(e, 0) end f(150)',
  ],
  ['a value thrown by the host', 'throwValue(1)'],
  ['nothing thrown by the host', 'throwValue()'],
])

export const errors: Attack[] = [...endless, ...ending]
