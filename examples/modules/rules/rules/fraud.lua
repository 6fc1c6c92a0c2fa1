-- Before anything else: orders that are not carried out.
return {
  name = "fraud",
  priority = 100,
  { "blocked", "when customer.blocked == true then reject 'the customer is blocked'" },
  { "unpaid", "when customer.openBills > 2 and order.total > 50 then reject 'too many open bills'" },
}
