return {
  name = "discounts",
  priority = 10,
  { "volume", "when order.total >= 200 then discount 10" },
  { "loyal", "when customer.years > 5 and not (order.total < 20) then discount 5" },
  { "birthday", "when customer.birthday == today.day or customer.name == 'Ada' then note 'greeting card'" },
}
