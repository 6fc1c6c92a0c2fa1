/** JavaScript functions in Lua, Lua functions in JavaScript: `node --import tsx examples/hostFunctions.ts`. */
import { createRuntime, multi } from '@lua-native/runtime'

using lua = createRuntime({
  print: (text) => console.log(`> ${text.trimEnd()}`),
  globals: {
    now: () => '12:00',
    // multi() returns several values to Lua; an array would be one table.
    minmax: (...numbers: number[]) => multi(Math.min(...numbers), Math.max(...numbers)),
    // A function of Lua arrives as a function, to call at once or later.
    each: (list: readonly unknown[], visit: (item: unknown, index: number) => void) => {
      for (const [index, item] of list.entries()) visit(item, index + 1)
    },
  },
})

lua.executeScript('print("it is", now())')
console.log(lua.executeScript('local low, high = minmax(3, 1, 2) return high - low'))
lua.executeScript('each({ "a", "b" }, function(item, i) print(i, item) end)')

// A dotted name is a path; missing tables on the way are made.
lua.setGlobal('app.math.double', (n: number) => 2 * n)
console.log(lua.executeScript('return app.math.double(21)'))

// Functions of Lua keep their upvalues, and are the same function each time they come out.
const count = lua.executeScript<() => number>('local n = 0 function count() n = n + 1 return n end return count')
count()
console.log(count(), lua.call('count'), count === lua.getGlobal('count'))

// Calls nest: JavaScript calls Lua, which calls JavaScript, which calls Lua …
lua.setGlobal('evaluate', (source: string) => lua.executeScript(`return ${source}`))
console.log(lua.executeScript('return evaluate("evaluate(\'1 + 1\') + 1")'))

/* Prints:
> it is	12:00
2
> 1	a
> 2	b
42
2 3 true
3
*/
