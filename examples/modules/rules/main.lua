-- Decides about the orders that the host's database has: applies rules, stores decisions, prints a report.
local db = require("db")
local Engine = require("engine")
local report = require("report")

local engine = Engine.new()
engine:add(require("rules.fraud"))
engine:add(require("rules.discounts"))
engine:add(require("rules.shipping"))

local decisions = {}
for _, order in ipairs(db.orders()) do
  local facts = { order = order, customer = db.customer(order.customer), today = db.today() }
  local decision = engine:decide(facts)
  db.save(order.id, decision.total, decision.fired)
  decisions[#decisions + 1] = decision
end
print(report.text(decisions))

-- A rule that cannot be read is told with its place.
local broken = Engine.new()
print(select(2, pcall(broken.add, broken, { name = "broken", { "odd", "when order.total >> 5 then discount 10" } })))
return { decided = #decisions, rules = engine:count() }
