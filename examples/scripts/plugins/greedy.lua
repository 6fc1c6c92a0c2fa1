-- Keeps everything it ever saw, many times over.
local kept = {}

return {
  onMessage = function(message)
    for i = 1, 1e9 do
      kept[#kept + 1] = message.text .. i
    end
  end,
}
