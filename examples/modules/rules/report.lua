-- A table of decisions, one line each.
local report = {}

function report.text(decisions)
  local lines, sum = {}, 0
  for _, decision in ipairs(decisions) do
    sum = sum + decision.total
    lines[#lines + 1] = ("%-4s %-8s %8.2f  %s"):format(
      decision.id, decision.facts.customer.name, decision.total, table.concat(decision.notes, "; "))
  end
  lines[#lines + 1] = ("%-4s %-8s %8.2f"):format("", "total", sum)
  return table.concat(lines, "\n")
end

return report
