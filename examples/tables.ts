/** Lua tables by reference: `node --import tsx examples/tables.ts`. */
import { createRuntime, tableOf } from '@lua-native/runtime'

using lua = createRuntime()

// Nothing is copied until it is read, and both languages see every change.
using inventory = lua.createTable({ apples: 3, pears: 5 })
lua.setGlobal('inventory', inventory)
lua.executeScript('inventory.apples = inventory.apples - 1')
console.log(inventory.get('apples'), inventory.has('plums'))

// Keys keep their type.
using mixed = lua.createTable()
mixed.set(1, 'the number')
mixed.set('1', 'the string')
mixed.set(true, 'the boolean')
console.log(mixed.get(1), '|', mixed.get('1'), '|', mixed.get(true))

// Into tables inside, and through them.
lua.executeScript('config = { window = { width = 80 }, tags = { "a", "b" } }')
using config = lua.getGlobalRef('config')
config?.getRef('tags')?.push('c', 'd')
console.log(config?.get('tags'))

// A proxy, for those who like it.
const view = config?.proxy<{ window: { width: number; title?: string } }>()
if (view) {
  view.window.width += 40
  delete view.window.title
}
console.log(config?.get('window'), JSON.stringify(view?.window.width))

// Iteration fetches some entries at a time; raw access sees no metamethod.
using squares = lua.createTable(Array.from({ length: 1000 }, (_, i) => (i + 1) ** 2))
for (const [index, square] of squares) {
  if (index === 4) break
  console.log(index, square)
}
squares.setMetatable({ __index: () => 'none' })
console.log(squares.get(5000), squares.raw.get(5000), squares.length())

// A table with a metatable leaves Lua as a live proxy.
const account = lua.executeScript<{ balance: number; owner: string }>(`
  local base = { owner = "nobody" }
  account = setmetatable({ balance = 10 }, { __index = base })
  return account`)
account.balance += 5
console.log(account.owner, lua.executeScript('return account.balance'), tableOf(account)?.keys())

/* Prints:
2 false
the number | the string | the boolean
[ 'a', 'b', 'c', 'd' ]
{ width: 120 } 120
1 1
2 4
3 9
none null 1000
nobody 15 [ 'balance' ]
*/
