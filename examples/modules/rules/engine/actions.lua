-- What rules can do to a decision.
local actions = {}

local known = {}

function known.discount(decision, percent)
  decision.total = decision.total * (100 - percent) / 100
  decision.notes[#decision.notes + 1] = ("%g%% off"):format(percent)
end

function known.charge(decision, amount, reason)
  decision.total = decision.total + amount
  decision.notes[#decision.notes + 1] = ("%g for %s"):format(amount, reason)
end

function known.reject(decision, reason)
  decision.total = 0
  decision.stopped = true
  decision.notes[#decision.notes + 1] = "rejected: " .. reason
end

function known.note(decision, text) decision.notes[#decision.notes + 1] = text end

local parameters = { discount = { "number" }, charge = { "number", "string" }, reject = { "string" }, note = { "string" } }

function actions.compile(action)
  local act = known[action.name]
  if not act then error("there is no action '" .. action.name .. "'", 0) end
  local expected = parameters[action.name]
  for index, kind in ipairs(expected) do
    if type(action[index]) ~= kind then
      error(("argument %d of %s: expected a %s"):format(index, action.name, kind), 0)
    end
  end
  local arguments = { table.unpack(action, 1, #expected) }
  return function(decision) act(decision, table.unpack(arguments)) end
end

return actions
