-- Reads a rule: "when <condition> then <action> <arguments>". Conditions have and, or, not, comparisons, brackets.
local lexer = require("engine.lexer")

local Parser = {}
Parser.__index = Parser

function Parser:peek() return self.tokens[self.at] end

function Parser:fail(expected)
  local token = self:peek()
  if not token then error("expected " .. expected .. " at the end", 0) end
  error(("column %d: expected %s, found '%s'"):format(token.column, expected, token.value), 0)
end

function Parser:next(expected)
  local token = self:peek()
  if not token then self:fail(expected) end
  self.at = self.at + 1
  return token
end

function Parser:take(kind, value)
  local token = self:peek()
  if not token or token.kind ~= kind or (value and token.value ~= value) then return nil end
  self.at = self.at + 1
  return token
end

function Parser:expect(kind, value)
  return self:take(kind, value) or self:fail(value and "'" .. value .. "'" or "a " .. kind)
end

function Parser:operand()
  local token = self:next("a value")
  if token.kind == "path" then
    local parts = {}
    for part in token.value:gmatch("[^.]+") do parts[#parts + 1] = part end
    return { op = "fact", path = parts }
  end
  if token.kind == "number" or token.kind == "string" then return { op = "value", value = token.value } end
  if token.value == "true" or token.value == "false" then return { op = "value", value = token.value == "true" } end
  self.at = self.at - 1
  self:fail("a value")
end

function Parser:comparison()
  if self:take("sign", "(") then
    local inner = self:disjunction()
    self:expect("sign", ")")
    return inner
  end
  if self:take("word", "not") then return { op = "not", self:comparison() } end
  local left = self:operand()
  local sign = self:take("sign")
  if not sign then return left end
  return { op = sign.value, left, self:operand() }
end

function Parser:conjunction()
  local left = self:comparison()
  while self:take("word", "and") do left = { op = "and", left, self:comparison() } end
  return left
end

function Parser:disjunction()
  local left = self:conjunction()
  while self:take("word", "or") do left = { op = "or", left, self:conjunction() } end
  return left
end

function Parser:rule()
  self:expect("word", "when")
  local condition = self:disjunction()
  self:expect("word", "then")
  local action = { name = self:expect("word").value }
  while self:peek() do action[#action + 1] = self:next("an argument").value end
  return { condition = condition, action = action }
end

local parser = {}

function parser.parse(text)
  return setmetatable({ tokens = lexer.tokens(text), at = 1 }, Parser):rule()
end

return parser
