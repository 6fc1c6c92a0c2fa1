-- Turns a line into a command: a verb, an object, and what it is done with.
local verbs = {
  look = { "look", "l" },
  go = { "go", "walk" },
  take = { "take", "get", "pick up" },
  drop = { "drop" },
  open = { "open" },
  unlock = { "unlock" },
  light = { "light" },
  examine = { "examine", "x" },
  talk = { "talk to", "talk" },
  inventory = { "inventory", "i" },
  score = { "score" },
  quit = { "quit", "q" },
}
local directions = { n = "north", s = "south", e = "east", w = "west", u = "up", d = "down" }

local byWord = {}
for verb, words in pairs(verbs) do
  for _, word in ipairs(words) do byWord[word] = verb end
end

local parser = {}

local function clean(text)
  text = " " .. text:lower() .. " "
  text = text:gsub(" the ", " "):gsub(" an? ", " ")
  return (text:gsub("%s+", " "):match("^%s*(.-)%s*$"))
end

function parser.parse(line)
  local text = clean(line)
  if text == "" then return nil, "Say something." end
  local direction = directions[text]
  for _, name in pairs(directions) do
    if text == name then direction = name end
  end
  if direction then return { verb = "go", object = direction } end
  -- Verbs of two words come before those of one.
  local verb, rest
  local two, behindTwo = text:match("^(%a+ %a+)%s*(.*)$")
  if two and byWord[two] then verb, rest = byWord[two], behindTwo
  else
    local one, behindOne = text:match("^(%a+)%s*(.*)$")
    verb, rest = one and byWord[one], behindOne
  end
  if not verb then return nil, ("You do not know how to '%s'."):format(text) end
  local object, tool = rest:match("^(.-) with (.+)$")
  return { verb = verb, object = object or (rest ~= "" and rest) or nil, tool = tool }
end

return parser
