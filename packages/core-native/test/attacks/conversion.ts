import { type Attack, attacks } from './attack.ts'

/** Values that the host converts: whatever their size, the conversion ends, in time and within memory. */
const bounded = attacks('error', [
  ['a tree of shared tables', 'local t = {} for i = 1, 60 do t = {t, t} end return t'],
  ['a tree of shared tables, as an argument', 'local t = {} for i = 1, 60 do t = {t, t} end echo(t)'],
  ['a tree of shared tables, as an error', 'local t = {} for i = 1, 60 do t = {t, t} end error(t)'],
  ['a tree of shared tables with names', 'local t = {} for i = 1, 60 do t = {a = t, b = t} end return t'],
  [
    'a tree of shared tables, wide',
    'local t = {} for i = 1, 9 do local u = {} for j = 1, 30 do u[j] = t end t = u end return t',
  ],
  ['a long string, shared', 'local s, t = ("x"):rep(1000000), {} for i = 1, 100000 do t[i] = s end return t'],
  [
    'a long string, shared, as an argument',
    'local s, t = ("x"):rep(1000000), {} for i = 1, 100000 do t[i] = s end echo(t)',
  ],
  [
    'a long string, shared, as results',
    'local s, t = ("x"):rep(1000000), {} for i = 1, 100000 do t[i] = s end return table.unpack(t)',
  ],
  [
    'a long string, shared, as arguments',
    'local s, t = ("x"):rep(1000000), {} for i = 1, 10000 do t[i] = s end echo(table.unpack(t))',
  ],
  ['a long key, shared', 'local s, t = ("x"):rep(1000000), {} for i = 1, 100000 do t[i] = {[s] = 1} end return t'],
  ['a deep table', 'local t = {} for i = 1, 200000 do t = {t} end return t'],
  ['a deep table, as an argument', 'local t = {} for i = 1, 200000 do t = {t} end echo(t)'],
  ['a cycle', 'local t = {} t.t = t return t'],
  ['a cycle, as an argument', 'local t = {} t[1] = t echo(t)'],
  ['a cycle of two', 'local a, b = {}, {} a.b, b.a = b, a return a'],
  ['a cycle at the end of a long table', 'local t = {} for i = 1, 100000 do t[i] = i end t[100001] = t return t'],
])

const endless = attacks('limit', [
  ['arguments for ever', 'local t = {1, 2, {a = 1, b = {1, 2, 3}}} while true do echo(t) end'],
  ['long arguments for ever', 'local s = ("x"):rep(100000) while true do echo(s) end'],
  ['long arguments that are no text', 'local s = ("\\xFF\\xC3"):rep(50000) while true do echo(s) end'],
  ['large tables for ever', 'local t = {} for i = 1, 20000 do t[i] = {id = i} end while true do echo(t) end'],
  ['large tables for ever, dropped', 'local t = {} for i = 1, 20000 do t[i] = i end while true do drop(t) end'],
  ['many arguments for ever', 'local function f(...) while true do drop(...) end end f(table.unpack({}, 1, 1000))'],
  ['host functions for ever', 'while true do make() end'],
  ['host objects for ever', 'while true do data() end'],
  ['prints for ever', 'while true do print("x") end'],
  ['long prints for ever', 'local s = ("x"):rep(1000000) while true do print(s) end'],
  ['prints of many values', 'local function f(...) while true do print(...) end end f(table.unpack({}, 1, 1000))'],
  ['conversion errors for ever', 'local t = {} t[1] = t while true do pcall(drop, t) end'],
  ['warnings for ever', 'warn("@on") while true do warn("") end'],
])

const open = attacks('any', [
  ['a tree of shared tables, small', 'local t = {1} for i = 1, 14 do t = {t, t} end return t'],
  ['many results', 'return (("x"):rep(900000)):byte(1, -1)'],
  ['many arguments', 'return select("#", echo((("x"):rep(900000)):byte(1, -1)))'],
  ['many arguments, at once', 'return drop(table.unpack({}, 1, 120000))'],
  ['many arguments to print', 'print(table.unpack({}, 1, 200000))'],
  ['a long string', 'return ("x"):rep(10000000)'],
  ['a created table', 'return table.create(1000000)'],
  ['a created table of hash', 'return table.create(0, 1000000)'],
  ['a created table, as an argument', 'local t = table.create(1000000) for i = 1, 20 do drop(t) end'],
  ['a sparse table', 'return {[1] = 1, [1 << 53] = 2}'],
  ['a sparse list', 'local t = {1} t[2000000000] = 2 return t'],
  ['a list with a lying length', 'return setmetatable({}, {__len = function() return 1 << 40 end})'],
  [
    'a table that spins when read',
    'local spin = function() while true do end end return setmetatable({1}, {__index = spin, __len = spin, __pairs = spin, __tostring = spin, __name = spin, __gc = spin})',
  ],
  [
    'an argument that spins when read',
    'local spin = function() while true do end end drop(setmetatable({1}, {__index = spin, __len = spin, __pairs = spin, __tostring = spin}))',
  ],
  [
    'keys with a meaning',
    'return {__proto__ = {1}, constructor = 1, toString = 2, valueOf = 3, ["then"] = 4, toJSON = 5, length = 6, hasOwnProperty = 7}',
  ],
  [
    'keys of every type',
    'return {[true] = 1, [1.5] = 2, [print] = 3, [coroutine.create(print)] = 4, [{}] = 5, [""] = 6, ["\\0"] = 7, ["\\xFF"] = 8, [-1] = 9, [1 << 62] = 10}',
  ],
  ['a function that fails', 'return function() error("x") end'],
  ['all globals', 'return _G'],
  ['string metatable', 'return getmetatable("")'],
  ['a dead coroutine', 'local c = coroutine.create(function() end) coroutine.resume(c) return c'],
  ['the running coroutine', 'return coroutine.running()'],
  ['not a number as a value', 'return {0/0, 1/0, -1/0, -0.0, math.mininteger, math.maxinteger}'],
])

/** Objects that stand for Lua values, or errors, pile up until the event loop turns: they count against the memory limit. */
const piling = attacks('memory', [
  ['new functions for ever', 'while true do echo(function() end) end'],
  ['new functions for ever, dropped', 'while true do drop(function() end) end'],
  ['functions in tables for ever', 'while true do drop({function() end, function() end}) end'],
  ['coroutines for ever', 'while true do drop(coroutine.create(print)) end'],
  ['tables with metatables for ever', 'while true do drop(setmetatable({}, {})) end'],
])

export const conversion: Attack[] = [...bounded, ...endless, ...open, ...piling]
