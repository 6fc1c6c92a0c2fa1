local seen = 0

return {
  onMessage = function(message)
    seen = seen + 1
    log(("message %d, from %s"):format(seen, message.from))
    return { text = ("%s (%d)"):format(message.text, seen), from = message.from }
  end,
}
