import { invalidArgument, type NativeState } from '@lua-native/core-native'
import { expectation } from './argument.ts'
import type { ServedInput } from './servedInput.ts'

/**
 * Gets the text that `print` and `io.write` put out.
 *
 * @example
 * import { createRuntime, type PrintHandler } from '@lua-native/runtime'
 *
 * let text = ''
 * const handler: PrintHandler = (part) => { text += part }
 * using lua = createRuntime({ print: handler })
 * lua.executeScript('print("a", 1)')
 * text // => 'a\t1\n'
 */
export type PrintHandler = (text: string) => void

/**
 * Serves `io.read`: called once per format, `'l'` (default), `'L'`, `'a'`, `'n'`, or a number of bytes, and gives what
 * was read. `undefined`, `null` and booleans mean the end of the input.
 *
 * @example
 * import { createRuntime, type ReadHandler } from '@lua-native/runtime'
 *
 * const input = ['one', 'two']
 * const handler: ReadHandler = () => input.shift()
 * using lua = createRuntime()
 * lua.setReadHandler(handler)
 * lua.executeScript('return io.read(), io.read("l"), io.read()') // => ['one', 'two', null]
 */
export type ReadHandler = (format: string | number) => string | Uint8Array | number | boolean | null | undefined

/**
 * Serves `dofile` and `loadfile`: gives the source of a file; `undefined`, `null` and booleans mean that there is none.
 *
 * @example
 * import { createRuntime, type FileReader } from '@lua-native/runtime'
 *
 * const files = new Map([['a.lua', 'return 42']])
 * const reader: FileReader = (path) => files.get(path)
 * using lua = createRuntime()
 * lua.setFileReader(reader)
 * lua.executeScript('return dofile("a.lua")') // => 42
 * lua.executeScript('return loadfile("b.lua")') // => [null, 'cannot open b.lua']
 */
export type FileReader = (path: string) => string | Uint8Array | boolean | null | undefined

/** What scripts read from and print to; kept over a reset. */
export class StandardStreams {
  #print: PrintHandler | null
  #read: ReadHandler | null = null
  /** `null`: both functions were taken away. */
  #fileReader: FileReader | null | undefined

  constructor(print: PrintHandler | undefined) {
    this.#print = print ?? null
  }

  /** Connects a new state. */
  connect(native: NativeState, input: ServedInput): void {
    if (this.#print !== null) native.setPrint(this.#print)
    if (this.#read !== null) input.setRead(this.#read)
    if (this.#fileReader !== undefined) input.setFileReader(this.#fileReader)
  }

  /** Implements `Runtime.setPrintHandler`. */
  setPrint(native: NativeState, handler: unknown): void {
    checkHandler(handler)
    native.setPrint(handler as PrintHandler | null)
    this.#print = handler as PrintHandler | null
  }

  /** Implements `Runtime.setReadHandler`. */
  setRead(input: ServedInput, handler: unknown): boolean {
    checkHandler(handler)
    const served = input.setRead(handler as ReadHandler | null)
    this.#read = served ? (handler as ReadHandler | null) : null
    return served
  }

  /** Implements `Runtime.setFileReader`. */
  setFileReader(input: ServedInput, reader: unknown): void {
    checkHandler(reader)
    input.setFileReader(reader as FileReader | null)
    this.#fileReader = reader as FileReader | null
  }
}

function checkHandler(handler: unknown): void {
  if (handler !== null && typeof handler !== 'function') {
    throw invalidArgument(expectation('handler', 'a function or null', handler))
  }
}
