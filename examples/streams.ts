/** What scripts print, read and load, served by the host: `node --import tsx examples/streams.ts`. */
import { createRuntime } from '@lua-native/runtime'

// All libraries, but no way to the disk.
using lua = createRuntime({ libraries: 'all', filesystem: 'deny' })

let output = ''
lua.setPrintHandler((text) => {
  output += text
})
lua.executeScript('print("one", 2) io.write("three\\n")')
console.log(JSON.stringify(output))

const input = ['Ada', 36]
lua.setReadHandler((format) => {
  console.log('asked for', format)
  return input.shift()
})
console.log(lua.executeScript('local name, age = io.read("l", "n") return name .. " is " .. age'))
console.log(lua.executeScript('return io.read()'))

const files = new Map([
  ['config.lua', 'return { width = 80 }'],
  ['broken.lua', 'return ='],
])
lua.setFileReader((path) => files.get(path))
console.log(lua.executeScript('return dofile("config.lua").width'))
console.log(lua.executeScript('return select(2, loadfile("broken.lua"))'))
console.log(lua.executeScript('return (loadfile("missing.lua"))'))

console.log(lua.executeScript<unknown[]>('return io.open("/etc/passwd")')[0])

/* Prints:
"one\t2\nthree\n"
asked for l
asked for n
Ada is 36
asked for l
null
80
broken.lua:1: unexpected symbol near '='
null
null
*/
