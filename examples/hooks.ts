/** Watching a script run: `node --import tsx examples/hooks.ts`. */
import { createRuntime } from '@lua-native/runtime'

const script = `local function square(n)
  return n * n
end
local sum = 0
for i = 1, 3 do
  sum = sum + square(i)
end
return sum`

using lua = createRuntime()

// Calls and returns, with the name that the caller used.
let depth = 0
lua.setHook(
  (event, _line, name, { what }) => {
    if (event === 'return') depth -= 1
    console.log(`${'  '.repeat(depth)}${event} ${what === 'main' ? 'the chunk' : name}`)
    if (event === 'call') depth += 1
  },
  { call: true, return: true },
)
lua.executeScript(script)

// How often each line ran: a coverage report in a few lines.
const hits = new Map<number, number>()
lua.setHook((_event, line) => hits.set(line, (hits.get(line) ?? 0) + 1), { line: true })
console.log('sum', lua.executeScript(script))
for (const [index, text] of script.split('\n').entries()) {
  console.log(`${String(hits.get(index + 1) ?? 0).padStart(2)} | ${text}`)
}

// An error that a hook throws ends the run, whatever the script does.
lua.setHook(
  () => {
    lua.removeHook()
    throw new Error('stopped by the hook')
  },
  { count: 1000 },
)
try {
  lua.executeScript('while true do pcall(error) end')
} catch (error) {
  if (error instanceof Error) console.log(error.message)
}

/* Prints:
call the chunk
  call square
  return square
  call square
  return square
  call square
  return square
return the chunk
sum 14
 0 | local function square(n)
 3 |   return n * n
 1 | end
 1 | local sum = 0
 4 | for i = 1, 3 do
 3 |   sum = sum + square(i)
 0 | end
 1 | return sum
stopped by the hook
*/
