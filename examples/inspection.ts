/** Protected calls, the running stack, and starting afresh: `node --import tsx examples/inspection.ts`. */
import { createRuntime } from '@lua-native/runtime'

using lua = createRuntime({ maxInstructions: 1_000_000, globals: { version: 3 } })

// A call that gives a result instead of throwing. Limits are not caught.
const half = lua.executeScript<(n: unknown) => number>('return function(n) return n / 2 end', { chunkName: '=half' })
for (const value of [8, {}]) {
  const result = lua.pcall(half, value)
  console.log(result.ok ? result.value : String(result.error))
}

// A host function sees who called it, and the caller's variables.
lua.setGlobal('trace', () => {
  for (const { level, name, what, shortSource, currentLine } of lua.getStack()) {
    console.log(level, what, name === '' ? '-' : name, `${shortSource}:${currentLine}`)
  }
  console.log(lua.getLocals(1))
})
lua.executeScript(
  `local function area(width, height)
  local result = width * height
  trace()
  return result
end
local sum = area(2, 3)`,
  { chunkName: '@shapes.lua' },
)

// Values of Lua that JavaScript holds can be let go of before they are collected.
const table = lua.createTable({ big: 'x'.repeat(1000) })
lua.release(table)
console.log(lua.pcall(() => table.get('big')).ok)

// A fresh state under the same options; what came from the old one is refused.
lua.executeScript('version = 4 mine = true')
lua.reset()
console.log(lua.executeScript('return version, mine'))
console.log(lua.pcall(half, 8).ok)

/* Prints:
4
LuaRuntimeError: half:1: attempt to perform arithmetic on a table value (local 'n')
0 C trace [C]:-1
1 Lua area shapes.lua:3
2 main - shapes.lua:6
[
  { name: 'width', value: 2 },
  { name: 'height', value: 3 },
  { name: 'result', value: 6 }
]
false
[ 3, null ]
false
*/
