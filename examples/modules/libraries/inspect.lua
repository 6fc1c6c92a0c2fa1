-- Shows any Lua value as text that people can read: keys in order, cycles marked, metatables told.
--
-- inspect(value, options)
--   options.depth      levels of tables that are shown; deeper ones are {...}
--   options.width      tables that fit into so many characters are written on one line; default 60
--   options.indent     text per level; default two spaces
--   options.metatables whether metatables are shown; default true
--   options.process    function(value, path) that gives what is shown in the place of a value

local inspect = {}

local keywords = {}
for word in ([[and break do else elseif end false for function global goto if in local nil not or repeat return then
  true until while]]):gmatch("%a+") do
  keywords[word] = true
end

local function isIdentifier(key)
  return type(key) == "string" and key:match("^[%a_][%w_]*$") ~= nil and not keywords[key]
end

-- Order of keys: by type, and within one by value. Types without an order of their own go by when they were met.
local typeOrder = { number = 1, boolean = 2, string = 3, table = 4, ["function"] = 5, userdata = 6, thread = 7 }

local function makeComparison(ids)
  return function(a, b)
    local kindA, kindB = type(a), type(b)
    if kindA ~= kindB then return typeOrder[kindA] < typeOrder[kindB] end
    if kindA == "number" or kindA == "string" then return a < b end
    if kindA == "boolean" then return not a and b end
    return ids:of(a) < ids:of(b)
  end
end

-- Numbers for values that have no text of their own: <table 1>, <function 2>.
local Ids = {}
Ids.__index = Ids

function Ids.new()
  return setmetatable({ known = {}, counts = {} }, Ids)
end

function Ids:of(value)
  local id = self.known[value]
  if not id then
    local kind = type(value)
    id = (self.counts[kind] or 0) + 1
    self.counts[kind], self.known[value] = id, id
  end
  return id
end

local escapes = { ["\a"] = "\\a", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ["\v"] = "\\v" }

local function quote(text)
  -- The quotation mark that needs fewer escapes.
  local mark = '"'
  if text:find('"', 1, true) and not text:find("'", 1, true) then mark = "'" end
  local escaped = text:gsub("[%c\127\\" .. mark .. "]", function(char)
    if char == "\\" or char == mark then return "\\" .. char end
    return escapes[char] or ("\\%03d"):format(char:byte())
  end)
  return mark .. escaped .. mark
end

local function showNumber(value)
  if value == math.huge then return "math.huge" end
  if value == -math.huge then return "-math.huge" end
  if value ~= value then return "0/0" end
  if math.type(value) == "integer" then return ("%d"):format(value) end
  local short = ("%.14g"):format(value)
  if tonumber(short) ~= value then short = ("%.17g"):format(value) end
  if not short:find("[%.eE]") then short = short .. ".0" end
  return short
end

-- How often each table occurs: those that occur once need no number.
local function countTables(value, counts)
  if type(value) ~= "table" then return end
  counts[value] = (counts[value] or 0) + 1
  if counts[value] > 1 then return end
  for key, item in next, value do
    countTables(key, counts)
    countTables(item, counts)
  end
  countTables(getmetatable(value), counts)
end

local Printer = {}
Printer.__index = Printer

function Printer:scalar(value)
  local kind = type(value)
  if kind == "string" then return quote(value) end
  if kind == "number" then return showNumber(value) end
  if kind == "nil" or kind == "boolean" then return tostring(value) end
  return ("<%s %d>"):format(kind, self.ids:of(value))
end

function Printer:key(key, path)
  if isIdentifier(key) then return key end
  return "[" .. self:value(key, path, 1) .. "]"
end

-- The keys behind the sequence part, in order.
function Printer:keysOf(value, length)
  local keys = {}
  for key in next, value do
    local inSequence = math.type(key) == "integer" and key >= 1 and key <= length
    if not inSequence then keys[#keys + 1] = key end
  end
  table.sort(keys, self.compare)
  return keys
end

function Printer:entries(value, path, level)
  local entries = {}
  local length = 0
  while rawget(value, length + 1) ~= nil do length = length + 1 end
  for index = 1, length do
    entries[#entries + 1] = self:value(rawget(value, index), path .. "[" .. index .. "]", level)
  end
  for _, key in ipairs(self:keysOf(value, length)) do
    local name = self:key(key, path)
    local inner = isIdentifier(key) and path .. "." .. key or path .. name
    entries[#entries + 1] = name .. " = " .. self:value(rawget(value, key), inner, level)
  end
  local meta = self.metatables and getmetatable(value)
  if type(meta) == "table" then
    entries[#entries + 1] = "<metatable> = " .. self:value(meta, path .. ".<metatable>", level)
  end
  return entries
end

function Printer:layout(entries, level)
  if #entries == 0 then return "{}" end
  local line = "{ " .. table.concat(entries, ", ") .. " }"
  if #line <= self.width and not line:find("\n", 1, true) then return line end
  local inner = "\n" .. self.indent:rep(level)
  return "{" .. inner .. table.concat(entries, "," .. inner) .. "\n" .. self.indent:rep(level - 1) .. "}"
end

function Printer:table(value, path, level)
  local mark = ""
  if self.counts[value] and self.counts[value] > 1 then
    local known = self.shown[value]
    mark = "<" .. self.ids:of(value) .. ">"
    if known then return ("<table %d>"):format(self.ids:of(value)) end
    self.shown[value] = true
  end
  if level > self.depth then return mark .. "{...}" end
  return mark .. self:layout(self:entries(value, path, level + 1), level)
end

function Printer:value(value, path, level)
  if self.process then value = self.process(value, path) end
  if type(value) == "table" then return self:table(value, path, level) end
  return self:scalar(value)
end

function inspect.inspect(value, options)
  options = options or {}
  local ids = Ids.new()
  local printer = setmetatable({
    ids = ids,
    compare = makeComparison(ids),
    counts = {},
    shown = {},
    depth = options.depth or math.huge,
    width = options.width or 60,
    indent = options.indent or "  ",
    metatables = options.metatables ~= false,
    process = options.process,
  }, Printer)
  countTables(value, printer.counts)
  return printer:value(value, "value", 1)
end

return setmetatable(inspect, { __call = function(_, ...) return inspect.inspect(...) end })
