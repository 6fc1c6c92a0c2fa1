-- What each verb does. Every function gets the state and the command, and returns what is said.
local describe = require("game.describe")
local map = require("world.map")
local people = require("world.people")
local score = require("game.score")

local commands = {}

-- Finds the thing that a word means among those within reach.
local function find(state, word)
  for _, item in ipairs(state:reachable()) do
    for _, name in ipairs(state.items[item].words) do
      if name == word then return item, state.items[item] end
    end
  end
end

local function missing(command)
  return command.object and ("There is no %s here."):format(command.object) or ("What do you want to %s?"):format(command.verb)
end

function commands.look(state) return describe.room(state) end

function commands.go(state, command)
  local way = command.object and map[state.place][command.object]
  if not way then return "There is no way there." end
  if type(way) == "function" then return way(state) end
  state.place = way
  return describe.room(state)
end

function commands.take(state, command)
  local item, thing = find(state, command.object)
  if not item then return missing(command) end
  if state:carries(item) then return "You have that already." end
  if not thing.portable then return "It is too heavy." end
  state:take(item)
  return "Taken: " .. thing.name .. "."
end

function commands.drop(state, command)
  local item, thing = find(state, command.object)
  if not item or not state:drop(item) then return "You do not carry that." end
  return "You put down " .. thing.name .. "."
end

function commands.examine(state, command)
  local item, thing = find(state, command.object)
  if not item then return missing(command) end
  if thing.open then return thing.text .. " In it: " .. describe.list(state, thing.contents) .. "." end
  return thing.text
end

function commands.open(state, command)
  local item, thing = find(state, command.object)
  if not item then return missing(command) end
  if thing.contents == nil then return "That cannot be opened." end
  if thing.locked then return "It is locked." end
  thing.open = true
  return "It opens. Inside: " .. describe.list(state, thing.contents) .. "."
end

function commands.unlock(state, command)
  local item, thing = find(state, command.object)
  if not item then return missing(command) end
  if not thing.locked then return "It is not locked." end
  local tool = command.tool and find(state, command.tool)
  if tool ~= "key" then return "You have nothing that fits." end
  thing.locked = false
  return "The lock gives way."
end

function commands.light(state, command)
  local item, thing = find(state, command.object)
  if item ~= "lamp" then return missing(command) end
  thing.lit = true
  return "The lamp burns.\n" .. describe.room(state)
end

function commands.talk(state, command)
  for _, name in ipairs(state:room().people or {}) do
    for _, word in ipairs(people[name].words) do
      if word == command.object then
        local lines = people[name].lines
        local said = math.min((state.said[name] or 0) + 1, #lines)
        state.said[name] = said
        if lines[said].effect then lines[said].effect(state) end
        return lines[said].text
      end
    end
  end
  return "Nobody answers."
end

function commands.inventory(state) return "You carry " .. describe.list(state, state.carried) .. "." end
function commands.score(state) return score.summary(state) end

function commands.quit(state)
  state.over = true
  return "Goodbye."
end

function commands.run(state, command) return commands[command.verb](state, command) end

return commands
