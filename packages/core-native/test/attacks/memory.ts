import { type Attack, attacks, calm } from './attack.ts'

/** Growth of every kind. Nothing here is kept in a global, so that the runtime has room again afterwards. */
const growth = attacks('memory', [
  ['string.rep, huge', 'return ("x"):rep(1 << 40)'],
  ['string.rep, just too large', 'return ("x"):rep(70000000)'],
  ['string.rep with a separator', 'return ("x"):rep(1000000, ("y"):rep(1000))'],
  ['string doubled', 'local s = "x" while true do s = s .. s end'],
  ['string grown in place', 'local s = ("x"):rep(1000000) while true do s = s .. ("y"):rep(1000000) end'],
  ['strings kept', 'local t = {} while true do t[#t + 1] = ("x"):rep(10000) .. #t end'],
  ['short strings kept', 'local t = {} while true do t[#t + 1] = "k" .. #t end'],
  ['string keys kept', 'local t, i = {}, 0 while true do i = i + 1 t["k" .. i] = i end'],
  ['table grown', 'local t = {} while true do t[#t + 1] = {} end'],
  ['table grown by integers', 'local t = {} for i = 1, math.huge do t[i] = i end'],
  ['table grown by floats', 'local t = {} for i = 1, math.huge do t[i + 0.5] = i end'],
  ['table grown by insert', 'local t = {} while true do table.insert(t, 1.5) end'],
  ['tables nested', 'local t = {} while true do t = {t, {}} end'],
  ['tables with metatables', 'local t = {} while true do t = setmetatable({t}, {__index = {}}) end'],
  ['table.create', 'return table.create(1 << 30)'],
  ['table.create of hash', 'return table.create(0, 1 << 30)'],
  ['table.create, kept', 'local t = {} while true do t[#t + 1] = table.create(1000) end'],
  ['table.pack, kept', 'local t = {} while true do t[#t + 1] = table.pack(table.unpack({}, 1, 1000)) end'],
  ['table.move', 'return table.move(setmetatable({}, {__index = rawlen}), 1, 1e9, 1, {})'],
  ['table.concat', 'local s, t = ("x"):rep(1000000), {} for i = 1, 100 do t[i] = s end return table.concat(t)'],
  [
    'table.concat with a separator',
    'local t = {} for i = 1, 1000 do t[i] = "" end return table.concat(t, ("x"):rep(100000))',
  ],
  ['closures kept', 'local t = {} while true do local x = {} t[#t + 1] = function() return x end end'],
  [
    'closures with many upvalues',
    'local t = {} while true do local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8 t = {t, function() return a, b, c, d, e, f, g, h end} end',
  ],
  ['coroutines kept', 'local t = {} while true do t[#t + 1] = coroutine.create(function() end) end'],
  [
    'started coroutines kept',
    'local t = {} while true do local c = coroutine.wrap(function(...) coroutine.yield() return ... end) c(1, 2, 3) t[#t + 1] = c end',
  ],
  [
    'coroutines with long stacks',
    'local t = {} local function f(n) if n > 0 then return 1 + f(n - 1) end coroutine.yield() end while true do local c = coroutine.wrap(f) c(2000) t[#t + 1] = c end',
  ],
  ['gsub grows', 'local s = ("x"):rep(1000) while true do s = s:gsub("x", "xxxxxxxxxx") end'],
  ['gsub with a long replacement', 'return (("x"):rep(10000)):gsub("x", ("y"):rep(100000))'],
  ['gsub with captures', 'return (("x"):rep(1000000)):gsub("(x+)", ("%1"):rep(1000))'],
  ['gmatch kept', 'local t = {} while true do t[#t + 1] = (("x"):rep(1000)):gmatch("x") end'],
  ['format with widths', 'return ("%99d"):rep(900000):format((("x"):rep(900000)):byte(1, -1))'],
  [
    'format of a long string, repeated',
    'local s = ("x"):rep(10000000) return ("%s%s%s%s%s%s%s%s"):format(s, s, s, s, s, s, s, s)',
  ],
  ['format quoting', 'return ("%q"):format(("\\0"):rep(30000000))'],
  [
    'pack of strings',
    'local s, t = ("x"):rep(1000000), {} for i = 1, 200 do t[i] = s end return string.pack(("s4"):rep(200), table.unpack(t))',
  ],
  ['pack of padding', 'return string.pack(("x"):rep(40000000))'],
  ['pack of fixed strings', 'return string.pack("c2000000000", "x")'],
  ['utf8.char, repeated', 'local s = "" while true do s = s .. utf8.char(0x7FFFFFFF, 0x7FFFFFFF):rep(10000) end'],
  ['recursion with tables', 'local function f(t) local u = {t, {}, {}} return 1 + f(u) end return f({})'],
  ['recursion with strings', 'local function f(s) return #f(s .. "x") end return f(("x"):rep(1000))'],
  [
    'code of constants',
    'local t = {} for i = 1, 200000 do t[i] = i + 0.5 end return load("return {" .. table.concat(t, ",") .. "}")() and (function() local u while true do u = {u, u} end end)()',
  ],
  ['code kept', 'local t = {} while true do t[#t + 1] = load("return " .. #t .. ", {}, function() end") end'],
  [
    'resurrection by finalizers',
    'local keep while true do setmetatable({("x"):rep(100000)}, {__gc = function(o) keep = {o, keep} end}) end',
  ],
  ['finalizers kept', 'local t, mt = {}, {__gc = function() end} while true do t[#t + 1] = setmetatable({}, mt) end'],
  ['growth with the collector stopped', 'collectgarbage("stop") local t while true do t = {("x"):rep(10000)} end'],
  [
    'strings with the collector stopped',
    'collectgarbage("stop") local i = 0 while true do i = i + 1 local s = ("x"):rep(1000) .. i end',
  ],
  [
    'growth with a long pause',
    'collectgarbage("param", "pause", 1000000) local t while true do t = {("x"):rep(10000)} end',
  ],
  [
    'growth in generational mode',
    'collectgarbage("generational") local t = {} while true do t[#t + 1] = {("x"):rep(100)} end',
  ],
  ['growth in a coroutine', 'coroutine.wrap(function() local t = {} while true do t[#t + 1] = {} end end)()'],
  [
    'growth in __close',
    'local c <close> = setmetatable({}, {__close = function() local t = {} while true do t[#t + 1] = {} end end})',
  ],
  [
    'growth in __index',
    'local t = setmetatable({}, {__index = function() local t = {} while true do t[#t + 1] = {} end end}) return t.x',
  ],
  ['growth in a host callback', 'call(function() local t = {} while true do t[#t + 1] = {} end end)'],
  ['weak tables kept', 'local t = {} while true do t[#t + 1] = setmetatable({}, {__mode = "k"}) end'],
  ['upvalues joined', 'local f while true do local g, x = f, {} f = function() return g, x end end'],
  ['error values nested', 'local e = "x" while true do local _, n = pcall(error, {e}) e = n end'],
  ['error messages growing', 'local e = "x" while true do local _, n = pcall(error, e .. e) e = n end'],
  [
    'wrapped errors growing',
    'local function f(n, m) if n == 0 then error(m) end coroutine.wrap(f)(n - 1, m) end f(150, ("x"):rep(30000000))',
  ],
])

/** Scripts that meet the memory limit, catch it and go on. */
const atTheCap = attacks('limit', [
  ['pcall at the cap', 'local t = {} while true do pcall(function() while true do t = {t} end end) end'],
  ['refused strings', 'while true do pcall(string.rep, "x", 70000000) end'],
  [
    'refused strings beside a large heap',
    'local t = {} for i = 1, 400000 do t[i] = {} end while true do pcall(string.rep, "x", 60000000) end',
  ],
  [
    'refused tables beside a large heap',
    'local t = {} for i = 1, 400000 do t[i] = {} end while true do pcall(table.create, 6000000) end',
  ],
  [
    'refused growth of a table',
    'local t = {} for i = 1, 400000 do t[i] = {} end local u = table.create(2000000) while true do pcall(rawset, u, 2000001, 1) pcall(table.create, 4000000) end',
  ],
  [
    'refused stacks',
    'local t = {} for i = 1, 500000 do t[i] = {} end while true do pcall(table.unpack, {}, 1, 990000) end',
  ],
  [
    'refused coroutines',
    'local t = {} pcall(function() while true do t = {t, ("x"):rep(5000)} end end) while true do pcall(coroutine.create, print) pcall(string.rep, "x", 1000000) end',
  ],
  [
    'refused code',
    `local s = ("x = {} "):rep(2000000) ${calm} local keep = ("x"):rep(30000000) while true do load(s) end`,
  ],
  ['large strings one after another', 'while true do local s = ("x"):rep(30000000) s = nil end'],
  [
    'stack grown and shrunk',
    'local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end while true do f(150000) collectgarbage() end',
  ],
  [
    'stack overflow at the cap',
    'local t = {} for i = 1, 300000 do t[i] = {} end local function f() return 1 + f() end while true do pcall(f) end',
  ],
])

/** Sources that outgrow memory: `load` gives the error back to the script as a result. */
const sources = attacks('any', [
  ['code by load', 'return load("return {" .. ("{},"):rep(4000000) .. "}")()'],
  [
    'code of functions',
    'return load(("local function f() end "):rep(150) .. ("do local function f() end end "):rep(2000000))',
  ],
  ['a name without end', 'return load(function() return ("x"):rep(100000) end)'],
  [
    'a string without end',
    'local n = 0 return load(function() n = n + 1 return n == 1 and "return [[" or ("x"):rep(100000) end)',
  ],
  ['a number without end', 'return load(function() return ("1"):rep(100000) end)'],
  [
    'an expression without end',
    'local n = 0 return load(function() n = n + 1 return n == 1 and "return 1" or (" + x1"):rep(1000) end)',
  ],
  ['statements without end', 'return load(function() return ("x = 1.5 "):rep(1000) end)'],
])

/** Deep recursion: the stack ends it before or after memory does. */
const recursion = attacks('error', [
  ['deep recursion', 'local function f(...) return 1 + f(...) end return f(1, 2, 3)'],
  ['deep recursion without arguments', 'local function f() return 1 + f() end return f()'],
  ['deep recursion with a string', 'local function f(s) return f(s .. "x") .. "y" end return f("")'],
  [
    'arguments by doubling',
    'local function f(...) return f(..., ...) end local function g(...) local t = {...} for i = 1, #t do t[#t + 1] = {} end return g(table.unpack(t)) end g(1, 2)',
  ],
  ['too many values', 'return select("#", table.unpack({}, 1, 1e7))'],
])

/** The script catches the memory error and raises its text again. */
const caughtGrowth = attacks('error', [
  [
    'growth in an error handler',
    'local t = {} local _, e = xpcall(error, function() while true do t[#t + 1] = {} end end) error(e)',
  ],
])

export const memory: Attack[] = [...growth, ...atTheCap, ...sources, ...recursion, ...caughtGrowth]
