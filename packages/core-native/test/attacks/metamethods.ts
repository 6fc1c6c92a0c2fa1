import { type Attack, attacks, calm } from './attack.ts'

/** Every metamethod as a place to stay in, and chains that one instruction follows. */
const spinning = [
  'add',
  'sub',
  'mul',
  'div',
  'mod',
  'pow',
  'idiv',
  'band',
  'bor',
  'bxor',
  'shl',
  'shr',
  'concat',
  'lt',
  'le',
  'eq',
].map((event) => {
  const operators: Record<string, string> = {
    add: '+',
    sub: '-',
    mul: '*',
    div: '/',
    mod: '%',
    pow: '^',
    idiv: '//',
    band: '&',
    bor: '|',
    bxor: '~',
    shl: '<<',
    shr: '>>',
    concat: '..',
    lt: '<',
    le: '<=',
    eq: '==',
  }
  return [
    `__${event} spins`,
    `local mt = {__${event} = function() while true do end end} local a, b = setmetatable({}, mt), setmetatable({}, mt) return a ${operators[event]} b`,
  ] as const
})

const endless = attacks('limit', [
  ...spinning,
  ['__unm spins', 'return -setmetatable({}, {__unm = function() while true do end end})'],
  ['__bnot spins', 'return ~setmetatable({}, {__bnot = function() while true do end end})'],
  ['__len spins', 'return #setmetatable({}, {__len = function() while true do end end})'],
  ['__call spins', 'setmetatable({}, {__call = function() while true do end end})()'],
  ['__index spins', 'return setmetatable({}, {__index = function() while true do end end}).x'],
  ['__newindex spins', 'setmetatable({}, {__newindex = function() while true do end end}).x = 1'],
  ['__close spins', 'do local c <close> = setmetatable({}, {__close = function() while true do end end}) end'],
  [
    '__close spins after an error',
    'do local c <close> = setmetatable({}, {__close = function() while true do end end}) error("x") end',
  ],
  ['__tostring spins', 'tostring(setmetatable({}, {__tostring = function() while true do end end}))'],
  ['__pairs spins', 'pairs(setmetatable({}, {__pairs = function() while true do end end}))'],
  [
    '__pairs iterates for ever',
    'for _ in pairs(setmetatable({}, {__pairs = function() return function() return 1 end end})) do end',
  ],
  [
    '__pairs with a C iterator',
    'for _ in pairs(setmetatable({}, {__pairs = function(t) return rawlen, {1} end})) do end',
  ],
  ['print calls __tostring', 'print(setmetatable({}, {__tostring = function() while true do end end}))'],
  [
    '__index recursion',
    'local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end',
  ],
  [
    '__index chain',
    `local t = {} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end ${calm} while true do local _ = t.x end`,
  ],
  [
    '__newindex chain',
    `local t = {} for i = 1, 1900 do t = setmetatable({}, {__newindex = t}) end ${calm} while true do t.x = nil end`,
  ],
  [
    '__index chain too long',
    `local t = {} for i = 1, 2500 do t = setmetatable({}, {__index = t}) end ${calm} while true do pcall(function() return t.x end) end`,
  ],
  ['__index cycle', 'local t = {} setmetatable(t, {__index = t}) while true do pcall(function() return t.x end) end'],
  [
    '__index chain for methods',
    `local t = {m = function() end} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end ${calm} while true do t:m() end`,
  ],
  [
    '__index chain through globals',
    `local t = {} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end setmetatable(_G, {__index = t}) ${calm} while true do local _ = missing end`,
  ],
  [
    '__index chain in table.concat',
    `local t = {"a"} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end ${calm} while true do table.concat(t, "", 1, 1) end`,
  ],
  [
    '__index chain in gsub',
    `local t = {} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end local s = ("a"):rep(100000) while true do s:gsub(".", t) end`,
  ],
  ['__index by rawget', 'local t = setmetatable({}, {__index = rawget}) while true do local _ = t.x end'],
  [
    '__index by next',
    'local t = setmetatable({}, {__index = function(t) return next(t) end}) while true do local _ = t.x end',
  ],
  [
    '__call chain',
    `local f = function() end for i = 1, 14 do f = setmetatable({}, {__call = f}) end while true do f() end`,
  ],
  [
    '__call chain too long',
    'local f = function() end for i = 1, 100 do f = setmetatable({}, {__call = f}) end while true do pcall(f) end',
  ],
  ['__call by pcall', 'local f = setmetatable({}, {__call = pcall}) while true do f() end'],
  ['__call of itself', 'local t = {} setmetatable(t, {__call = t}) while true do pcall(t) end'],
  [
    '__eq by rawequal',
    'local mt = {__eq = rawequal} local a, b = setmetatable({}, mt), setmetatable({}, mt) while a ~= b do end',
  ],
  [
    '__lt by rawequal',
    'local mt = {__lt = rawequal} local a, b = setmetatable({}, mt), setmetatable({}, mt) while not (a < b) do end',
  ],
  [
    '__concat by rep',
    'local mt = {__concat = function() return ("x"):rep(1000000) end} local a = setmetatable({}, mt) while true do local _ = a .. a .. a end',
  ],
  [
    '__concat of many',
    'local mt = {__concat = function(a, b) return a end} local a = setmetatable({}, mt) while true do local _ = a .. a .. a .. a .. a .. a .. a .. a end',
  ],
  ['__len in a loop', 'local t = setmetatable({}, {__len = rawlen}) while true do local _ = #t end'],
  [
    '__gc set later',
    'local mt = {} local t = setmetatable({}, mt) mt.__gc = function() while true do end end while true do end',
  ],
  ['metatable of strings', 'getmetatable("").__index = function() while true do end end return ("x").y'],
  [
    'metatable of strings, recursive',
    'getmetatable("").__index = function(s, k) return s[k] end while true do pcall(function() return ("x").y end) end',
  ],
  ['arithmetic of strings replaced', 'getmetatable("").__add = function() while true do end end return "a" + 1'],
  ['metatable of globals', 'setmetatable(_G, {__index = function() while true do end end}) return missing'],
  ['metatable of globals on writes', 'setmetatable(_G, {__newindex = function() while true do end end}) missing = 1'],
  [
    'environment replaced',
    'local _ENV = setmetatable({}, {__index = function() while true do end end}) return missing',
  ],
  [
    'environment of a chunk',
    'load("return missing", "=c", "t", setmetatable({}, {__index = function() while true do end end}))()',
  ],
  ['library tables replaced', 'string.rep = function() while true do end end ("x"):rep(1)'],
  [
    'base functions replaced',
    'local t = type type = function() while true do end end print = type tostring = type type(1)',
  ],
  ['setmetatable in a loop', 'local t, mt = {}, {} while true do setmetatable(t, mt) end'],
  ['protected metatable', 'local t = setmetatable({}, {__metatable = 1}) while true do pcall(setmetatable, t, {}) end'],
  [
    '__name in errors',
    'local t = setmetatable({}, {__name = ("x"):rep(100000)}) while true do pcall(function() return t + 1 end) end',
  ],
])

const ending = attacks('error', [
  [
    'metatable of strings, recursive, uncaught',
    'getmetatable("").__index = function(s, k) return s[k] end return ("x").y',
  ],
  [
    '__index recursion, uncaught',
    'local t t = setmetatable({}, {__index = function(_, k) return t[k .. "x"] end}) return t.x',
  ],
  [
    '__tostring recursion',
    'local t t = setmetatable({}, {__tostring = function() return tostring(t) end}) return tostring(t)',
  ],
  [
    '__eq recursion',
    'local mt = {} mt.__eq = function(a, b) return a == b end return setmetatable({}, mt) == setmetatable({}, mt)',
  ],
  [
    '__concat recursion',
    'local mt = {} mt.__concat = function(a, b) return a .. b end return setmetatable({}, mt) .. "x"',
  ],
  [
    '__call recursion',
    'local t = setmetatable({}, {}) getmetatable(t).__call = function(...) return 1 + t(...) end return t(1, 2, 3)',
  ],
])

export const metamethods: Attack[] = [...endless, ...ending]
