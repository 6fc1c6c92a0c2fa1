-- Method calls through a metatable chain.
local Shape = {}
Shape.__index = Shape

function Shape:area()
  return self.width * self.height
end

function Shape:grow(by)
  self.width = self.width + by
  return self
end

local Square = setmetatable({}, { __index = Shape })
Square.__index = Square

function Square:grow(by)
  self.width = (self.width + by) % 100
  self.height = self.width
  return self
end

return function()
  local shape = setmetatable({ width = 1, height = 2 }, Shape)
  local square = setmetatable({ width = 1, height = 1 }, Square)
  local total = 0
  for i = 1, 200000 do
    total = (total + shape:grow(i % 2):area() % 10 + square:grow(i % 3):area()) % 1000000
  end
  return total
end
