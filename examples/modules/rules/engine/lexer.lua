-- Splits the text of a rule into words, numbers, strings and signs.
local lexer = {}

local patterns = {
  { "string", "^'([^']*)'()" },
  { "number", "^(%-?%d+%.?%d*)()" },
  { "path", "^(%a[%w_]*%.[%w_.]*[%w_])()" },
  { "word", "^(%a[%w_]*)()" },
  { "sign", "^([<>=~]=)()" },
  { "sign", "^([<>()])()" },
}

function lexer.tokens(text)
  local list, position = {}, 1
  while true do
    position = text:match("^%s*()", position)
    if position > #text then return list end
    local kind, value, after
    for _, entry in ipairs(patterns) do
      value, after = text:match(entry[2], position)
      if value then
        kind = entry[1]
        break
      end
    end
    if not kind then error(("column %d: cannot read '%s'"):format(position, text:sub(position, position)), 0) end
    list[#list + 1] = { kind = kind, value = kind == "number" and tonumber(value) or value, column = position }
    position = after
  end
end

return lexer
