-- Escape-time iteration: float arithmetic in locals.
return function()
  local size, limit, inside = 192, 60, 0
  for py = 0, size - 1 do
    local cy = 2.0 * py / size - 1.0
    for px = 0, size - 1 do
      local cx = 2.0 * px / size - 1.5
      local x, y, steps = 0.0, 0.0, 0
      while steps < limit and x * x + y * y <= 4.0 do
        x, y = x * x - y * y + cx, 2.0 * x * y + cy
        steps = steps + 1
      end
      if steps == limit then
        inside = inside + 1
      end
    end
  end
  return inside
end
