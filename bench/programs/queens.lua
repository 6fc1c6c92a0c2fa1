-- Ten queens by backtracking: recursion with table lookups.
local function solve(n)
  local columns, rising, falling = {}, {}, {}
  local solutions = 0
  local function place(row)
    if row > n then
      solutions = solutions + 1
      return
    end
    for column = 1, n do
      if not columns[column] and not rising[row + column] and not falling[row - column + n] then
        columns[column], rising[row + column], falling[row - column + n] = true, true, true
        place(row + 1)
        columns[column], rising[row + column], falling[row - column + n] = false, false, false
      end
    end
  end
  place(1)
  return solutions
end

return function()
  return solve(10) + solve(10)
end
