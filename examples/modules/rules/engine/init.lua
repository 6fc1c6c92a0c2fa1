-- The engine: rules in order of their priority, each with a condition and an action on the decision.
local actions = require("engine.actions")
local conditions = require("engine.conditions")
local parser = require("engine.parser")

local Engine = {}
Engine.__index = Engine

function Engine.new()
  return setmetatable({ rules = {} }, Engine)
end

-- Adds a set of rules: { name = …, priority = …, { rule name, rule text }, … }.
function Engine:add(set)
  for index, entry in ipairs(set) do
    local ok, rule = pcall(parser.parse, entry[2])
    if not ok then error(("rule %s of %s: %s"):format(entry[1], set.name, rule), 0) end
    self.rules[#self.rules + 1] = {
      name = set.name .. "." .. entry[1],
      priority = set.priority or 0,
      order = index,
      test = conditions.compile(rule.condition),
      act = actions.compile(rule.action),
    }
  end
  -- Stable: rules of one priority keep their order, whatever table.sort does.
  for index, rule in ipairs(self.rules) do rule.position = index end
  table.sort(self.rules, function(a, b)
    if a.priority ~= b.priority then return a.priority > b.priority end
    return a.position < b.position
  end)
end

function Engine:count() return #self.rules end

function Engine:decide(facts)
  local decision = { id = facts.order.id, total = facts.order.total, fired = {}, notes = {}, facts = facts }
  for _, rule in ipairs(self.rules) do
    if decision.stopped then break end
    if rule.test(facts) then
      rule.act(decision)
      decision.fired[#decision.fired + 1] = rule.name
    end
  end
  return decision
end

return Engine
