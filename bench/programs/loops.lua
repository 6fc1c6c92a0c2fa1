-- Nested numeric loops: arithmetic and comparisons without calls or allocation.
return function()
  local hits, sum = 0, 0
  for i = 1, 2000 do
    for j = 1, 1000 do
      sum = (sum + i * j) % 65521
      if sum < 4096 then
        hits = hits + 1
      end
    end
  end
  return hits
end
