import { type Attack, attacks, calm } from './attack.ts'

const heap = 'local heap = {} for i = 1, 300000 do heap[i] = {} end '

/** The collector as a weapon: repeated work, finalizers, weak tables. */
const collector = attacks('limit', [
  ['collect', 'while true do collectgarbage() end'],
  ['collect a large heap', `${heap} while true do collectgarbage() end`],
  ['collect a long list', 'local list for i = 1, 400000 do list = {list} end while true do collectgarbage() end'],
  ['collect large strings', `local s = ("x"):rep(30000000) while true do collectgarbage() end`],
  ['step', 'while true do collectgarbage("step") end'],
  ['step over a large heap', `${heap} while true do collectgarbage("step", 1 << 40) end`],
  ['step by a negative size', `${heap} while true do collectgarbage("step", -1) end`],
  ['count', 'while true do collectgarbage("count") end'],
  ['mode to and fro', `${heap} while true do collectgarbage("generational") collectgarbage("incremental") end`],
  ['generational steps', `${heap} collectgarbage("generational") while true do collectgarbage("step") end`],
  [
    'generational with small parameters',
    `${heap} collectgarbage("generational") collectgarbage("param", "minormul", 0) collectgarbage("param", "majorminor", 0) collectgarbage("param", "minormajor", 0) while true do local t = {} end`,
  ],
  [
    'pause of none',
    `${heap} collectgarbage("incremental") collectgarbage("param", "pause", 0) while true do local t = {} end`,
  ],
  [
    'step multiplier without end',
    `${heap} collectgarbage("incremental") collectgarbage("param", "pause", 0) collectgarbage("param", "stepmul", 1000000) collectgarbage("param", "stepsize", 0) while true do local t = {} end`,
  ],
  [
    'steps of one byte',
    `${heap} collectgarbage("param", "stepsize", 1) collectgarbage("param", "pause", 1) while true do local s = "a" .. tostring(#heap) end`,
  ],
  ['stop and restart', 'while true do collectgarbage("stop") local t = {} collectgarbage("restart") end'],
  ['parameters', 'while true do collectgarbage("param", "pause", 100) collectgarbage("param", "stepsize") end'],
  ['finalizer spins', 'setmetatable({}, {__gc = function() while true do end end}) collectgarbage() while true do end'],
  [
    'finalizers spin',
    'for i = 1, 100 do setmetatable({}, {__gc = function() while true do end end}) end collectgarbage() collectgarbage() while true do end',
  ],
  [
    'finalizer re-registers',
    'local mt = {} function mt.__gc(o) setmetatable(o, mt) end setmetatable({}, mt) while true do collectgarbage() end',
  ],
  [
    'finalizer makes another',
    'local mt = {} function mt.__gc() setmetatable({}, mt) end setmetatable({}, mt) while true do collectgarbage() end',
  ],
  [
    'finalizer makes two others',
    'local mt, n = {}, 0 function mt.__gc() n = n + 1 if n < 100000 then setmetatable({}, mt) setmetatable({}, mt) end end setmetatable({}, mt) while true do collectgarbage() end',
  ],
  [
    'finalizer recurses',
    'local function f() return 1 + f() end while true do setmetatable({}, {__gc = f}) collectgarbage() end',
  ],
  ['finalizer yields', 'while true do setmetatable({}, {__gc = coroutine.yield}) collectgarbage() end'],
  [
    'finalizer starts a coroutine',
    'setmetatable({}, {__gc = function() coroutine.wrap(function() while true do end end)() end}) collectgarbage() while true do end',
  ],
  [
    'finalizer calls the host',
    'setmetatable({}, {__gc = function() call(function() while true do end end) end}) collectgarbage() while true do end',
  ],
  [
    'many finalizers at once',
    'local mt = {__gc = function() end} while true do for i = 1, 100000 do setmetatable({}, mt) end collectgarbage() end',
  ],
  [
    'many finalizers of a C function',
    'local mt = {__gc = type} while true do for i = 1, 50000 do setmetatable({}, mt) end collectgarbage() end',
  ],
  [
    'finalizer waits for the close',
    'x = setmetatable({}, {__gc = function() while true do end end}) while true do end',
  ],
  [
    'finalizers wait for the close',
    'x = {} for i = 1, 10000 do x[i] = setmetatable({}, {__gc = function() while true do end end}) end while true do end',
  ],
  [
    'finalizer at the close catches',
    'x = setmetatable({}, {__gc = function() while true do pcall(function() while true do end end) end end}) while true do end',
  ],
  [
    'finalizer at the close searches',
    'x = setmetatable({}, {__gc = function() return (("a"):rep(40)):find(("a*"):rep(20) .. "b") end}) while true do end',
  ],
  [
    'finalizer at the close allocates',
    'x = setmetatable({}, {__gc = function() local t = {} while true do t[#t + 1] = {} end end}) while true do end',
  ],
  [
    'finalizer at the close calls the host',
    'x = setmetatable({}, {__gc = function() call(function() while true do end end) end}) while true do end',
  ],
  [
    'finalizer at the close runs scripts',
    'x = setmetatable({}, {__gc = function() while true do attempt(function() evaluate("while true do end") end) end end}) while true do end',
  ],
  [
    'late finalizers for old objects',
    `local mt, old = {__gc = function() end}, {} for i = 1, 20000 do old[i] = {} end local young = {} for i = 1, 200000 do young[i] = {} end ${calm} for i = 1, 20000 do setmetatable(old[i], mt) end while true do end`,
  ],
  [
    'ephemeron chain',
    `local t, k = setmetatable({}, {__mode = "k"}), {} local first = k for i = 1, 100000 do local n = {} t[k] = n k = n end ${calm} while true do collectgarbage() end`,
  ],
  [
    'ephemeron tables in a chain',
    `local first = {} local k, all = first, {} for i = 1, 30000 do local n = {} all[(i * 7919) % 30011] = setmetatable({[k] = n}, {__mode = "k"}) k = n end while true do collectgarbage() end`,
  ],
  [
    'ephemerons while allocating',
    'local t, k = setmetatable({}, {__mode = "k"}), {} local first = k for i = 1, 60000 do local n = {} t[k] = n k = n end while true do local x = {} end',
  ],
  [
    'weak values',
    'local t = setmetatable({}, {__mode = "v"}) for i = 1, 200000 do t[i] = {} end local keep = table.move(t, 1, 200000, 1, {}) while true do collectgarbage() end',
  ],
  [
    'weak keys and values',
    'local t = setmetatable({}, {__mode = "kv"}) for i = 1, 100000 do t[{}] = {} end while true do for i = 1, 100 do t[{}] = {} end collectgarbage() end',
  ],
  [
    'weak created tables',
    'local t = setmetatable(table.create(1000000, 500000), {__mode = "kv"}) while true do collectgarbage() end',
  ],
  [
    'mode changed by a finalizer',
    'local mt = {__mode = "k"} local t = setmetatable({}, mt) mt.__gc = function() mt.__mode = "v" end while true do setmetatable({}, mt) t[{}] = {} collectgarbage() end',
  ],
  [
    'long stack collected',
    `local function f(n) if n > 0 then return 1 + f(n - 1) end while true do collectgarbage() end end f(150000)`,
  ],
  [
    'long stacks collected',
    `local function f(n) if n > 0 then return 1 + f(n - 1) end coroutine.yield() end local cs = {} for i = 1, 5 do cs[i] = coroutine.wrap(f) cs[i](60000) end while true do collectgarbage() end`,
  ],
  [
    'long stack while allocating',
    `local function f(n) if n > 0 then return 1 + f(n - 1) end collectgarbage("param", "pause", 0) while true do local t = {} end end f(150000)`,
  ],
  [
    'large upvalue web',
    'local f for i = 1, 200000 do local g = f f = function() return g end end while true do collectgarbage() end',
  ],
])

/** What finalizers leave behind once the run has ended on its own. */
const leftBehind = attacks('any', [
  ['finalizer left for the close', 'x = setmetatable({}, {__gc = function() while true do end end})'],
  [
    'finalizers left for the close',
    'x = {} for i = 1, 50000 do x[i] = setmetatable({}, {__gc = function() while true do end end}) end',
  ],
  [
    'finalizer chain left for the close',
    'local mt = {} function mt.__gc() x = setmetatable({}, mt) end x = setmetatable({}, mt)',
  ],
  ['finalizer left that catches', 'x = setmetatable({}, {__gc = function() while true do pcall(error) end end})'],
  [
    'finalizer left that allocates',
    'x = setmetatable({}, {__gc = function() local t = {} while true do t[#t + 1] = {} end end})',
  ],
  [
    'finalizer left that calls the host',
    'x = setmetatable({}, {__gc = function() call(function() while true do end end) end})',
  ],
  ['finalizer left that fails', 'x = setmetatable({}, {__gc = function() fail("late") end})'],
  [
    'finalizer left that starts coroutines',
    'x = setmetatable({}, {__gc = function() while true do coroutine.wrap(function() end)() end end})',
  ],
  [
    'suspended coroutine left',
    'x = coroutine.create(function() local c <close> = setmetatable({}, {__close = function() while true do end end}) coroutine.yield() end) coroutine.resume(x)',
  ],
  [
    'finalizer in the next run',
    'x = setmetatable({}, {__gc = function() while true do end end}) collectgarbage("stop") x = nil',
  ],
  ['warnings', 'warn("@on") for i = 1, 100 do warn("x", "y") end warn("@off")'],
])

/** Garbage with finalizers comes faster than they run; an emergency collection calls none. */
const outpacing = attacks('memory', [
  ['finalizer of a C function', 'local mt = {__gc = collectgarbage} while true do setmetatable({}, mt) end'],
  ['finalizer fails', 'local mt = {__gc = error} while true do setmetatable({}, mt) end'],
  [
    'finalizer allocates',
    'local mt = {__gc = function() local t = {} for i = 1, 1000 do t[i] = {} end end} while true do setmetatable({}, mt) end',
  ],
])

export const gc: Attack[] = [...collector, ...leftBehind, ...outpacing]
