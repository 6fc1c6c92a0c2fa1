-- A text adventure: plays a list of commands and prints what a player would see.
local commands = require("game.commands")
local describe = require("game.describe")
local parser = require("game.parser")
local score = require("game.score")
local State = require("game.state")

local script = {
  "look", "take lamp", "inventory", "go north", "look", "light lamp", "look", "examine chest", "open chest",
  "unlock chest with key", "go south", "go east", "talk to gardener", "take the rusty key", "w", "n",
  "unlock chest with key", "open chest", "take crown", "dance", "take moon", "drop lamp", "go up", "", "score", "quit",
  "look",
}

local state = State.new()
print(describe.room(state))
for _, line in ipairs(script) do
  if state.over then break end
  print("> " .. line)
  local command, problem = parser.parse(line)
  print(command and commands.run(state, command) or problem)
  state.turns = state.turns + 1
end
print(score.summary(state))
return { turns = state.turns, points = score.of(state) }
