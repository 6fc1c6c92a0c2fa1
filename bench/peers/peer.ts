import { readFileSync } from 'node:fs'

/** Another way to run Lua in Node.js. */
export interface Peer {
  readonly name: 'wasmoon' | 'fengari'
  /** Its own version and the version of Lua that it runs. */
  readonly version: string
  open(): Promise<PeerSession>
}

/** One Lua state of a peer, driven through its quickest documented interface. */
export interface PeerSession {
  /** Calls a Lua function with two numbers n times. */
  callLua(n: number): void
  /** Runs the Lua loop that calls a JavaScript function n times. */
  callHost(n: number): void
  /** Loads and runs the source n times. */
  runScript(source: string, n: number): void
  /** Compiles the source n times, running nothing. */
  loadScript(source: string, n: number): void
  /** Loads a program of the pure Lua table: a function that gives its result as text. */
  program(source: string): () => string
  /** Opens n further states with all libraries and keeps them. */
  openStates(n: number): Promise<void>
  closeStates(): void
  close(): void
}

/** Calls its first argument, a function of two numbers, as often as its second says. */
export const hostLoop = 'local host, n = ... local sum = 0 for i = 1, n do sum = sum + host(i, 2) end return sum'

/** What is called from JavaScript with two numbers. */
export const addSource = 'function add(a, b) return a + b end'

/** The version that a package.json states. */
export function versionAt(packageJson: URL): string {
  const { version }: { version: string } = JSON.parse(readFileSync(packageJson, 'utf8'))
  return version
}

/** What Lua calls. */
export function add(a: number, b: number): number {
  return a + b
}
