import { type Attack, attacks, calm } from './attack.ts'

/** Work for the compiler: long sources, deep nesting, and structures that it walks again and again. */
const endless = attacks('limit', [
  ['reader of spaces', 'load(function() return " " end)'],
  ['reader of long spaces', 'local s = (" "):rep(1000000) load(function() return s end)'],
  ['reader of comments', 'local s = ("--x\\n"):rep(100000) load(function() return s end)'],
  [
    'reader of one long comment',
    'local first, s = true, ("x"):rep(1000000) load(function() if first then first = false return "--[==[" end return s end)',
  ],
  [
    'reader of a line comment',
    'local first, s = true, ("x"):rep(1000000) load(function() if first then first = false return "--" end return s end)',
  ],
  ['reader of semicolons', 'local s = (";"):rep(1000000) load(function() return s end)'],
  ['reader of lines', 'local s = ("\\n"):rep(1000000) load(function() return s end)'],
  ['reader in C', 'load(coroutine.wrap(function() while true do coroutine.yield(" ") end end))'],
  ['reader that is a C function', 'while true do load(collectgarbage) load(math.random) end'],
  ['long source', `local s = ("x=x "):rep(2000000) ${calm} while true do load(s) end`],
  ['long source of comments', `local s = ("--[[x]]"):rep(2000000) ${calm} while true do load(s) end`],
  ['long source of spaces', `local s = (" "):rep(20000000) ${calm} while true do load(s) end`],
  ['long source, wrong at the end', `local s = ("x=x "):rep(1000000) .. "=" ${calm} while true do load(s) end`],
  ['long comment', `local s = "--[[" .. ("x"):rep(20000000) .. "]]" ${calm} while true do load(s) end`],
  ['long string', `local s = "return '" .. ("x"):rep(5000000) .. "'" ${calm} while true do load(s) end`],
  ['long escapes', `local s = "return '" .. ("\\\\z "):rep(2000000) .. "'" ${calm} while true do load(s) end`],
  [
    'long Unicode escape',
    `local s = "return '\\\\u{" .. ("0"):rep(10000000) .. "}'" ${calm} while true do load(s) end`,
  ],
  ['long number', `local s = "return 0." .. ("1"):rep(10000000) ${calm} while true do load(s) end`],
  ['long hexadecimal number', `local s = "return 0x" .. ("f"):rep(10000000) ${calm} while true do load(s) end`],
  ['long name', `local s = ("x"):rep(10000000) .. "=1" ${calm} while true do load(s) end`],
  ['long bracket level', `local s = "--[" .. ("="):rep(10000000) .. "[x" ${calm} while true do load(s) end`],
  [
    'elseif chain',
    `local s = "if x then" .. (" elseif x then"):rep(200000) .. " end" ${calm} while true do load(s) end`,
  ],
  [
    'elseif chains',
    `local s = ("if x then" .. (" elseif x then"):rep(20000) .. " end "):rep(40) ${calm} while true do load(s) end`,
  ],
  ['or chain', `local s = "return x" .. (" or x"):rep(500000) ${calm} while true do load(s) end`],
  ['and-or chain', `local s = "return x" .. (" and x or x"):rep(300000) ${calm} while true do load(s) end`],
  [
    'not chain of conditions',
    `local s = "if x" .. (" and x"):rep(300000) .. " then end" ${calm} while true do load(s) end`,
  ],
  [
    'gotos to one label',
    `local s = ("do " .. ("goto a "):rep(30000) .. "::a:: end "):rep(30) ${calm} while true do load(s) end`,
  ],
  [
    'gotos to one label, in one block',
    `local s = "do " .. ("goto a "):rep(32000) .. "::a:: end" ${calm} while true do load(s) end`,
  ],
  [
    'gotos out of nested blocks',
    `local s = ("do "):rep(150) .. ("goto a "):rep(30000) .. ("end "):rep(150) .. "::a::" ${calm} while true do load(s) end`,
  ],
  [
    'breaks',
    `local s = ("while x do " .. ("if x then break end "):rep(30000) .. "end "):rep(20) ${calm} while true do load(s) end`,
  ],
  [
    'labels',
    `local t = {} for i = 1, 30000 do t[i] = "::l" .. i .. "::" end local s = table.concat(t) ${calm} while true do load(s) end`,
  ],
  [
    'labels and gotos',
    `local t = {} for i = 1, 15000 do t[i] = "goto l" .. i end for i = 1, 15000 do t[15000 + i] = "::l" .. i .. "::" end local s = table.concat(t, " ") ${calm} while true do load(s) end`,
  ],
  [
    'names looked up through nested functions',
    `local names = {} for i = 1, 190 do names[i] = "v" .. i end local open = "local " .. table.concat(names, ",") .. " return function() " local s = open:rep(150) .. ("x=x "):rep(200000) .. ("end "):rep(150) ${calm} while true do load(s) end`,
  ],
  [
    'names looked up in global declarations',
    `local names = {} for i = 1, 30000 do names[i] = "g" .. i end local s = "global x global " .. table.concat(names, ",") .. " " .. ("x=x "):rep(200000) ${calm} while true do load(s) end`,
  ],
  [
    'names looked up in constants',
    `local t = {} for i = 1, 30000 do t[i] = "local c" .. i .. " <const> = 1 " end local s = table.concat(t) .. ("x=x "):rep(200000) ${calm} while true do load(s) end`,
  ],
  [
    'upvalues of a nested function',
    `local names = {} for i = 1, 190 do names[i] = "v" .. i end local list = table.concat(names, ",") local s = "local " .. list .. " return function() " .. ("do local y = {" .. list .. "} end "):rep(2000) .. " end" ${calm} while true do load(s) end`,
  ],
  [
    'functions in functions',
    `local s = ("function f() "):rep(150) .. ("end "):rep(150) s = s:rep(200) ${calm} while true do load(s) end`,
  ],
  ['closures in a row', `local s = ("f(function() return x end) "):rep(100000) ${calm} while true do load(s) end`],
  ['locals in scopes', `local s = ("do local a, b, c, d = 1, 2, 3 end "):rep(8000) ${calm} while true do load(s) end`],
  [
    'constants',
    `local t = {} for i = 1, 100000 do t[i] = i + 0.25 end local s = "return {" .. table.concat(t, ",") .. "}" ${calm} while true do load(s) end`,
  ],
  ['table constructor', `local s = "return {" .. ("1,"):rep(1000000) .. "}" ${calm} while true do load(s) end`],
  ['field chain', `local s = "return x" .. (".x"):rep(1000000) ${calm} while true do load(s) end`],
  ['call chain', `local s = "return x" .. ("()"):rep(1000000) ${calm} while true do load(s) end`],
  ['string call chain', `local s = "return x" .. ("''"):rep(1000000) ${calm} while true do load(s) end`],
  [
    'concatenation in parts',
    `local s = ("x = x .. x .. x .. x .. x .. x .. x .. x "):rep(50000) ${calm} while true do load(s) end`,
  ],
  ['unary operators', `local s = ("x = - - - - - - - - x "):rep(100000) ${calm} while true do load(s) end`],
  ['folded constants', `local s = "x = 1" .. (" + 1"):rep(1000000) ${calm} while true do load(s) end`],
  ['assignment to many', `local s = ("x," ):rep(150) .. "x = 1 " s = s:rep(5000) ${calm} while true do load(s) end`],
  ['returns', `local s = ("do return x end "):rep(200000) ${calm} while true do load(s) end`],
  ['load in load', 'local s = "return load(...)(...)" while true do pcall(load(s), s) end'],
  ['load of errors', 'while true do load("=") load("x") load("\\0") load("goto x") load("break") end'],
  ['load of bytecode, refused', 'while true do load("\\27Lua" .. ("\\0"):rep(1000)) end'],
])

/** `load` gives the memory error back to the script as a result. */
const growing = attacks('any', [
  [
    'reader of brackets',
    'local first = true local s = ("="):rep(100000) load(function() if first then first = false return "--[" end return s end)',
  ],
])

const ending = attacks('error', [
  ['parentheses', 'return load("return " .. ("("):rep(1000000))()'],
  ['parentheses, closed', 'return load("return " .. ("("):rep(1000) .. "1" .. (")"):rep(1000))()'],
  ['tables in tables', 'return load("return " .. ("{"):rep(1000000))()'],
  ['blocks in blocks', 'return load(("do "):rep(1000000))()'],
  ['functions in functions, unfinished', 'return load(("function f() "):rep(1000000))()'],
  ['conditions in conditions', 'return load(("if x then "):rep(1000000))()'],
  ['powers', 'return load("return " .. ("2^"):rep(1000000) .. "2")()'],
  ['concatenations', 'return load("return " .. ("x.."):rep(1000000) .. "x")()'],
  ['minuses', 'return load("return " .. ("- "):rep(1000000) .. "x")()'],
  ['nots', 'return load("return " .. ("not "):rep(1000000) .. "x")()'],
  ['indices in indices', 'return load("return " .. ("x["):rep(1000000))()'],
  ['calls in calls', 'return load("return " .. ("f("):rep(1000000))()'],
  [
    'too many locals',
    'local t = {} for i = 1, 300 do t[i] = "v" .. i end return load("local " .. table.concat(t, ","))()',
  ],
  [
    'too many upvalues',
    'local t = {} for i = 1, 300 do t[i] = "local v" .. i .. " = 1" end return load(table.concat(t, " "))()',
  ],
  ['too many registers', 'return load("return f(" .. ("x,"):rep(300) .. "x)")()'],
  ['too many assignments', 'return load(("x,"):rep(100000) .. "x = 1")()'],
  ['too many gotos', 'return load(("goto a "):rep(40000) .. "::a::")()'],
  ['too many labels', 'local t = {} for i = 1, 40000 do t[i] = "::l" .. i .. "::" end return load(table.concat(t))()'],
  ['a chunk that is not text', 'return load("\\27Lua")()'],
  ['a reader that gives a table', 'return load(function() return {} end)()'],
  ['a reader that fails', 'return load(function() error("x") end)()'],
  ['a reader that fails with a table', 'return load(function() error({}) end)()'],
  ['unfinished', 'return load("return function() ")()'],
])

export const parser: Attack[] = [...endless, ...growing, ...ending]
