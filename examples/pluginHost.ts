/** A host for plugins that nobody vouched for: `node --import tsx examples/pluginHost.ts`. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { createRuntime, LuaLimitError, LuaMemoryError, type Runtime } from '@lua-native/runtime'

interface Message {
  readonly from: string
  readonly text: string
}

/** What the script of a plugin returns. */
interface PluginTable {
  readonly onMessage: (message: Message) => Message
}

/** One plugin: a runtime of its own, so that nothing it does reaches the others. */
class Plugin {
  readonly name: string
  readonly #runtime: Runtime
  readonly #onMessage: PluginTable['onMessage']

  constructor(file: URL) {
    this.name = path.basename(file.pathname, '.lua')
    this.#runtime = createRuntime({
      maxMemory: 2 * 1024 * 1024,
      maxInstructions: 2_000_000,
      timeout: 5000,
      globals: { log: (text: string) => console.log(`  [${this.name}] ${text}`) },
    })
    this.#onMessage = this.#runtime.executeFile<PluginTable>(file).onMessage
  }

  /** The limits hold for each call anew. */
  handle(message: Message): Message {
    return this.#onMessage(message)
  }

  close(): void {
    this.#runtime.dispose()
  }
}

const folder = new URL('scripts/plugins/', import.meta.url)
let plugins = readdirSync(folder)
  .sort()
  .map((file) => new Plugin(new URL(file, folder)))
console.log('loaded:', plugins.map((plugin) => plugin.name).join(', '))

function deliver(message: Message): void {
  console.log(`${message.from}: ${message.text}`)
  let current = message
  for (const plugin of plugins) {
    try {
      current = plugin.handle(current)
    } catch (error) {
      if (!(error instanceof LuaLimitError || error instanceof LuaMemoryError)) throw error
      console.log(`  ${plugin.name} is taken out: ${error.name}, ${error.code}`)
      plugin.close()
      plugins = plugins.filter((other) => other !== plugin)
    }
  }
  console.log(`  → ${current.text}`)
}

deliver({ from: 'ada', text: 'good morning' })
deliver({ from: 'alan', text: 'hello' })
for (const plugin of plugins) plugin.close()

/* Prints:
loaded: counter, greedy, shout, stuck
ada: good morning
  [counter] message 1, from ada
  greedy is taken out: LuaMemoryError, LUA_MEMORY
  stuck is taken out: LuaLimitError, LUA_LIMIT
  → GOOD MORNING (1)
alan: hello
  [counter] message 2, from alan
  → HELLO (2)
*/
