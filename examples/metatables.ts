/** Metatables from JavaScript: `node --import tsx examples/metatables.ts`. */
import { createRuntime } from '@lua-native/runtime'

interface Vector {
  readonly x: number
  readonly y: number
}

using lua = createRuntime({ print: (text) => process.stdout.write(text) })

const metatable = lua.createTable()
const vector = (x: number, y: number): object => {
  const made = lua.createTable({ x, y })
  made.setMetatable(metatable)
  return made
}
const metamethods = {
  __name: 'vector',
  __add: (a: Vector, b: Vector) => vector(a.x + b.x, a.y + b.y),
  __eq: (a: Vector, b: Vector) => a.x === b.x && a.y === b.y,
  __len: () => 2,
  __call: (self: Vector, factor: number) => vector(self.x * factor, self.y * factor),
  __index: (self: Vector, key: string) => (key === 'length' ? Math.hypot(self.x, self.y) : undefined),
  __tostring: ({ x, y }: Vector) => `(${x}, ${y})`,
  __close: (self: Vector) => console.log('closed', self.x),
}
for (const [name, metamethod] of Object.entries(metamethods)) metatable.set(name, metamethod)

lua.setGlobal('vector', vector)
lua.executeScript(`
  local a, b = vector(1, 2), vector(2, 2)
  print(a + b, a + b == vector(3, 4), #a)
  print((a + b).length, b(10))
  do local c <close> = vector(7, 7) end`)

// Of a table by its name, from an object of metamethods.
lua.executeScript('defaults = {}')
lua.setMetatable('defaults', { __index: (_table: unknown, key: string) => `default of ${key}` })
console.log(lua.executeScript('return defaults.colour'))

/* Prints:
(3, 4)	true	2
5	(20, 20)
closed 7
default of colour
*/
