/** A rules engine in Lua, with a database module of the host's: `node --import tsx examples/rulesEngine.ts`. */
import { moduleActions } from '@lua-native/modules'
import { createRuntime } from '@lua-native/runtime'

const customers: Readonly<Record<string, object>> = {
  ada: { name: 'Ada', years: 7, birthday: '01-02', openBills: 0 },
  bob: { name: 'Bob', years: 1, birthday: '11-23', openBills: 1 },
  eve: { name: 'Eve', years: 2, blocked: true },
}
const saved: unknown[] = []
const db = {
  orders: () => [
    { id: 'o1', customer: 'ada', total: 250, country: 'FR' },
    { id: 'o2', customer: 'bob', total: 30, country: 'DE' },
    { id: 'o3', customer: 'eve', total: 900, country: 'DE' },
  ],
  customer: (id: string) => customers[id],
  today: () => ({ day: '11-23' }),
  save: (id: string, total: number, fired: string[]) => void saved.push([id, total, fired]),
}

using lua = createRuntime({ maxInstructions: 10_000_000, maxMemory: 16 * 1024 * 1024 }).extend(moduleActions())
lua.registerModule('db', db)
lua.addRoot(new URL('modules/rules/', import.meta.url), { shown: 'rules' })

console.log(lua.executeScript('local result = require("main") return result.decided, result.rules'))
console.log(saved[0])

// Where things come from, and what an editor is told about the host's module.
const { searcher, file } = lua.resolveModule('engine')
console.log(searcher?.startsWith('root'), file)
console.log(lua.describeModules()['db.lua']?.split('\n').slice(-7).join('\n'))

/* Prints:
o1   Ada        213.75  10% off; 5% off; greeting card
o2   Bob         42.50  greeting card; 12.5 for shipping abroad
o3   Eve          0.00  rejected: the customer is blocked
     total      256.25
rule odd of broken: column 19: expected a value, found '>'
[ 3, 7 ]
[
  'o1',
  213.75,
  [ 'discounts.volume', 'discounts.loyal', 'discounts.birthday' ]
]
true rules/engine/init.lua
---@param total any
---@param fired any
---@return any ...
function module.save(id, total, fired) end

return module

*/
