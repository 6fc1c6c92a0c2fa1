/** A text adventure over ten files, from disk and from bundles: `node --import tsx examples/textAdventure.ts`. */
import { fileURLToPath } from 'node:url'
import { type ModuleMethods, moduleActions } from '@lua-native/modules'
import { createRuntime, type Runtime } from '@lua-native/runtime'

const folder = fileURLToPath(new URL('modules/adventure', import.meta.url))
const bytecodeKey = 'a secret of the shipping department'

/** Plays the game in a new runtime, and gives what it prints. */
function play(serve: (lua: Runtime & ModuleMethods) => void): string {
  let printed = ''
  const print = (text: string): void => {
    printed += text
  }
  using lua = createRuntime({ bytecodeKey, print, maxInstructions: 10_000_000 }).extend(moduleActions())
  serve(lua)
  lua.executeScript('require("main")')
  return printed
}

using shop = createRuntime({ bytecodeKey }).extend(moduleActions())
const source = shop.bundleModules('main', [folder])
const bytecode = shop.bundleModules('main', [folder], { format: 'bytecode', strip: true })

const fromDisk = play((lua) => lua.addRoot(folder))
const fromSource = play((lua) => lua.addBundle(source.code))
const fromBytecode = play((lua) => lua.addBundle(bytecode.code))

console.log(source.modules.map(({ name }) => name).join(' '))
console.log('the same from a bundle:', fromSource === fromDisk)
console.log('the same from a bytecode bundle:', fromBytecode === fromDisk)
console.log(fromDisk.split('\n').slice(-6).join('\n'))

// A byte that changes on the way is noticed before Lua sees it.
const damaged = Buffer.from(bytecode.code)
damaged[damaged.length - 100] = (damaged[damaged.length - 100] ?? 0) ^ 1
try {
  play((lua) => lua.addBundle(damaged))
} catch (error) {
  console.log((error as { code?: string }).code)
}

/* Prints:
main game.commands game.describe game.parser game.score game.state world.map world.people world.items world.rooms
the same from a bundle: true
the same from a bytecode bundle: true
> score
40 points in 24 turns: Master thief.
> quit
Goodbye.
40 points in 26 turns: Master thief.

LUA_BYTECODE
*/
