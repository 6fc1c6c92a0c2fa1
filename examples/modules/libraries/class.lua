-- Classes in plain Lua: single inheritance, mixins, properties, operators, checks of abstract methods.
--
--   local Animal = class("Animal")
--   function Animal:init(name) self.name = name end
--   local Dog = Animal:extend("Dog")
--   local rex = Dog("Rex")
--   rex:is(Animal)        --> true
--
-- A class has the fields name, super and static; whatever functions it gets become methods of its instances. Methods
-- are found in the class of an instance first, then in the classes that it extends.

local operators = {
  "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv", "__concat", "__len", "__eq", "__lt", "__le",
  "__call", "__tostring", "__close", "__pairs",
}
local isOperator = {}
for _, name in ipairs(operators) do isOperator[name] = true end

local Object = {}
local classMeta = {}

-- What belongs to each class: kept apart from its methods.
local details = setmetatable({}, { __mode = "k" })

local function detailsOf(class, level)
  local found = details[class]
  if not found then error("expected a class", (level or 1) + 1) end
  return found
end

-- Finds a member in a class or those that it extends.
local function find(class, name)
  while class do
    local own = details[class]
    local value = own.members[name]
    if value ~= nil then return value end
    class = own.super
  end
end

local function findProperty(class, kind, name)
  while class do
    local own = details[class]
    local property = own.properties[name]
    if property and property[kind] then return property[kind] end
    class = own.super
  end
end

-- The metatable of the instances of a class. Operators are looked up when the class is made and when they are set:
-- Lua looks for them in the metatable itself.
local function makeInstanceMeta(class)
  -- Instances know their class through their metatable.
  local meta = { __name = details[class].name, __class = class }

  function meta.__index(instance, name)
    local value = find(class, name)
    if value ~= nil then return value end
    local get = findProperty(class, "get", name)
    if get then return get(instance) end
  end

  function meta.__newindex(instance, name, value)
    local set = findProperty(class, "set", name)
    if set then return set(instance, value) end
    if findProperty(class, "get", name) then
      error(("property '%s' of %s can only be read"):format(name, details[class].name), 2)
    end
    rawset(instance, name, value)
  end

  for _, name in ipairs(operators) do meta[name] = find(class, name) end
  return meta
end

local function subclassesOf(class, visit)
  for child in pairs(details[class].children) do
    visit(child)
    subclassesOf(child, visit)
  end
end

local function setMember(class, name, value)
  local own = details[class]
  own.members[name] = value
  if isOperator[name] then
    own.instanceMeta[name] = value
    subclassesOf(class, function(child)
      if details[child].members[name] == nil then details[child].instanceMeta[name] = value end
    end)
  end
end

local function makeClass(name, super)
  if type(name) ~= "string" or name == "" then error("expected a name for the class", 3) end
  local class = {}
  details[class] = {
    name = name,
    super = super,
    members = {},
    properties = {},
    abstract = {},
    mixins = {},
    children = setmetatable({}, { __mode = "k" }),
  }
  if super then details[super].children[class] = true end
  details[class].instanceMeta = makeInstanceMeta(class)
  return setmetatable(class, classMeta)
end

-- Names that are abstract in a class or above it, and that nothing below implements.
local function missingMethods(class)
  local missing, seen = {}, {}
  local current = class
  while current do
    local own = details[current]
    for name in pairs(own.members) do seen[name] = true end
    for name in pairs(own.abstract) do
      if not seen[name] then missing[#missing + 1] = name end
    end
    current = own.super
  end
  table.sort(missing)
  return missing
end

-- What every class can do. ---------------------------------------------------------------------------------------

function Object.extend(class, name)
  detailsOf(class, 2)
  return makeClass(name, class)
end

-- Copies functions of tables into the class; a function `included` is called with the class.
function Object.include(class, ...)
  local own = detailsOf(class, 2)
  for index, mixin in ipairs({ ... }) do
    if type(mixin) ~= "table" then
      error(("bad argument #%d to 'include' (table expected, got %s)"):format(index, type(mixin)), 2)
    end
    own.mixins[mixin] = true
    for name, value in pairs(mixin) do
      if name ~= "included" then setMember(class, name, value) end
    end
    if mixin.included then mixin.included(class) end
  end
  return class
end

-- Declares a property: functions that are called when it is read or written.
function Object.property(class, name, accessors)
  detailsOf(class, 2).properties[name] = accessors
  return class
end

-- Declares methods that classes below have to have before there can be instances.
function Object.abstract(class, ...)
  local own = detailsOf(class, 2)
  for _, name in ipairs({ ... }) do own.abstract[name] = true end
  return class
end

function Object.new(class, ...)
  local own = detailsOf(class, 2)
  local missing = missingMethods(class)
  if #missing > 0 then
    error(("class %s lacks: %s"):format(own.name, table.concat(missing, ", ")), 2)
  end
  local instance = setmetatable({}, own.instanceMeta)
  local init = find(class, "init")
  if init then init(instance, ...) end
  return instance
end

function Object.isSubclassOf(class, other)
  local current = detailsOf(class, 2).super
  while current do
    if current == other then return true end
    current = details[current].super
  end
  return false
end

function Object.includes(class, mixin)
  local current = class
  while current do
    if details[current].mixins[mixin] then return true end
    current = details[current].super
  end
  return false
end

function classMeta.__index(class, name)
  local own = details[class]
  if name == "name" or name == "super" then return own[name] end
  local value = find(class, name)
  if value ~= nil then return value end
  return Object[name]
end

function classMeta.__newindex(class, name, value)
  if Object[name] or name == "name" or name == "super" then
    error(("'%s' is a name that every class has"):format(name), 2)
  end
  setMember(class, name, value)
end

function classMeta.__call(class, ...) return Object.new(class, ...) end
function classMeta.__tostring(class) return "class " .. details[class].name end

-- The class that all others extend. ------------------------------------------------------------------------------

local Base = makeClass("Base")

function Base:class() return getmetatable(self).__class end

function Base:is(class)
  detailsOf(class, 2)
  local current = self:class()
  while current do
    if current == class then return true end
    current = details[current].super
  end
  return false
end

function Base:__tostring() return "a " .. self:class().name end

return setmetatable({ Base = Base }, {
  __call = function(_, name) return Base:extend(name) end,
})
