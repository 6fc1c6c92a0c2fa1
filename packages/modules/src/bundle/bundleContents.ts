/** One module of a bundle, before it is written. */
export interface BundledSource {
  readonly name: string
  /** Name of the chunk in Lua's notation. */
  readonly chunkName: string
  /** Text, or a plain dump of bytecode. */
  readonly content: Uint8Array
  /** Names of the modules that it requires. */
  readonly requires: readonly string[]
}

/** What a bundle says about itself. */
export interface BundleIndex {
  readonly entry: string
  readonly modules: readonly BundledEntry[]
  /** Of bytecode: the SHA-256 of all contents, in hex. The index is authenticated, and so are they. */
  readonly digest?: string
}

/** Where a module is in the bundle. */
export interface BundledEntry {
  readonly name: string
  readonly chunkName: string
  /** From the end of the index, in bytes. */
  readonly start: number
  readonly bytes: number
  readonly requires: readonly string[]
}

/** A bundle that was read: its index, and the content of each module. */
export interface OpenBundle {
  readonly index: BundleIndex
  readonly kind: 'source' | 'bytecode'
  contentOf(entry: BundledEntry): Uint8Array
}

/** Makes an index from JSON; `undefined` when it is none that fits `available` bytes. */
export function parseIndex(json: string, available: number): BundleIndex | undefined {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  if (!isRecord(value) || typeof value['entry'] !== 'string' || !Array.isArray(value['modules'])) return undefined
  const modules: unknown[] = value['modules']
  return modules.every((entry) => isEntry(entry, available)) ? (value as unknown as BundleIndex) : undefined
}

function isEntry(value: unknown, available: number): boolean {
  if (!isRecord(value)) return false
  const { name, chunkName, start, bytes, requires } = value
  return (
    typeof name === 'string' &&
    typeof chunkName === 'string' &&
    isSize(start) &&
    isSize(bytes) &&
    start + bytes <= available &&
    Array.isArray(requires) &&
    requires.every((each) => typeof each === 'string')
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
