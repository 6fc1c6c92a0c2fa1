/** How values cross: `node --import tsx examples/values.ts`. */
import { createRuntime, LuaConversionError } from '@lua-native/runtime'

using lua = createRuntime()

// A chunk gets `args` as `...`; several results come as an array, one as the value, none as undefined.
console.log(lua.executeScript('local a, b = ... return a + b, a * b', { args: [6, 7] }))
console.log(lua.executeScript('return 42'))
console.log(lua.executeScript('local x = 1'))
console.log(lua.executeScript('return 42', { results: 'all' }))

// Lua tables with the keys 1..n are arrays, all others objects; the empty one is an array.
console.log(lua.executeScript('return { 1, 2, 3 }, { name = "lamp" }, {}'))
console.log(lua.executeScript('return { 1, nil, 3 }'))

// Integers of 64 bits stay exact: outside ±(2^53 - 1) they are BigInts.
console.log(lua.executeScript('return 1 << 53, math.maxinteger, 1e100, -0.0'))

// Strings of Lua are bytes. Binary data goes in as a Uint8Array, and comes out as one if asked for.
using binary = createRuntime({ binaryStrings: true })
console.log(binary.executeScript('return (...):reverse()', { args: [Uint8Array.of(1, 2, 255)] }))

// What has no counterpart is refused, and the error says where it was.
try {
  lua.setGlobal('order', { items: [{ when: Symbol('now') }] })
} catch (error) {
  if (error instanceof LuaConversionError) console.log(error.path)
}

// By default small losses are accepted: here the flags of a RegExp. strictConversion makes errors of them.
console.log(lua.executeScript('return ...', { args: [{ pattern: /lua/i }] }))
using strict = createRuntime({ strictConversion: true })
try {
  strict.executeScript('return ...', { args: [{ pattern: /lua/i }] })
} catch (error) {
  if (error instanceof LuaConversionError) console.log(error.path)
}

/* Prints:
[ 13, 42 ]
42
undefined
[ 42 ]
[ [ 1, 2, 3 ], { name: 'lamp' }, [] ]
{ '1': 1, '3': 3 }
[ 9007199254740992n, 9223372036854775807n, 1e+100, -0 ]
Uint8Array(3) [ 255, 2, 1 ]
value.items[0].when
{ pattern: 'lua' }
args[0].pattern
*/
