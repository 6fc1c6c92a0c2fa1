/** Own rules for what crosses: `node --import tsx examples/converters.ts`. */
import { createRuntime } from '@lua-native/runtime'

class Money {
  readonly amount: number
  readonly currency: string

  constructor(amount: number, currency: string) {
    this.amount = amount
    this.currency = currency
  }
}

using lua = createRuntime()

// To Lua: at every door, nested too.
lua.registerTypeConverter(
  (value) => value instanceof Money,
  ({ amount, currency }: Money) => ({ amount, currency, kind: 'money' }),
)
// And back: what looks like money is money again.
lua.registerFromLuaConverter(
  (value): value is Money => 'kind' in value && value.kind === 'money',
  ({ amount, currency }) => new Money(amount, currency),
)

const order = { items: [{ price: new Money(20, 'EUR') }, { price: new Money(5, 'EUR') }] }
const total = lua.executeScript(
  `local order = ...
  local total = { kind = "money", amount = 0, currency = "EUR" }
  for _, item in ipairs(order.items) do total.amount = total.amount + item.price.amount end
  return total`,
  { args: [order] },
)
console.log(total)

lua.setGlobal('pay', (money: unknown) => money instanceof Money)
console.log(lua.executeScript('return pay({ kind = "money", amount = 1, currency = "EUR" })'))

/* Prints:
Money { amount: 25, currency: 'EUR' }
true
*/
