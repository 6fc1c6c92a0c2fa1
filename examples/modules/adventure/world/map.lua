-- Which way leads where. A way may need something: a function that says why it is closed.
local function closed(reason)
  return function() return reason end
end

return {
  hall = { north = "cellar", east = "garden", up = closed("The stairs have rotted away.") },
  cellar = { south = "hall" },
  garden = { west = "hall" },
}
