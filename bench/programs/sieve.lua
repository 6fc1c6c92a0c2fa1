-- Sieve of Eratosthenes: array writes at growing strides.
local function countPrimes(limit)
  local composite = {}
  for i = 1, limit do
    composite[i] = false
  end
  local count = 0
  for i = 2, limit do
    if not composite[i] then
      count = count + 1
      for j = i * i, limit, i do
        composite[j] = true
      end
    end
  end
  return count
end

return function()
  -- Stays below 46341, so that i * i fits the 32-bit integers of one of the engines compared.
  local count = 0
  for _ = 1, 16 do
    count = count + countPrimes(46000)
  end
  return count
end
