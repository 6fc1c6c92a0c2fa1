-- One game in progress: where the player is, what is where. The world's tables are copied, so that games do not share.
local items = require("world.items")
local rooms = require("world.rooms")

local State = {}
State.__index = State

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, item in pairs(value) do result[key] = copy(item) end
  return result
end

function State.new()
  local state = setmetatable({
    place = "hall", items = copy(items), rooms = copy(rooms), carried = {}, said = {}, turns = 0, over = false,
  }, State)
  return state
end

function State:room() return self.rooms[self.place] end

local function remove(list, name)
  for index, item in ipairs(list) do
    if item == name then
      table.remove(list, index)
      return true
    end
  end
  return false
end

function State:put(item, place)
  local list = self.rooms[place].items
  list[#list + 1] = item
end

function State:carries(item)
  for _, carried in ipairs(self.carried) do
    if carried == item then return true end
  end
  return false
end

function State:take(item)
  local chest = self.items.chest
  local taken = remove(self:room().items, item)
    or (self.place == "cellar" and chest.open and remove(chest.contents, item))
  if taken then self.carried[#self.carried + 1] = item end
  return taken
end

function State:drop(item)
  if not remove(self.carried, item) then return false end
  self:put(item, self.place)
  return true
end

function State:isDark()
  if not self:room().dark then return false end
  local lamp = self.items.lamp
  return not (lamp.lit and (self:carries("lamp") or self:sees("lamp")))
end

function State:sees(item)
  for _, here in ipairs(self:room().items) do
    if here == item then return true end
  end
  return false
end

-- Everything within reach: what lies here, what is carried, and what is in an open chest.
function State:reachable()
  local list = { table.unpack(self.carried) }
  if self:isDark() then return list end
  for _, item in ipairs(self:room().items) do
    list[#list + 1] = item
    local thing = self.items[item]
    if thing.open then table.move(thing.contents, 1, #thing.contents, #list + 1, list) end
  end
  return list
end

return State
