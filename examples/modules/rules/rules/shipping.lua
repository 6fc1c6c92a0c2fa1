return {
  name = "shipping",
  { "abroad", "when order.country ~= 'FR' then charge 12.5 'shipping abroad'" },
  { "home", "when order.country == 'FR' and order.total < 50 then charge 4 'shipping'" },
}
