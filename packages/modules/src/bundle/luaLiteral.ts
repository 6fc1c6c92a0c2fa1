/** Text in long brackets of a level that it does not hold itself. Lua skips a line end behind the opening ones. */
export function longBracket(content: Uint8Array): { readonly open: string; readonly close: string } {
  // The closing bracket may complete one that the content ends with.
  const text = `${Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('latin1')}]`
  let level = ''
  while (text.includes(`]${level}]`)) level += '='
  return { open: `[${level}[\n`, close: `]${level}]` }
}

/** A short string of Lua, on one line. */
export function luaString(text: string): string {
  const escaped = text.replace(/[\\"\n\r\0]/g, (char) => `\\${char.charCodeAt(0).toString().padStart(3, '0')}`)
  return `"${escaped}"`
}
