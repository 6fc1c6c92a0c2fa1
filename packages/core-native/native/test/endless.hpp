// Scripts that only a limit ends.
#pragma once

inline constexpr const char* kEndless[] = {
    "while true do end",
    "repeat until false",
    "::again:: goto again",
    "for i = 1, math.huge do end",
    "for i = 1, 2, 0.0000000000000001 do end",
    "for _ in function() return 1 end do end",
    "local function f() return f() end f()",
    "while true do pcall(function() while true do end end) end",
    "while true do pcall(error, 'x') end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "local function f() return pcall(f) end while true do f() end",
    "while true do coroutine.wrap(function() while true do end end)() end",
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
    "while true do coroutine.resume(coroutine.create(function() error('x') end)) end",
    "while true do coroutine.close(coroutine.create(function() end)) end",
    "local s = string.rep('a', 40) while true do string.find(s, string.rep('a?', 40) .. string.rep('a', 40) "
    ".. 'b') end",
    "local s = string.rep('a', 5000) while true do string.find(s, '.-.-.-.-b') end",
    "local s = string.rep('a', 5000) while true do string.gsub(s, 'b', '%0') end",
    "local s = string.rep('a', 1e5) while true do string.find(s, 'aab', 1, true) end",
    "while true do string.rep('', 1e9) end",
    "local t = setmetatable({}, {__newindex = function() end}) table.move(t, 1, math.maxinteger - 1, 2)",
    "table.concat(setmetatable({}, {__len = function() return 1e15 // 1 | 0 end, __index = function() return "
    "'' end}))",
    "local t = setmetatable({}, {__len = function() return 1 << 60 end, __newindex = function() end}) "
    "table.insert(t, 1, 1)",
    "table.sort({3, 1, 2}, function() while true do end end)",
    "local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b) return a > b "
    "end) end",
    "load(function() return ' ' end)",
    "while true do load('local a = 1') end",
    "setmetatable({}, {__index = function() while true do end end}).x = nil; return setmetatable({}, "
    "{__index = "
    "function() while true do end end}).x",
    "return tostring(setmetatable({}, {__tostring = function() while true do end end}))",
    "return setmetatable({}, {__concat = function() while true do end end}) .. 'x'",
    "return setmetatable({}, {__eq = function() while true do end end}) == setmetatable({}, {})",
    "do local x <close> = setmetatable({}, {__close = function() while true do end end}) end",
    "setmetatable({}, {__gc = function() while true do end end}) while true do collectgarbage() end",
    "while true do collectgarbage('step') end",
    "while true do utf8.len(string.rep('x', 1000)) end",
    "while true do string.format('%99d', 1) end",
    "while true do tonumber('zz', 36) end",
    "local t = {} for i = 1, 10000 do t[i] = i end while true do for k in pairs(t) do t[k] = nil t[k] = k "
    "end end",
};
