/** Globals of their own for scripts: `node --import tsx examples/environments.ts`. */
import { createRuntime, LuaError } from '@lua-native/runtime'

using lua = createRuntime({
  globals: { version: '1.0', secret: 'do not tell', greet: (name: string) => `hello ${name}` },
  maxInstructions: 1_000_000,
})

// Two plugins in one state, each with its own globals.
const first = lua.createEnvironment()
const second = lua.createEnvironment({ whitelist: ['greet', 'version', 'string'] })
lua.executeScriptIn(first, 'count = 1 function plugin() count = count + 1 return count end')
lua.executeScriptIn(second, 'function plugin() return greet("plugin " .. version:sub(1, 1)) end')
for (const plugin of [first, second]) console.log(plugin.get<() => unknown>('plugin')(), plugin.keys().sort())
console.log(lua.executeScriptIn(first, 'return secret'), lua.getGlobal('count'))

// What one does to the libraries, the other never sees.
for (const attack of [
  'string.upper = function() return "evil" end',
  'rawset(string, "upper", function() return "evil" end)',
  'getmetatable("").__index = {}',
  'string = { upper = function() return "evil" end }',
  'load("string.upper = nil")()',
]) {
  try {
    lua.executeScriptIn(first, attack, { chunkName: '=attack' })
  } catch (error) {
    if (error instanceof LuaError) console.log(error.message)
  }
}
console.log(lua.executeScriptIn(second, 'return string.upper("untouched")'))

/* Prints:
2 [ 'count', 'plugin' ]
hello plugin 1 [ 'greet', 'plugin', 'version' ]
null null
attack:1: attempt to modify 'upper' of the read-only library string
attack:1: attempt to modify a read-only library
attack:1: attempt to modify '__index' of the read-only metatable
attack:1: attempt to modify the read-only global 'string'
[string "string.upper = nil"]:1: attempt to modify 'upper' of the read-only library string
UNTOUCHED
*/
