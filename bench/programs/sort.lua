-- table.sort with its own order and with a Lua comparison function.
local function numbers(n)
  local list, seed = {}, 42.0
  for i = 1, n do
    seed = (seed * 16807.0) % 2147483647.0
    list[i] = seed
  end
  return list
end

return function()
  local up, down = numbers(36000), numbers(24000)
  table.sort(up)
  table.sort(down, function(a, b)
    return a > b
  end)
  return string.format("%.0f %.0f", up[18000], down[12000])
end
