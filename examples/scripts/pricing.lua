-- The rules of a shop, kept out of the program that sells. `taxRate` and `stockOf` come from the host.

pricing = {}

function pricing.subtotal(items)
  local sum = 0
  for _, item in ipairs(items) do
    sum = sum + item.price * item.quantity
  end
  return sum
end

function pricing.discount(customer, amount)
  if customer.orders >= 10 then return amount * 0.1, "regular customer" end
  if amount >= 200 then return amount * 0.05, "large order" end
  return 0
end

function pricing.missing(items)
  local names = {}
  for _, item in ipairs(items) do
    if stockOf(item.name) < item.quantity then names[#names + 1] = item.name end
  end
  return names
end

function pricing.quote(order)
  local subtotal = pricing.subtotal(order.items)
  local discount, reason = pricing.discount(order.customer, subtotal)
  local tax = (subtotal - discount) * taxRate
  return {
    subtotal = subtotal,
    discount = discount,
    reason = reason,
    total = subtotal - discount + tax,
    missing = pricing.missing(order.items),
  }
end
