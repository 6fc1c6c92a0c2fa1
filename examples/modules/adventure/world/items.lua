-- The things: what they are called, what can be done with them, what they are worth.
return {
  lamp = { name = "an oil lamp", words = { "lamp", "light" }, text = "Half full of oil.", portable = true, lit = false },
  chest = {
    name = "a heavy chest",
    words = { "chest", "box" },
    text = "Oak and iron. There is a keyhole.",
    locked = true,
    open = false,
    contents = { "crown" },
  },
  key = { name = "a rusty key", words = { "key", "rusty key" }, text = "It has seen better days.", portable = true, points = 5 },
  crown = { name = "a silver crown", words = { "crown" }, text = "It fits you.", portable = true, points = 20 },
}
