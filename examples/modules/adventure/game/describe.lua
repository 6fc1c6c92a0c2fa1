-- Words for what the player sees.
local describe = {}

local function sorted(list)
  local names = {}
  for _, name in ipairs(list) do names[#names + 1] = name end
  table.sort(names)
  return names
end

function describe.list(state, list)
  local names = {}
  for _, item in ipairs(sorted(list)) do names[#names + 1] = state.items[item].name end
  if #names < 2 then return names[1] or "nothing" end
  return table.concat(names, ", ", 1, #names - 1) .. " and " .. names[#names]
end

function describe.exits(map)
  local names = {}
  for direction in pairs(map) do names[#names + 1] = direction end
  table.sort(names)
  return table.concat(names, ", ")
end

function describe.room(state)
  local room = state:room()
  if state:isDark() then return "It is dark. You hear water drip." end
  local map = require("world.map")[state.place]
  local lines = { "== " .. room.title .. " ==", room.text }
  if #room.items > 0 then lines[#lines + 1] = "You see " .. describe.list(state, room.items) .. "." end
  lines[#lines + 1] = "Ways: " .. describe.exits(map) .. "."
  return table.concat(lines, "\n")
end

return describe
