/** Compiled once, loaded many times: `node --import tsx examples/bytecode.ts`. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createRuntime, LuaBytecodeError } from '@lua-native/runtime'

const source = 'local factor = ... return function(n) return n * factor end'

function refusal(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof LuaBytecodeError) return error.reason
    throw error
  }
  return 'not refused'
}

// Lua does not verify bytecode: what it loads, it trusts. With a key, nothing loads that was not made under it.
const bytecodeKey = 'from your configuration, not from the source'
using lua = createRuntime({ bytecodeKey })

const folder = mkdtempSync(path.join(tmpdir(), 'lua-bytecode-'))
try {
  const file = path.join(folder, 'scale.luac')
  writeFileSync(file, lua.compile(source, { chunkName: '@scale.lua' }))

  // `load` runs the chunk: this one returns a function.
  const bytes = readFileSync(file)
  using other = createRuntime({ bytecodeKey })
  const triple = other.load<(n: number) => number>(bytes, { args: [3] })
  console.log(triple(14))

  const altered = Buffer.from(bytes)
  altered.writeUInt8(altered.readUInt8(80) ^ 1, 80)
  console.log(
    'altered:',
    refusal(() => lua.load(altered)),
  )
  console.log(
    'cut short:',
    refusal(() => lua.load(bytes.subarray(0, -1))),
  )
  console.log(
    'text:',
    refusal(() => lua.load(Buffer.from(source))),
  )

  // Without a key there is a digest, which finds accidents; anyone can make one.
  using open = createRuntime()
  console.log(
    'unsigned:',
    refusal(() => lua.load(open.compile(source))),
  )
  console.log(
    'signed:',
    refusal(() => open.load(bytes)),
  )

  // Plain dumps load only when the caller vouches for them.
  const raw = open.compile('return 1', { raw: true })
  console.log(
    'raw:',
    refusal(() => open.load(raw)),
  )
  console.log('raw, trusted:', open.load(raw, { trusted: true }))
} finally {
  rmSync(folder, { recursive: true })
}

/* Prints:
42
altered: altered
cut short: truncated
text: foreign
unsigned: unsigned
signed: signed
raw: raw
raw, trusted: 1
*/
