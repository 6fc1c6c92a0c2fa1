/** The exports of the addon in `native/`: what C cannot do with less. */
export interface Baselines {
  /** Does nothing. */
  empty(a?: number, b?: number): void
  /** Sets the function that {@link runHostLoop} calls, and the Lua loop that gets it and a count as arguments. */
  setHost(loop: string, host: (a: number, b: number) => number): void
  /** Lua calls the host function n times; gives the loop's result. */
  runHostLoop(n: number): number
  /** `luaL_loadbuffer` and `lua_pcall` of the source, n times in C. */
  runChunks(source: string, n: number): void
  /** `luaL_loadbuffer` of the source, n times in C. */
  loadChunks(source: Buffer, n: number): void
  /** `luaL_newstate` and `luaL_openlibs`, n times in C. */
  openStates(n: number): void
  /** Runs the source in each open state. */
  useStates(source: string): void
  /** `lua_close` of all open states. */
  closeStates(): void
  /** Bytes in use as Lua counts them, of the last opened state. */
  stateBytes(): number
  /** Runs the source, of at most 4 KB, and keeps the value that it returns. */
  setTable(source: string): void
  /** The kept value, tables as arrays and objects, made property by property. */
  readTable(): unknown
  /** Makes a value in Lua, arrays and objects property by property, and drops it. */
  writeTable(value: unknown): void
}
