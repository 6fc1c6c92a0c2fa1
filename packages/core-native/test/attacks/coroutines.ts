import { type Attack, attacks, calm } from './attack.ts'

const many = '(("x"):rep(300000)):byte(1, -1)'

/** Coroutines: fan-out, rings, closing, and large transfers. */
const endless = attacks('limit', [
  ['wrap', 'coroutine.wrap(function() while true do end end)()'],
  ['ring of two', 'local c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end'],
  ['fan-out of short runs', 'local function spin() for i = 1, 480 do end end while true do coroutine.wrap(spin)() end'],
  ['fan-out of empty bodies', 'while true do coroutine.wrap(function() end)() end'],
  [
    'fan-out through resume',
    'local function spin() for i = 1, 480 do end end while true do coroutine.resume(coroutine.create(spin)) end',
  ],
  ['fan-out, never started', 'while true do coroutine.create(function() end) end'],
  ['fan-out, closed', 'while true do coroutine.close(coroutine.create(function() end)) end'],
  ['iterator by wrap', 'for _ in coroutine.wrap(function() while true do coroutine.yield(1) end end) do end'],
  [
    'yield across pcall',
    'local c = coroutine.wrap(function() while true do pcall(coroutine.yield) end end) while true do c() end',
  ],
  [
    'yield in a metamethod',
    'local t = setmetatable({}, {__index = coroutine.yield}) local c = coroutine.wrap(function() while true do local _ = t.x end end) while true do c() end',
  ],
  [
    'yield in an iterator',
    'local c = coroutine.wrap(function() for _ in coroutine.yield, 1 do end end) while true do c(1) end',
  ],
  [
    'yield in __close',
    'local mt = {__close = function() coroutine.yield() end} local c = coroutine.wrap(function() while true do local x <close> = setmetatable({}, mt) end end) while true do c() end',
  ],
  [
    'yield where it is not allowed',
    'while true do pcall(coroutine.wrap(function() table.sort({2, 1}, coroutine.yield) end)) end',
  ],
  ['yield outside', 'while true do pcall(coroutine.yield) end'],
  ['wrap in gsub', '("x"):gsub(".", coroutine.wrap(function() while true do end end))'],
  [
    'wrap in sort',
    'table.sort({1, 2, 3}, coroutine.wrap(function() while true do coroutine.yield(true) for i = 1, 1e9 do end end end))',
  ],
  ['wrap recursion', 'local function f() coroutine.wrap(f)() end while true do pcall(f) end'],
  ['resume recursion', 'local function f() return coroutine.resume(coroutine.create(f)) end while true do f() end'],
  [
    'resume of itself',
    'local c c = coroutine.create(function() while true do coroutine.resume(c) coroutine.close(coroutine.create(print)) end end) coroutine.resume(c) while true do end',
  ],
  [
    'resume of the dead',
    'local c = coroutine.create(function() end) coroutine.resume(c) while true do coroutine.resume(c) end',
  ],
  ['close of itself', 'while true do coroutine.wrap(function() pcall(coroutine.close, coroutine.running()) end)() end'],
  [
    'close spins',
    'local c = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end) coroutine.resume(c) coroutine.close(c)',
  ],
  [
    'close of many',
    'local mt = {__close = function() end} local function body() local function open(n) local x <close> = setmetatable({}, mt) if n > 0 then open(n - 1) end coroutine.yield() end open(100) end while true do local c = coroutine.create(body) coroutine.resume(c) coroutine.close(c) end',
  ],
  [
    'close fails',
    'local mt = {__close = error} while true do local c = coroutine.create(function() local x <close> = setmetatable({}, mt) coroutine.yield() end) coroutine.resume(c) coroutine.close(c) end',
  ],
  [
    'close closes another',
    'local function make(n) local c = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() if n > 0 then coroutine.close(make(n - 1)) end end}) coroutine.yield() end) coroutine.resume(c) return c end while true do coroutine.close(make(50)) end',
  ],
  [
    'close in wrap errors',
    'while true do pcall(coroutine.wrap(function() local x <close> = setmetatable({}, {__close = function() while true do end end}) error("x") end)) end',
  ],
  [
    'large resume',
    `local function f(...) local c = coroutine.wrap(function(...) while true do coroutine.yield() end end) while true do c(...) end end ${calm} f(${many})`,
  ],
  [
    'large yield',
    `local function body(...) while true do coroutine.yield(...) end end local c = coroutine.wrap(body) local n = select("#", c(${many})) ${calm} while true do c() end`,
  ],
  [
    'status',
    'local c = coroutine.create(function() end) while true do coroutine.status(c) coroutine.isyieldable(c) coroutine.running() end',
  ],
  [
    'status of a deep one',
    `local function f(n) if n > 0 then return 1 + f(n - 1) end coroutine.yield() end local c = coroutine.create(f) coroutine.resume(c, 100000) ${calm} while true do coroutine.status(c) end`,
  ],
  [
    'producer and consumer',
    'local function p() local i = 0 while true do i = i + 1 coroutine.yield(i) end end local function filter(g) return coroutine.wrap(function() while true do coroutine.yield(g()) end end) end local g = coroutine.wrap(p) for i = 1, 50 do g = filter(g) end while true do g() end',
  ],
  [
    'dead ones with errors',
    'local function bad() local t = nil; return t.x end while true do coroutine.resume(coroutine.create(bad)) end',
  ],
  ['host call from a coroutine', 'coroutine.wrap(function() call(function() while true do end end) end)()'],
  [
    'coroutine in a host call in a coroutine',
    'coroutine.wrap(function() call(function() coroutine.wrap(function() while true do end end)() end) end)()',
  ],
])

const ending = attacks('error', [
  ['wrap recursion without pcall', 'local function f() coroutine.wrap(f)() end f()'],
  ['wrap recursion with a tail call', 'local function f() return coroutine.wrap(f)() end f()'],
  ['yield from the main chunk', 'coroutine.yield(1)'],
])

export const coroutines: Attack[] = [...endless, ...ending]
