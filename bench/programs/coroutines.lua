-- Producers and consumers: create, resume and yield.
local function range(n)
  return coroutine.wrap(function()
    for i = 1, n do
      coroutine.yield(i)
    end
  end)
end

local function even(source)
  return coroutine.wrap(function()
    for i in source do
      if i % 2 == 0 then
        coroutine.yield(i)
      end
    end
  end)
end

return function()
  local total = 0
  for n = 1, 650 do
    for i in even(range(n)) do
      total = total + i
    end
  end
  return total
end
