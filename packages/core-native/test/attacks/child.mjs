// Runs attacks in a process of its own: one at a time, each in a new runtime, as told by its parent over IPC.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRuntime, LuaError, LuaLimitError, LuaMemoryError } from '../../../runtime/dist/index.js'

/** The process's resident bytes: now, or at most since {@link resetPeak}. Linux counts the peak; others the present. */
function residentBytes(figure) {
  if (process.platform !== 'linux') return process.memoryUsage.rss()
  const line = readFileSync('/proc/self/status', 'latin1').match(new RegExp(`${figure}:\\s*(\\d+) kB`))
  return Number(line[1]) * 1024
}

function resetPeak() {
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5')
}

/** What the scripts find as globals; `runtime()` gives the runtime, which does not exist yet. */
function hostFunctions(runtime, thrown) {
  let kept
  const raise = (value) => {
    thrown.add(value)
    throw value
  }
  return {
    call: (f, ...args) => f(...args),
    attempt(f, ...args) {
      try {
        f(...args)
        return true
      } catch {
        // Whatever it was: a host that swallows errors must not keep a script alive.
        return false
      }
    },
    echo: (value) => value,
    drop() {},
    keep(value) {
      kept = value
    },
    callKept: () => kept(),
    fail: (message) => raise(new Error(message)),
    throwValue: (value) => raise(value),
    make: () => () => 1,
    data: () => ({ list: [1, 2, 3], name: 'x' }),
    blank: () => ' ',
    evaluate: (source) => runtime().executeScript(source),
    evaluateWithin: (source) => runtime().executeScript(source, { timeout: 10, maxInstructions: 1000 }),
    readGlobal: (path) => runtime().getGlobal(path),
    writeGlobal: (path) => runtime().setGlobal(path, 1),
    collect: () => runtime().gc('collect'),
    compile: (source) => runtime().compile(source).length,
    dispose: () => runtime().dispose(),
  }
}

function kindOf(error, thrown) {
  if (error instanceof LuaLimitError) return 'limit'
  if (error instanceof LuaMemoryError) return 'memory'
  if (error instanceof LuaError) return 'lua'
  if (thrown.has(error)) return 'host'
  return error instanceof RangeError ? 'range' : 'foreign'
}

/** Runs `work`; gives how it ended and how long it took. */
function measure(work, thrown) {
  const start = performance.now()
  let ended = 'returned'
  let message = ''
  try {
    work()
  } catch (error) {
    ended = kindOf(error, thrown)
    message = String(error?.message).slice(0, 200)
  }
  return { ended, message, ms: Math.round(performance.now() - start) }
}

function run({ source, maxMemory, limits }) {
  let lua
  const thrown = new Set()
  lua = createRuntime({ maxMemory, ...limits, print: () => {}, globals: hostFunctions(() => lua, thrown) })
  lua.executeScript('return 1')
  globalThis.gc()
  resetPeak()
  const residentBefore = residentBytes('VmRSS')
  const script = measure(() => lua.executeScript(source), thrown)
  const grownBytes = residentBytes('VmHWM') - residentBefore
  let sum
  const after = measure(() => {
    sum = lua.executeScript('return 1 + 1')
  }, thrown)
  const disposal = measure(() => lua.dispose(), thrown)
  return { script, grownBytes, usable: sum === 2, after, disposal }
}

process.on('message', (job) => process.send(run(job)))
