/** Three Lua libraries, from memory, reloaded and taken apart: `node --import tsx examples/luaLibraries.ts`. */
import { readFileSync } from 'node:fs'
import { moduleActions } from '@lua-native/modules'
import { createRuntime } from '@lua-native/runtime'

const read = (name: string): string => readFileSync(new URL(`modules/libraries/${name}.lua`, import.meta.url), 'utf8')

using lua = createRuntime({ maxInstructions: 10_000_000 }).extend(moduleActions())
lua.addSources({ json: read('json'), inspect: read('inspect'), class: read('class') })

// Functions of modules are functions in JavaScript.
const encode = lua.executeScript<(value: unknown, options?: object) => string>('return require("json").encode')
console.log(encode({ name: 'lamp', sizes: [1, 2.5] }, { sort: true }))
console.log(
  lua.executeScript('return require("inspect")(..., { width = 30 })', {
    args: [{ a: 1, list: ['x', 'y'], s: 'text' }],
  }),
)
console.log(lua.executeScript('return select(2, pcall(require("json").decode, "[1,\\n 2,]"))'))

// A module can be changed while the program runs; what is held of the old one goes on working.
lua.registerSource('rate', 'return { of = function(n) return n * 0.2 end }')
const old = lua.executeScript<(n: number) => number>('return require("rate").of')
lua.registerSource('rate', 'return { of = function(n) return n * 0.25 end }', { replace: true })
lua.reloadModule('rate')
console.log(old(100), lua.executeScript('return require("rate").of(100)'))

console.log(
  lua
    .listModules()
    .map(({ name, loaded }) => (loaded ? name : `(${name})`))
    .join(' '),
)
try {
  lua.executeScript('require("os.secret")', { chunkName: '@main.lua' })
} catch (error) {
  console.log((error as Error).message)
}

/* Prints:
{"name":"lamp","sizes":[1,2.5]}
{
  a = 1,
  list = { "x", "y" },
  s = "text"
}
line 2, column 4: expected a value, found ']'
20 25
(class) inspect json rate
main.lua:1: module 'os.secret' not found:
	no field package.preload['os.secret']
	no module 'os.secret' registered by the host
	no module 'os.secret' in sources in memory
*/
