/** Coroutines of Lua as objects and iterables: `node --import tsx examples/coroutines.ts`. */
import { createRuntime, LuaError } from '@lua-native/runtime'

using lua = createRuntime({ maxInstructions: 100_000 })

// Values go in with resume and come out with yield.
const average = lua.createCoroutine(`return function()
  local sum, count = 0, 0
  while true do
    local value = coroutine.yield(count > 0 and sum / count or nil)
    sum, count = sum + value, count + 1
  end
end`)
average.resume()
console.log(average.resume(10).values, average.resume(20), average.status)
average.close()
console.log(average.status)

// A generator: leaving the loop closes it, and its to-be-closed variables with it.
const squares = lua.createCoroutine(
  `local log = ...
  return function()
    local guard <close> = setmetatable({}, { __close = function() log("closed") end })
    for i = 1, math.huge do coroutine.yield(i * i) end
  end`,
  { args: [console.log] },
)
for (const square of squares) {
  if (Number(square) > 20) break
  console.log(square)
}

// Handed to Lua it is a thread like any other.
lua.setGlobal('pages', lua.createCoroutine('return function() coroutine.yield("one") return "two" end'))
console.log(lua.executeScript('local _, a = coroutine.resume(pages) local _, b = coroutine.resume(pages) return a, b'))

// An error comes with the traceback of the coroutine. Each resume is a run of its own for the limits.
const failing = lua.createCoroutine('return function()\n  coroutine.yield()\n  local t = nil\n  return t.x\nend', {
  chunkName: '@failing.lua',
})
failing.resume()
try {
  failing.resume()
} catch (error) {
  if (error instanceof LuaError) console.log(error.message, error.line, failing.status)
}

// `for await` drives promises: `:await()` waits, and raises rejections for pcall to catch.
lua.setGlobal('load', async (name: string) => {
  if (name === 'missing') throw new Error(`no page ${name}`)
  return [name, name.length]
})
const loader = lua.createCoroutine(`return function()
  for _, name in ipairs { "index", "missing", "about" } do
    local ok, page = pcall(function() return load(name):await() end)
    coroutine.yield(ok and page or tostring(page))
  end
end`)
for await (const page of loader) console.log(page)

/* Prints:
[ 10 ] { status: 'suspended', values: [ 15 ] } suspended
dead
1
4
9
16
closed
[ 'one', 'two' ]
failing.lua:4: attempt to index a nil value (local 't') 4 dead
[ 'index', 5 ]
no page missing
[ 'about', 5 ]
*/
