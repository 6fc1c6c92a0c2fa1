return {
  onMessage = function(message)
    return { text = message.text:upper(), from = message.from }
  end,
}
