-- Pattern matching: gmatch, gsub and counting in a table keyed by strings.
return function()
  local text = ("The quick brown fox jumps over the lazy dog; then it rests for 42 days.\n"):rep(4500)
  local counts, distinct = {}, 0
  for word in text:gmatch("%a+") do
    local key = word:lower()
    if not counts[key] then
      distinct = distinct + 1
    end
    counts[key] = (counts[key] or 0) + 1
  end
  local replaced, times = text:gsub("(%a+) (%d+)", "%2 %1")
  return string.format("%d %d %d %d", counts.the, distinct, times, #replaced)
end
