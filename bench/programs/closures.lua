-- Closures made in a loop, upvalues read and written, functions as values.
local function counter(step)
  local value = 0
  return function()
    value = value + step
    return value
  end
end

local function compose(f, g)
  return function(x)
    return f(g(x))
  end
end

return function()
  local total = 0
  for i = 1, 60000 do
    local next = counter(i % 7)
    next()
    next()
    local twice = compose(function(x)
      return x + 1
    end, next)
    total = total + twice()
  end
  return total
end
