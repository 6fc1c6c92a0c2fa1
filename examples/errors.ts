/** Errors, and how they pass the boundary: `node --import tsx examples/errors.ts`. */
import { createRuntime, ErrorCode, LuaError, LuaRuntimeError, LuaSyntaxError } from '@lua-native/runtime'

class OutOfStock extends Error {
  override readonly name = 'OutOfStock'
}

using lua = createRuntime({
  globals: {
    take: (item: string) => {
      throw new OutOfStock(`no ${item} left`)
    },
  },
})

function caught(source: string): unknown {
  try {
    return lua.executeScript(source, { chunkName: '@shop.lua' })
  } catch (error) {
    return error
  }
}

// Every error that stems from Lua has a code, and chunk and line where they are known.
const failed = caught('local shop\n\nreturn shop.name')
if (failed instanceof LuaError) {
  console.log(failed.name, failed.code === ErrorCode.runtime, failed.chunk, failed.line)
  console.log(failed.message)
}

// A prompt asks whether more input would complete the chunk.
for (const source of ['for i = 1, 3 do', 'for i == 1']) {
  const error = caught(source)
  if (error instanceof LuaSyntaxError) console.log(error.message, error.incomplete)
}

// A script may raise any value.
const raised = caught('error({ status = 404 })')
if (raised instanceof LuaRuntimeError) console.log(raised.value)

// An error of the host's is a table for Lua, and comes out as the object that was thrown.
console.log(caught('local ok, e = pcall(take, "lamp") return e.name, e.message, tostring(e)'))
const passed = caught('local ok, e = pcall(take, "lamp") error(e)')
console.log(passed instanceof OutOfStock)

// Its stack shows the frames of Lua that it passed through.
const thrown = caught('local function sell() take("lamp") end\n\nsell()')
if (thrown instanceof Error) {
  const frames = thrown.stack?.split('\n').filter((line) => line.includes('[Lua]')) ?? []
  for (const frame of frames) console.log(frame.trim())
}

/* Prints:
LuaRuntimeError true shop.lua 3
shop.lua:3: attempt to index a nil value (local 'shop')
shop.lua:1: 'end' expected near <eof> true
shop.lua:1: '=' or 'in' expected near '==' false
{ status: 404 }
[ 'OutOfStock', 'no lamp left', 'no lamp left' ]
true
at [C] in function 'take' [Lua]
at shop.lua:1 in local 'sell' [Lua]
at shop.lua:3 in main chunk [Lua]
*/
