-- Allocation and collection of many small tables.
local function bottomUp(depth)
  if depth == 0 then
    return {}
  end
  return { bottomUp(depth - 1), bottomUp(depth - 1) }
end

local function count(tree)
  if tree[1] then
    return 1 + count(tree[1]) + count(tree[2])
  end
  return 1
end

return function()
  local kept, total = bottomUp(12), 0
  for depth = 4, 12, 4 do
    for _ = 1, 1 << (15 - depth) do
      total = total + count(bottomUp(depth))
    end
  end
  return total + count(kept)
end
