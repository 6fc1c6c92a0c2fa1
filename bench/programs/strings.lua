-- String building: format, concatenation, table.concat, and short-string interning.
return function()
  local total = 0
  for round = 1, 8 do
    local parts = {}
    for i = 1, 6000 do
      parts[#parts + 1] = string.format("%d:%s", i, i % 2 == 0 and "even" or "odd") .. "/" .. round
    end
    local text = table.concat(parts, ",")
    total = total + #text + #text:upper():reverse():sub(1, 1000)
  end
  return total
end
