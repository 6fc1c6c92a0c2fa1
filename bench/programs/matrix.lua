-- Matrix multiplication: tables of tables.
local function filled(n, f)
  local rows = {}
  for i = 1, n do
    local row = {}
    for j = 1, n do
      row[j] = f(i, j)
    end
    rows[i] = row
  end
  return rows
end

return function()
  local n = 120
  local a = filled(n, function(i, j)
    return (i + j) % 10
  end)
  local b = filled(n, function(i, j)
    return (i * j) % 7 - 2
  end)
  local trace = 0
  for i = 1, n do
    local row = a[i]
    for j = 1, n do
      local sum = 0
      for k = 1, n do
        sum = sum + row[k] * b[k][j]
      end
      if i == j then
        trace = trace + sum
      end
    end
  end
  return trace
end
