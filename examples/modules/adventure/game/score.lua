-- Points for what is carried and for what was found out.
local score = {}

function score.of(state)
  local points = 0
  for _, item in ipairs(state.carried) do points = points + (state.items[item].points or 0) end
  if not state.items.chest.locked then points = points + 10 end
  if state.items.lamp.lit then points = points + 5 end
  return points
end

local ranks = { { 40, "Master thief" }, { 20, "Burglar" }, { 5, "Visitor" }, { 0, "Lost soul" } }

function score.summary(state)
  local points = score.of(state)
  for _, rank in ipairs(ranks) do
    if points >= rank[1] then
      return ("%d points in %d turns: %s."):format(points, state.turns, rank[2])
    end
  end
end

return score
