import type { NativeState } from '@lua-native/core-native'
import { runPrivate } from './privateChunk.ts'
import { ScriptFailure } from './scriptFailure.ts'

/**
 * Puts a refusal in the place of every function of the standard libraries that reaches the disk or starts a program.
 * Runs before any script, in states with any selection of libraries, and keeps none of the functions that it replaces.
 * Where Lua's own function returns nil and a message for a failure, so does the refusal; otherwise it raises.
 */
const denySource = `
local raise, error = ..., error
local denied = " is unavailable: this runtime was created with filesystem access denied"

local function failing(door)
  return function() return nil, door .. denied end
end
local function raising(door)
  local message = door .. denied
  if error then return function() error(message, 2) end end
  return function() raise(message) end
end

if loadfile then loadfile = failing("loadfile") end
if dofile then dofile = raising("dofile") end
if io then
  io.open, io.popen, io.tmpfile = failing("io.open"), failing("io.popen"), failing("io.tmpfile")
  io.lines, io.input, io.output = raising("io.lines"), raising("io.input"), raising("io.output")
end
if os then
  os.execute, os.remove, os.rename = failing("os.execute"), failing("os.remove"), failing("os.rename")
  os.tmpname = raising("os.tmpname")
end
if package then
  package.loadlib, package.searchpath = failing("package.loadlib"), failing("package.searchpath")
  -- The first one serves package.preload; the others search the disk.
  local searchers = package.searchers
  searchers[2] = function() return "searching for files" .. denied end
  searchers[3], searchers[4] = nil, nil
end`

/** Closes the doors to the disk in a new state. */
export function denyFilesystem(native: NativeState): void {
  const failure = new ScriptFailure(native)
  const raise = (message: unknown): never => {
    throw failure.because(String(message))
  }
  runPrivate(native, denySource, [raise])
}
