-- Never answers, and catches whatever tries to stop it.
return {
  onMessage = function()
    while true do
      pcall(function() while true do end end)
    end
  end,
}
