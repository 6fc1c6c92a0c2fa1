-- The places, with what is in them when the game starts.
return {
  hall = {
    title = "Entrance hall",
    text = "Dust lies on a marble floor. A cold draught comes from the north; daylight from the east.",
    items = { "lamp" },
  },
  cellar = {
    title = "Cellar",
    text = "Barrels along the walls, and a heavy chest between them.",
    dark = true,
    items = { "chest" },
  },
  garden = {
    title = "Garden",
    text = "Roses grow over everything. A gardener looks at you.",
    items = {},
    people = { "gardener" },
  },
}
