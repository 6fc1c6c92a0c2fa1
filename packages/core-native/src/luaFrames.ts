import { types } from 'node:util'

/** Errors whose stack already shows Lua frames, so that none is extended twice. */
const extended = new WeakSet<object>()

/**
 * Rewrites a Lua traceback as lines of a JavaScript stack: `    at chunk:line in function 'f' [Lua]`.
 */
function stackLines(traceback: string): string {
  let lines = ''
  for (const raw of traceback.split('\n')) {
    const text = raw.trim()
    if (text === '' || text === 'stack traceback:') continue
    const frame = /^(.+:\d+): in (.+)$/.exec(text) ?? /^(.+): in (.+)$/.exec(text)
    lines += frame === null ? `\n    at ${text} [Lua]` : `\n    at ${frame[1]} in ${frame[2]} [Lua]`
  }
  return lines
}

/** Where the header of a stack (`Name: message`, which may span lines) ends. */
function headerEnd(stack: string, header: string): number {
  if (header !== '' && stack.startsWith(header)) return header.length
  const firstFrame = stack.indexOf('\n    at ')
  return firstFrame === -1 ? stack.length : firstFrame
}

/**
 * Puts the frames of a Lua traceback in front of the JavaScript frames of `error.stack`, once per error. Never
 * throws: what is no native error (a proxy, a primitive), cannot be written or misbehaves is left as it is.
 */
export function addLuaFrames(error: unknown, traceback: string): void {
  try {
    if (traceback === '' || !types.isNativeError(error) || extended.has(error)) return
    const { stack } = error
    if (typeof stack !== 'string') return
    const end = headerEnd(stack, `${error.name}: ${error.message}`)
    if (Reflect.set(error, 'stack', stack.slice(0, end) + stackLines(traceback) + stack.slice(end))) {
      extended.add(error)
    }
  } catch {
    // `stack`, `name` and `message` may be accessors of the host's that throw; the error itself matters more.
  }
}
