/** Null that stays in a table, and typed keys: `node --import tsx examples/nulls.ts`. */
import { createRuntime, LuaNull } from '@lua-native/runtime'

using lua = createRuntime()

// nil ends a sequence and takes a key out; LuaNull keeps its place.
lua.setGlobal('null', LuaNull)
console.log(lua.executeScript('return #..., (...)[2] == null', { args: [['a', LuaNull, 'c']] }))
console.log(lua.executeScript('return { name = null }'))

// With the sentinel, null is that value in both directions.
using sentinel = createRuntime({ nulls: 'sentinel' })
console.log(sentinel.executeScript('local row = ... return { copy = row.deleted }', { args: [{ deleted: null }] }))

// Tables as maps keep 1 and "1" apart.
using maps = createRuntime({ tableAs: 'map' })
const map = maps.executeScript<Map<unknown, unknown>>('return { "one", ["1"] = "text", [true] = 1.5 }')
console.log(map.get(1), map.get('1'), map.get(true))

/* Prints:
[ 3, true ]
{ name: LuaNull }
{ copy: null }
one text 1.5
*/
