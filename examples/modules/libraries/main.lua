-- Uses three libraries as their users do, and prints what comes of it.
local class = require("class")
local inspect = require("inspect")
local json = require("json")

local Shape = class("Shape")
Shape:abstract("area")
Shape:property("label", { get = function(self) return ("%s of %.1f"):format(self:class().name, self:area()) end })

local Comparable = { __lt = function(a, b) return a:area() < b:area() end }

local Square = Shape:extend("Square"):include(Comparable)
function Square:init(side) self.side = side end
function Square:area() return self.side ^ 2 end

local Circle = Shape:extend("Circle"):include(Comparable)
function Circle:init(radius) self.radius = radius end
function Circle:area() return math.pi * self.radius ^ 2 end
function Circle:__tostring() return "a circle with radius " .. self.radius end

local shapes = { Square(3), Circle(1), Square(1.5) }
table.sort(shapes, function(a, b) return a < b end)
for _, shape in ipairs(shapes) do print(shape.label, tostring(shape), shape:is(Shape), shape:is(Circle)) end
print(select(2, pcall(Shape)))
-- Without its place, which is another for each way to serve this file.
local refusal = select(2, pcall(function() shapes[1].label = "other" end))
print((refusal:gsub("^.-:%d+: ", "")))
print(Square:isSubclassOf(Shape), Square:includes(Comparable), tostring(Square))

local text = [==[
{
  "title": "Lua \u2665 \ud83c\udf19",
  "tags": ["a", "b", []],
  "empty": {},
  "nothing": null,
  "numbers": [0, -12, 3.25, 1e3, 9007199254740993]
}]==]
local document = json.decode(text)
print(document.title, #document.tags, document.nothing == json.null, document.numbers[5])
print(json.encode(document, { sort = true }))
print(json.encode({ list = json.array({}), nested = { deep = { 1, 2 } } }, { sort = true, indent = 2 }))
for _, broken in ipairs({ '{"a": 1,}', "[1, 2", '"\\x"', "01", '{"a"\n1}', "[1] 2", "" }) do
  print(select(2, pcall(json.decode, broken)))
end
local cyclic = {}
cyclic.self = { cyclic }
print(select(2, pcall(json.encode, cyclic)), select(2, pcall(json.encode, { print })))

print(inspect({ 1, "two", { three = true }, ["a key"] = 'with "quotes"', [0.5] = 1e100 }))
print(inspect(cyclic))
print(inspect({ level = { level = { level = {} } } }, { depth = 2 }))
print(inspect(setmetatable({ x = 1 }, { __index = { y = 2 } })))
print(inspect({ name = "secret", password = "1234" }, {
  process = function(value, path)
    if path:match("password$") then return "****" end
    return value
  end,
}))
return { decoded = document.title, shapes = #shapes }
