/** Scripts that would not end, or take all memory: `node --import tsx examples/limits.ts`. */
import { createRuntime, LuaLimitError, LuaMemoryError } from '@lua-native/runtime'

using lua = createRuntime({
  maxMemory: 4 * 1024 * 1024, // bytes that Lua may hold
  maxInstructions: 1_000_000, // of each run; the same script stops at the same place every time
  timeout: 5000, // milliseconds of wall clock of each run
})

function attempt(title: string, source: string): void {
  try {
    console.log(`${title}: ${lua.executeScript(source, { chunkName: '@script.lua' })}`)
  } catch (error) {
    if (error instanceof LuaLimitError) console.log(`${title}: ${error.message} (${error.limit})`)
    else if (error instanceof LuaMemoryError) console.log(`${title}: ${error.message}`)
    else throw error
  }
}

attempt('a loop', 'while true do end')
attempt('a loop that catches errors', 'while true do pcall(error) end')
attempt('a loop in a coroutine', 'coroutine.wrap(function() while true do end end)()')
attempt('a loop in a finalizer', 'setmetatable({}, { __gc = function() while true do end end }) collectgarbage()')
attempt('a loop in C', 'return (("a"):rep(1000)):find(("a*"):rep(20) .. "b")')
attempt('a large string', 'return ("x"):rep(1e9)')
attempt('an honest script', 'local sum = 0 for i = 1, 1000 do sum = sum + i end return sum')

// A call may tighten the limits of its runtime, never loosen them.
try {
  lua.executeScript('for i = 1, 10000 do end', { maxInstructions: 1000 })
} catch (error) {
  if (error instanceof LuaLimitError) console.log(`at most ${error.max} instructions`)
}

// A host function may end the run that called it.
lua.setGlobal('abort', () => lua.cancel())
attempt('cancelled', 'while true do abort() end')

/* Prints:
a loop: script.lua:1: instruction limit exceeded (instructions)
a loop that catches errors: script.lua:1: instruction limit exceeded (instructions)
a loop in a coroutine: script.lua:1: instruction limit exceeded (instructions)
a loop in a finalizer: script.lua:1: instruction limit exceeded (instructions)
a loop in C: script.lua:1: instruction limit exceeded (instructions)
a large string: not enough memory
an honest script: 500500
at most 1000 instructions
cancelled: script.lua:1: execution cancelled (abort)
*/
