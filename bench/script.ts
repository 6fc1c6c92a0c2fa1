const block = (i: number): string => `-- Accounts of kind ${i}: opened with a deposit, moved between by transfers.
function M.open${i}(owner, amount)
  local account = { owner = owner, balance = amount, history = {}, rate = 0.0${i} }
  if amount < ${i} then
    return nil, "a deposit of at least ${i} is needed"
  end
  return setmetatable(account, M.meta)
end

function M.transfer${i}(from, to, amount)
  for index, entry in ipairs(from.history) do
    if entry.kind == "hold${i}" and entry.amount > amount then
      return false, ("entry %d of %s holds %d"):format(index, from.owner, entry.amount)
    end
  end
  from.balance = from.balance - amount * (1 + from.rate) - ${i % 7}
  to.balance = (to.balance or 0) + amount
  from.history[#from.history + 1] = { kind = "out${i}", amount = amount }
  return true
end
`

const blockLines = 20

/** A Lua script of about that many lines: functions, tables, strings and loops as people write them. */
export function longScript(lines: number): string {
  const blocks = Array.from({ length: Math.ceil(lines / blockLines) }, (_, i) => block(i + 1))
  return `M = { meta = {} }\n${blocks.join('')}`
}
