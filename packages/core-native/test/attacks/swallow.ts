import { attacks } from './attack.ts'

const spin = 'function() while true do end end'

/** Scripts that catch whatever stops them and carry on. */
export const swallow = attacks('limit', [
  ['pcall in a loop', `while true do pcall(${spin}) end`],
  ['nested pcall', 'local function f() while true do pcall(pcall, pcall, f) end end f()'],
  [
    'pcall tower',
    'local function f(n) if n == 0 then while true do end end return pcall(f, n - 1) end while true do f(150) end',
  ],
  ['doubling pcall', 'local function f() pcall(f) pcall(f) end f()'],
  ['pcall as the last statement', `return pcall(${spin})`],
  ['pcall and a quiet return', `pcall(${spin}) return 1`],
  ['pcall then more work', `pcall(${spin}) local t = {} for i = 1, 1e7 do t[i % 100] = i end`],
  ['pcall of a tail call', 'local function f() return f() end while true do pcall(f) end'],
  ['xpcall handler spins', `xpcall(${spin}, ${spin}) while true do end`],
  ['xpcall handler spins on an error', `xpcall(error, ${spin})`],
  ['xpcall handler fails', 'while true do xpcall(error, function(e) error(e) end) end'],
  [
    'xpcall handler recurses',
    'local function h(e) return xpcall(error, h, e) end while true do xpcall(error, h, 1) end',
  ],
  ['xpcall with a C handler', `while true do xpcall(${spin}, tostring) end`],
  ['xpcall with pcall as handler', `while true do xpcall(${spin}, pcall) end`],
  ['xpcall whose handler calls what failed', `local f = ${spin} xpcall(f, f)`],
  ['xpcall as the last statement', `return xpcall(${spin}, function() return 1 end)`],
  ['error in a loop', 'while true do pcall(error) end'],
  ['error with tables', 'while true do pcall(error, {}) end'],
  ['assert in a loop', 'while true do pcall(assert, false, "x") end'],
  ['resume swallows', `while true do coroutine.resume(coroutine.create(${spin})) end`],
  ['resume as the last statement', `return coroutine.resume(coroutine.create(${spin}))`],
  ['wrap in pcall', `while true do pcall(coroutine.wrap(${spin})) end`],
  [
    'resume tower',
    'local function f(n) if n == 0 then while true do end end return coroutine.resume(coroutine.create(f), n - 1) end while true do f(100) end',
  ],
  [
    'close swallows',
    `local function co() local c <close> = setmetatable({}, {__close = ${spin}}) coroutine.yield() end while true do local c = coroutine.create(co) coroutine.resume(c) coroutine.close(c) end`,
  ],
  [
    '__close swallows',
    `while true do pcall(function() local c <close> = setmetatable({}, {__close = ${spin}}) error("x") end) end`,
  ],
  [
    '__close catches',
    `local mt = {__close = function() pcall(${spin}) end} while true do local c <close> = setmetatable({}, mt) end`,
  ],
  [
    '__close after the limit',
    `local mt = {__close = ${spin}} local a <close> = setmetatable({}, mt) local b <close> = setmetatable({}, mt) while true do end`,
  ],
  [
    '__close that goes on for ever',
    `local function again() local c <close> = setmetatable({}, {__close = again}) while true do end end again()`,
  ],
  ['__gc swallows', `while true do setmetatable({}, {__gc = ${spin}}) collectgarbage() end`],
  [
    '__gc catches',
    `setmetatable({}, {__gc = function() while true do pcall(${spin}) end end}) collectgarbage() while true do end`,
  ],
  [
    'metamethod catches',
    `local t = setmetatable({}, {__index = function(t, k) local _, v = pcall(function() return t[k] end) return v end}) while true do local _ = t.x end`,
  ],
  ['load reader catches', `while true do load(function() pcall(${spin}) return "x" end) end`],
  ['load reader spins', `return load(${spin})`],
  ['load reader fails', 'while true do load(function() error("x") end) end'],
  [
    'sort comparator catches',
    `local t = {} for i = 1, 100 do t[i] = i end while true do pcall(table.sort, t, function(a, b) pcall(${spin}) return a < b end) end`,
  ],
  ['gsub callback catches', `while true do ("xxxx"):gsub(".", function() pcall(${spin}) end) end`],
  ['tostring catches', `local t = setmetatable({}, {__tostring = ${spin}}) while true do pcall(tostring, t) end`],
  ['iterator catches', `for _ in function() pcall(${spin}) return 1 end do end`],
  ['host function catches', `while true do attempt(${spin}) end`],
  ['host function catches once', `attempt(${spin}) return 1`],
  ['host function catches, pcall around it', `while true do pcall(attempt, ${spin}) end`],
  ['pcall of select', `while true do select(2, pcall(${spin})) end`],
  ['goto after pcall', `::again:: pcall(${spin}) goto again`],
  ['error that is a function', `while true do local _, e = pcall(error, ${spin}) pcall(e) end`],
  [
    'errors rethrown',
    'local function f(n) local ok, e = pcall(f, n + 1) error(e, 0) end while true do pcall(f, 1) end',
  ],
  ['stack overflow in a loop', 'local function f() return 1 + f() end while true do pcall(f) end'],
  ['C stack overflow in a loop', 'local function f() return (("x"):gsub("x", f)) end while true do pcall(f) end'],
  ['conversion error in a loop', 'local t = {} t.t = t while true do pcall(echo, t) end'],
])
