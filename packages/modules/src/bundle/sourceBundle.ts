import { type BundledEntry, type BundledSource, type OpenBundle, parseIndex } from './bundleContents.ts'
import { longBracket, luaString } from './luaLiteral.ts'

/*
 * A source bundle is a Lua file. Its first line is a comment with the index, which says where the sources stand, so
 * that they can be read without running the file. Run, by any Lua 5.4 or 5.5, it makes its modules known and runs the
 * entry with the arguments of the file.
 */

const HEADER = '-- lua-native bundle 1 '
const NEWLINE = 0x0a

const opening = 'local sources = {\n'
/** Behind the sources: `package.preload` where that can be written, otherwise a `require` in front of what there is. */
const body = (entry: string): string => `}
local load, error, type, next = load, error, type, next
local loaders = {}
for name, source in next, sources do
  loaders[name] = function(...)
    local chunk, message = load(source[2], source[1], "t")
    if not chunk then error("error loading module '" .. name .. "' from the bundle:\\n\\t" .. message, 0) end
    return chunk(...)
  end
end
local preload = type(package) == "table" and package.searchers and package.preload
if preload then
  for name, loader in next, loaders do preload[name] = preload[name] or loader end
else
  local outer, loaded, loading = require, {}, {}
  function require(name)
    local value = loaded[name]
    if value then return value end
    local loader = loaders[name]
    if not loader then
      if outer then return outer(name) end
      error("module '" .. name .. "' not found:\\n\\tno module '" .. name .. "' in the bundle", 2)
    end
    if loading[name] then error("error loading module '" .. name .. "': the modules require each other", 2) end
    loading[name] = true
    local finish <close> = setmetatable({}, { __close = function() loading[name] = nil end })
    value = loader(name, ":preload:")
    if value ~= nil then loaded[name] = value
    elseif loaded[name] == nil then loaded[name] = true end
    return loaded[name], ":preload:"
  end
end
return loaders[${luaString(entry)}](...)
`

/** Writes a source bundle. */
export function writeSourceBundle(entry: string, modules: readonly BundledSource[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from(opening)]
  const entries: BundledEntry[] = []
  let length = opening.length
  const add = (part: Uint8Array): void => {
    parts.push(part)
    length += part.length
  }
  for (const { name, chunkName, content, requires } of modules) {
    const { open, close } = longBracket(content)
    add(Buffer.from(`[${luaString(name)}] = { ${luaString(chunkName)}, ${open}`))
    entries.push({ name, chunkName, start: length, bytes: content.length, requires })
    add(content)
    add(Buffer.from(`${close} },\n`))
  }
  const index = JSON.stringify({ entry, modules: entries })
  return Buffer.concat([Buffer.from(`${HEADER}${index}\n`), ...parts, Buffer.from(body(entry))])
}

/** Reads a source bundle; `undefined` when it is none. */
export function readSourceBundle(bytes: Buffer): OpenBundle | undefined {
  const end = bytes.indexOf(NEWLINE)
  if (end === -1 || !bytes.subarray(0, HEADER.length).equals(Buffer.from(HEADER))) return undefined
  const content = bytes.subarray(end + 1)
  const index = parseIndex(bytes.subarray(HEADER.length, end).toString(), content.length)
  if (index === undefined) return undefined
  return { index, kind: 'source', contentOf: ({ start, bytes: size }) => content.subarray(start, start + size) }
}
