import { attacks, calm } from './attack.ts'

const many = '{(("x"):rep(900000)):byte(1, -1)}'

/** Table functions with honest and lying tables, and the work that tables do inside one instruction. */
export const tables = attacks('limit', [
  ['move of nothing', 'table.move({}, 1, math.maxinteger - 1, 2)'],
  ['move backwards', 'table.move({}, 2, math.maxinteger - 1, 1)'],
  ['move to another table', 'table.move({}, 1, math.maxinteger - 1, 1, {})'],
  [
    'move from C metamethods',
    'table.move(setmetatable({}, {__index = rawlen}), 1, math.maxinteger - 1, 1, setmetatable({}, {__newindex = rawlen}))',
  ],
  ['move in a caught loop', 'while true do pcall(table.move, {}, 1, 1e8, 2) end'],
  [
    'insert with a lying length',
    'table.insert(setmetatable({}, {__len = function() return math.maxinteger - 2 end}), 1, 0)',
  ],
  ['insert at the front', `local t = ${many} while true do table.insert(t, 1, 0) table.remove(t, 1) end`],
  [
    'remove with a lying length',
    'table.remove(setmetatable({}, {__len = function() return math.maxinteger - 2 end}), 1)',
  ],
  [
    'concat of nothing',
    'return table.concat(setmetatable({}, {__index = function() return "" end}), "", 1, math.maxinteger - 1)',
  ],
  [
    'concat with itself as metamethod',
    'return table.concat(setmetatable({}, {__index = table.concat}), "", 1, math.maxinteger)',
  ],
  [
    'concat from the second item on',
    'return table.concat(setmetatable({}, {__index = table.concat}), "", 2, math.maxinteger)',
  ],
  ['concat of empty strings', 'local t = {} for i = 1, 100000 do t[i] = "" end while true do table.concat(t) end'],
  [
    'concat with a lying length',
    'return table.concat(setmetatable({}, {__len = function() return math.maxinteger end, __index = function() return "" end}))',
  ],
  ['unpack of holes', `${calm} while true do table.unpack({}, 1, 900000) end`],
  [
    'unpack with a lying length',
    'local t = setmetatable({}, {__len = function() return 900000 end, __index = rawlen}) while true do table.unpack(t) end',
  ],
  ['unpack too much', 'while true do pcall(table.unpack, {}, 1, 1e7) pcall(table.unpack, {}, 1, 1e15) end'],
  [
    'unpack at the top of the integers',
    'while true do table.unpack({}, math.maxinteger - 100000, math.maxinteger) end',
  ],
  ['pack and unpack', `local t = ${many} while true do table.pack(table.unpack(t)) end`],
  [
    'sort',
    'local t = {} for i = 1, 100000 do t[i] = (i * 7919) % 100003 end while true do table.sort(t) for i = 1, 100 do t[i] = -i end end',
  ],
  [
    'sort with a lying order',
    'local t = {} for i = 1, 100000 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end',
  ],
  [
    'sort with a C order',
    'local t = {} for i = 1, 100000 do t[i] = i end while true do pcall(table.sort, t, rawequal) end',
  ],
  [
    'sort with __lt',
    'local mt = {__lt = function() while true do end end} table.sort({setmetatable({}, mt), setmetatable({}, mt)})',
  ],
  [
    'sort with a lying length',
    'return table.sort(setmetatable({}, {__len = function() return (1 << 31) - 2 end}), rawequal)',
  ],
  [
    'sort with a lying length and C metamethods',
    'return table.sort(setmetatable({}, {__len = function() return (1 << 31) - 2 end, __index = rawlen, __newindex = rawlen}))',
  ],
  ['sort comparator spins', 'table.sort({1, 2, 3}, function() while true do end end)'],
  ['next over a created table', `local t = table.create(3000000) ${calm} while true do next(t) end`],
  ['next over a created hash', `local t = table.create(0, 1000000) ${calm} while true do next(t) end`],
  [
    'next over a cleared table',
    `local t = ${many} for i = 1, 899999 do t[i] = nil end ${calm} while true do next(t) end`,
  ],
  ['pairs over a created table', `local t = table.create(3000000) ${calm} while true do for _ in pairs(t) do end end`],
  [
    'drain by next',
    'local t = table.create(0, 500000) for i = 1, 100000 do t[i * 2 + 0.5] = true end while true do local k = next(t) if k then t[k] = nil else t[1.5] = true end end',
  ],
  ['next with a foreign key', 'while true do pcall(next, {}, "x") end'],
  ['create', 'while true do table.create(1000000) end'],
  ['create of hash', 'while true do table.create(0, 500000) end'],
  [
    'rehash beside a long array',
    `local t = ${many} table.move(t, 1, 900000, 900001) local i = 0 ${calm} while true do i = i + 1 t[i + 0.5] = true t[i - 6 + 0.5] = nil end`,
  ],
  [
    'rehash of a large hash',
    'local t = {} for i = 1, 200000 do t[i + 0.5] = true end local i = 200000 while true do i = i + 1 t[i + 0.5] = true t[i - 200000 + 0.5] = nil end',
  ],
  [
    'colliding integer keys',
    `local t = table.create(0, 131072) ${calm} for i = 1, 131000 do t[i * 131071] = true end while true do local _ = t[0] end`,
  ],
  [
    'lookups in one long chain',
    `local t = table.create(0, 32768) for i = 1, 15000 do t[i * 32767] = true end ${calm} while true do local _ = t[0] end`,
  ],
  [
    'lookups of missing floats',
    `local t = table.create(0, 32768) for i = 1, 15000 do t[i * 32767] = true end ${calm} while true do rawget(t, 32767 * 20000) end`,
  ],
  ['length of a sparse table', 'local t = {} for i = 0, 50 do t[1 << i] = true end while true do local _ = #t end'],
  [
    'length with a metamethod',
    'local t = setmetatable({}, {__len = function(t) return #t end}) while true do pcall(function() return #t end) end',
  ],
  [
    'varargs counted',
    `local function f(...) while true do select("#", ...) end end ${calm} f(table.unpack(${many}, 1, 400000))`,
  ],
  [
    'varargs selected',
    `local function f(...) while true do select(-1, ...) end end ${calm} f(table.unpack(${many}, 1, 400000))`,
  ],
  [
    'varargs passed on',
    `local function g() end local function f(...) while true do g(...) end end ${calm} f(table.unpack(${many}, 1, 400000))`,
  ],
  ['varargs in tail calls', `local function f(...) return f(...) end ${calm} f(table.unpack(${many}, 1, 400000))`],
  [
    'varargs returned',
    `local function id(...) return ... end local function f(...) while true do id(...) end end ${calm} f(table.unpack(${many}, 1, 250000))`,
  ],
  [
    'varargs through pcall',
    `local function f(...) while true do pcall(type, ...) end end ${calm} f(table.unpack(${many}, 1, 300000))`,
  ],
  [
    'varargs into a table',
    'local function f(...) while true do local t = {...} end end f(table.unpack({}, 1, 100000))',
  ],
  [
    'varargs that were named',
    'local function g(...all) return all.n end local function f(...) while true do g(...) end end f(table.unpack({}, 1, 100000))',
  ],
  [
    'varargs as fixed parameters',
    `local function g(a, b, c) end local function f(...) while true do g(...) end end ${calm} f(table.unpack(${many}, 1, 400000))`,
  ],
  [
    'varargs of asserts',
    `local function f(...) while true do assert(...) end end ${calm} f(table.unpack(${many}, 1, 400000))`,
  ],
  [
    'values through many frames',
    'local function r(n, ...) if n == 0 then return ... end return (r(n - 1, ...)) end while true do r(100, table.unpack({}, 1, 4000)) end',
  ],
  [
    'values returned through many frames',
    'local function r(n, ...) if n == 0 then return table.unpack({}, 1, 100000) end local function back(...) return ... end return back(r(n - 1)) end while true do pcall(r, 100) end',
  ],
  ['constructor from a long call', `local t = ${many} while true do local u = {table.unpack(t)} end`],
  ['rawset in a loop', 'local t = {} local i = 0 while true do i = i + 1 rawset(t, i % 1000, i) end'],
  ['rawlen of a long table', `local t = ${many} while true do rawlen(t) end`],
  ['ipairs over a long table', `local t = ${many} while true do for _ in ipairs(t) do end end`],
])
