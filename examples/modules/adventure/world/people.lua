-- Whom one can talk to. Each line is said once; the last one again and again.
return {
  gardener = {
    words = { "gardener", "man" },
    lines = {
      {
        text = 'The gardener says: "Looking for this?" and drops a rusty key.',
        effect = function(state) state:put("key", state.place) end,
      },
      { text = 'The gardener says: "Mind the roses."' },
    },
  },
}
