-- Turns parsed conditions into functions of the facts.
local conditions = {}

local compare = {
  ["=="] = function(a, b) return a == b end,
  ["~="] = function(a, b) return a ~= b end,
  ["<"] = function(a, b) return a < b end,
  [">"] = function(a, b) return a > b end,
  ["<="] = function(a, b) return a <= b end,
  [">="] = function(a, b) return a >= b end,
}

local compile

local function fact(node)
  return function(facts)
    local value = facts
    for _, name in ipairs(node.path) do
      if type(value) ~= "table" then return nil end
      value = value[name]
    end
    return value
  end
end

local compilers = {
  fact = fact,
  value = function(node) return function() return node.value end end,
  ["not"] = function(node)
    local inner = compile(node[1])
    return function(facts) return not inner(facts) end
  end,
  ["and"] = function(node)
    local left, right = compile(node[1]), compile(node[2])
    return function(facts) return left(facts) and right(facts) end
  end,
  ["or"] = function(node)
    local left, right = compile(node[1]), compile(node[2])
    return function(facts) return left(facts) or right(facts) end
  end,
}

-- Values of different types compare as false instead of raising: facts may be missing.
function compile(node)
  local special = compilers[node.op]
  if special then return special(node) end
  local test, left, right = compare[node.op], compile(node[1]), compile(node[2])
  local ordered = node.op ~= "==" and node.op ~= "~="
  return function(facts)
    local a, b = left(facts), right(facts)
    if ordered and (type(a) ~= type(b) or a == nil) then return false end
    return test(a, b)
  end
end

conditions.compile = compile
return conditions
