// Lua beside the event loop: a busy script, an abort, an awaited request, and tasks.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asyncActions } from '@lua-native/async'
import { createRuntime } from '@lua-native/runtime'

const server = createServer((request, response) => response.end(`you asked for ${request.url}`))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo

const lua = createRuntime({
  globals: { get: async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text() },
}).extend(asyncActions())

let ticks = 0
const timer = setInterval(() => ticks++, 1)
await lua.executeScriptAsync('local n = 0 for i = 1, 3e7 do n = n + i end')
clearInterval(timer)
console.log('the timer went on:', ticks > 5)

const endless = lua.executeScriptAsync('while true do pcall(error) end', { signal: AbortSignal.timeout(20) })
console.log('aborted:', await endless.catch((error) => error.limit))

console.log('awaited:', await lua.executeScriptAsync('return get("/one")'))

const both = await lua.executeScriptAsync(`
  local answers = async.all {
    function() return get("/two") end,
    function() return get("/three") end,
  }
  return answers[1], answers[2]`)
console.log('both at once:', both)

await lua.disposeAsync()
server.closeAllConnections()
server.close()

/* Prints:
the timer went on: true
aborted: abort
awaited: you asked for /one
both at once: [ 'you asked for /two', 'you asked for /three' ]
*/
