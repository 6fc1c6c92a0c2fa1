-- JSON (RFC 8259) in plain Lua: encode and decode, with positions in errors.
--
-- json.decode(text)             a value; json.null stands for null
-- json.encode(value, options)   text; options.indent: spaces per level, options.sort: keys in order
-- json.array(table)             marks a table as an array, which matters for empty ones

local json = {}

-- A value of its own, so that null can stand in tables.
json.null = setmetatable({}, {
  __name = "json.null",
  __tostring = function() return "null" end,
  __newindex = function() error("json.null cannot be changed", 2) end,
})

local arrays = setmetatable({}, { __mode = "k" })

function json.array(list)
  arrays[list] = true
  return list
end

-- Decoding ------------------------------------------------------------------------------------------------------

local escapes = {
  ['"'] = '"', ["\\"] = "\\", ["/"] = "/",
  b = "\b", f = "\f", n = "\n", r = "\r", t = "\t",
}

-- Line and column of a place in a text, for messages.
local function place(text, position)
  local line, last = 1, 0
  for at in text:gmatch("()\n") do
    if at >= position then break end
    line, last = line + 1, at
  end
  return line, position - last
end

local function fail(text, position, expected)
  local line, column = place(text, position)
  local found = text:sub(position, position)
  if found == "" then found = "the end" else found = "'" .. found .. "'" end
  error(("line %d, column %d: expected %s, found %s"):format(line, column, expected, found), 0)
end

local function skipBlanks(text, position)
  return text:match("^[ \t\r\n]*()", position)
end

-- A code point of \u escapes; two halves of a pair are put together.
local function readUnicode(text, position)
  local digits = text:match("^%x%x%x%x", position)
  if not digits then fail(text, position, "four hexadecimal digits") end
  local code = tonumber(digits, 16)
  position = position + 4
  if code >= 0xD800 and code <= 0xDBFF then
    local low = text:match("^\\u(%x%x%x%x)", position)
    low = low and tonumber(low, 16)
    if not low or low < 0xDC00 or low > 0xDFFF then
      fail(text, position, "the second half of a pair")
    end
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
    position = position + 6
  end
  return utf8.char(code), position
end

local function readString(text, position)
  local parts = {}
  position = position + 1
  while true do
    local run, stop = text:match('^([^"\\%c]*)()', position)
    parts[#parts + 1] = run
    local char = text:sub(stop, stop)
    if char == '"' then return table.concat(parts), stop + 1 end
    if char ~= "\\" then fail(text, stop, "the end of a string") end
    local letter = text:sub(stop + 1, stop + 1)
    if letter == "u" then
      parts[#parts + 1], position = readUnicode(text, stop + 2)
    elseif escapes[letter] then
      parts[#parts + 1] = escapes[letter]
      position = stop + 2
    else
      fail(text, stop + 1, "an escape")
    end
  end
end

local function readNumber(text, position)
  local stop = text:match("^%-?%d+()", position)
  if not stop then fail(text, position, "a number") end
  local digits = text:match("^%-?(%d+)", position)
  if #digits > 1 and digits:sub(1, 1) == "0" then fail(text, position, "a number without a zero in front") end
  stop = text:match("^%.%d+()", stop) or stop
  stop = text:match("^[eE][+-]?%d+()", stop) or stop
  return tonumber(text:sub(position, stop - 1)), stop
end

local readValue

local function readArray(text, position, depth)
  local list = json.array({})
  position = skipBlanks(text, position + 1)
  if text:sub(position, position) == "]" then return list, position + 1 end
  while true do
    list[#list + 1], position = readValue(text, position, depth)
    position = skipBlanks(text, position)
    local char = text:sub(position, position)
    if char == "]" then return list, position + 1 end
    if char ~= "," then fail(text, position, "',' or ']'") end
    position = position + 1
  end
end

local function readObject(text, position, depth)
  local object = {}
  position = skipBlanks(text, position + 1)
  if text:sub(position, position) == "}" then return object, position + 1 end
  while true do
    position = skipBlanks(text, position)
    if text:sub(position, position) ~= '"' then fail(text, position, "a key") end
    local key
    key, position = readString(text, position)
    position = skipBlanks(text, position)
    if text:sub(position, position) ~= ":" then fail(text, position, "':'") end
    object[key], position = readValue(text, position + 1, depth)
    position = skipBlanks(text, position)
    local char = text:sub(position, position)
    if char == "}" then return object, position + 1 end
    if char ~= "," then fail(text, position, "',' or '}'") end
    position = position + 1
  end
end

local literals = { { "true", true }, { "false", false }, { "null", json.null } }

function readValue(text, position, depth)
  if depth > 100 then fail(text, position, "at most 100 levels") end
  position = skipBlanks(text, position)
  local char = text:sub(position, position)
  if char == "{" then return readObject(text, position, depth + 1) end
  if char == "[" then return readArray(text, position, depth + 1) end
  if char == '"' then return readString(text, position) end
  for _, literal in ipairs(literals) do
    local word, value = literal[1], literal[2]
    if text:sub(position, position + #word - 1) == word then return value, position + #word end
  end
  if char:match("[%d-]") then return readNumber(text, position) end
  fail(text, position, "a value")
end

function json.decode(text)
  if type(text) ~= "string" then
    error("bad argument #1 to 'decode' (string expected, got " .. type(text) .. ")", 2)
  end
  local value, position = readValue(text, 1, 0)
  position = skipBlanks(text, position)
  if position <= #text then fail(text, position, "the end") end
  return value
end

-- Encoding ------------------------------------------------------------------------------------------------------

local controls = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function quote(text)
  return '"' .. text:gsub('[%c"\\\127]', function(char)
    return controls[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

local function isArray(value)
  if arrays[value] then return true end
  local count = 0
  for key in pairs(value) do
    if math.type(key) ~= "integer" or key < 1 then return false end
    count = count + 1
  end
  return count > 0 and count == #value
end

local Writer = {}
Writer.__index = Writer

function Writer:put(...)
  for _, part in ipairs({ ... }) do self[#self + 1] = part end
end

function Writer:newline(level)
  if self.indent > 0 then self:put("\n", (" "):rep(self.indent * level)) end
end

function Writer:number(value)
  if value ~= value or value == math.huge or value == -math.huge then
    error("cannot encode " .. tostring(value), 0)
  end
  if math.type(value) == "integer" then return self:put(("%d"):format(value)) end
  self:put((("%.14g"):format(value)))
end

function Writer:list(value, level)
  if #value == 0 then return self:put("[]") end
  self:put("[")
  for index, item in ipairs(value) do
    if index > 1 then self:put(",") end
    self:newline(level + 1)
    self:value(item, level + 1)
  end
  self:newline(level)
  self:put("]")
end

function Writer:object(value, level)
  local keys = {}
  for key in pairs(value) do
    if type(key) ~= "string" then error("cannot encode a key that is a " .. type(key), 0) end
    keys[#keys + 1] = key
  end
  if #keys == 0 then return self:put("{}") end
  if self.sort then table.sort(keys) end
  self:put("{")
  for index, key in ipairs(keys) do
    if index > 1 then self:put(",") end
    self:newline(level + 1)
    self:put(quote(key), self.indent > 0 and ": " or ":")
    self:value(value[key], level + 1)
  end
  self:newline(level)
  self:put("}")
end

function Writer:value(value, level)
  local kind = type(value)
  if value == json.null then self:put("null")
  elseif kind == "string" then self:put(quote(value))
  elseif kind == "boolean" then self:put(tostring(value))
  elseif kind == "number" then self:number(value)
  elseif kind == "table" then
    if self.open[value] then error("cannot encode a cycle", 0) end
    self.open[value] = true
    if isArray(value) then self:list(value, level) else self:object(value, level) end
    self.open[value] = nil
  else
    error("cannot encode a " .. kind, 0)
  end
end

function json.encode(value, options)
  options = options or {}
  local writer = setmetatable({ indent = options.indent or 0, sort = options.sort or false, open = {} }, Writer)
  writer:value(value, 0)
  return table.concat(writer)
end

return json
