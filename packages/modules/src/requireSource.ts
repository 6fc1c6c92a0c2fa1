/**
 * Lua that makes `require` (manual, section 6.3) and what the host does with modules. It runs once per state, in the
 * state's globals, and takes what it needs of them then. Strings are handled with operators only: the metatable of
 * strings belongs to scripts.
 *
 * Arguments: whether the library package is there, and the most bytes of a name. With the library, `require` works on the
 * real `package.searchers`, `package.loaded` and `package.preload`, and only cycles are told in another way. Without,
 * all three are private, and scripts get views of the latter two.
 *
 * A module that is being loaded is known by a token, which only the stack of its `require` holds. When a limit ends a
 * run, no handler runs, and tokens stay behind; a full collection tells them from those of modules that are loading.
 */
export const requireSource = `
local plugged, longestName = ...
local globals = _ENV
local error, type, next, rawget, rawset, rawlen, setmetatable, load, collectgarbage =
  error, type, next, rawget, rawset, rawlen, setmetatable, load, collectgarbage
local getmetatable = getmetatable
local running = coroutine and coroutine.running
local position, part
if string then position, part = string.find, string.sub end
local package = plugged and package
local loaded, preload, searchers

if package then
  loaded, preload = package.loaded, package.preload
else
  loaded, preload, searchers = { _G = globals }, {}, {}
  for _, name in next, { "coroutine", "debug", "io", "math", "os", "string", "table", "utf8" } do
    loaded[name] = rawget(globals, name)
  end
end
local standard = {}
for _, name in next, { "_G", "package", "coroutine", "debug", "io", "math", "os", "string", "table", "utf8" } do
  standard[name] = loaded[name] ~= nil or nil
end

-- Modules that are being loaded, by name, and the innermost of each coroutine.
local loading = setmetatable({}, { __mode = "v" })
local current = setmetatable({}, { __mode = "kv" })
local origins = {}

local tokenMeta = {
  __close = function(token)
    loading[token.name] = nil
    current[token.thread] = token.outer
  end,
}

local function describeCycle(name, token)
  local chain = name
  while token do
    chain = token.name .. " -> " .. chain
    if token.name == name then return "the modules require each other: " .. chain end
    token = token.outer
  end
  return "another coroutine is loading it"
end

local function search(name, list)
  local tried = ""
  local index = 1
  while true do
    local searcher = rawget(list, index)
    if searcher == nil then return nil, tried end
    local loader, data = searcher(name)
    local kind = type(loader)
    if kind == "function" then return loader, data end
    if kind == "string" or kind == "number" then tried = tried .. "\\n\\t" .. loader end
    index = index + 1
  end
end

local function find(name)
  local list = searchers
  if package then list = package.searchers end
  if type(list) ~= "table" then return nil, nil end
  return search(name, list)
end

-- Level 2 is what called require, which calls this with a tail call.
local function requireSlowly(name)
  local kind = type(name)
  if kind == "number" then
    name = name .. ""
    local value = loaded[name]
    if value then return value end
  elseif kind ~= "string" then
    if kind == "nil" then kind = "no value" end
    error("bad argument #1 to 'require' (string expected, got " .. kind .. ")", 2)
  end
  if #name > longestName then
    error("bad argument #1 to 'require' (name of " .. #name .. " bytes, at most " .. longestName .. " are allowed)", 2)
  end
  if loading[name] then
    collectgarbage()
    if loading[name] then
      local thread = running and running() or tokenMeta
      error("error loading module '" .. name .. "': " .. describeCycle(name, current[thread]), 2)
    end
  end
  local loader, data = find(name)
  if not loader then
    if not data then error("'package.searchers' must be a table", 2) end
    error("module '" .. name .. "' not found:" .. data, 2)
  end
  local thread = running and running() or tokenMeta
  local token <close> = setmetatable({ name = name, outer = current[thread], thread = thread }, tokenMeta)
  loading[name] = token
  current[thread] = token
  local value = loader(name, data)
  if value ~= nil then loaded[name] = value end
  value = loaded[name]
  if value == nil then
    value = true
    loaded[name] = value
  end
  origins[name] = type(data) == "string" and data or nil
  return value, data
end

local function require(name)
  local value = loaded[name]
  if value then return value end
  return requireSlowly(name)
end

-- What the host's searchers find: nothing and a line of what was tried, or what it is and where it came from. What is
-- frequent comes as one value, which crosses faster: the text of a file with its path and a zero in front, and a loader
-- whose data is always the same.
local function makeSearcher(find, origin)
  return function(name)
    local kind, content, label, data = find(name)
    if content == nil and kind ~= nil and kind ~= "value" then
      if type(kind) == "function" then return kind, origin end
      local zero = position(kind, "\0", 1, true)
      kind, content, data = "source", part(kind, zero + 1), part(kind, 1, zero - 1)
      label = "@" .. data
    end
    if kind == "source" then
      local chunk, message = load(content, label, "t", globals)
      if not chunk then
        error("error loading module '" .. name .. "' from '" .. data .. "':\\n\\t" .. message, 0)
      end
      return chunk, data
    elseif kind == "function" then
      return content, data
    elseif kind == "value" then
      return function() return content end, data
    elseif kind == "refused" then
      error("error loading module '" .. name .. "' from '" .. data .. "':\\n\\t" .. content, 0)
    end
    return content
  end
end

-- As makeSearcher, for modules whose names are known here.
local registered = {}
local function makeRegisteredSearcher(find, origin)
  local searcher = makeSearcher(find, origin)
  return function(name)
    if not registered[name] then return "no module '" .. name .. "' registered by the host" end
    return searcher(name)
  end
end
local function setRegistered(name) registered[name] = true end

local function searcherList()
  local list = package and package.searchers or searchers
  if type(list) ~= "table" then error("'package.searchers' must be a table", 0) end
  return list
end

-- position 0: at the end.
local function insertSearcher(searcher, position)
  local list = searcherList()
  local length = rawlen(list)
  if position < 1 or position > length then position = length + 1 end
  for index = length, position, -1 do rawset(list, index + 1, rawget(list, index)) end
  rawset(list, position, searcher)
end

local function removeSearcher(searcher)
  local list = searcherList()
  local length = rawlen(list)
  for index = 1, length do
    if rawget(list, index) == searcher then
      for place = index, length do rawset(list, place, rawget(list, place + 1)) end
      return
    end
  end
end

local function eachSearcher(report)
  local list = searcherList()
  for index = 1, rawlen(list) do report(rawget(list, index)) end
end

local function eachLoaded(report)
  for name, value in next, loaded do
    if type(name) == "string" and value and not standard[name] then report(name, origins[name]) end
  end
end

local function stateOf(name)
  if standard[name] and loaded[name] then return "library" end
  return loaded[name] and "loaded" or "unloaded", origins[name]
end

local function unload(name)
  local known = loaded[name] ~= nil
  loaded[name] = nil
  origins[name] = nil
  return known
end

local restoring = {
  __close = function(kept)
    if loaded[kept.name] == nil then loaded[kept.name] = kept.value end
  end,
}

local function reload(name)
  local kept <close> = setmetatable({ name = name, value = loaded[name] }, restoring)
  loaded[name] = nil
  require(name)
end

local function appendPath(templates)
  local path = package.path
  if type(path) ~= "string" then error("'package.path' must be a string", 0) end
  package.path = (path == "" and "" or path .. ";") .. templates
end

local function setPreload(name, loader) preload[name] = loader end
local function hasPreload(name) return preload[name] ~= nil end
local function eachPreload(report)
  for name in next, preload do
    if type(name) == "string" then report(name) end
  end
end

-- Read-only tables: empty ones in front of what they show. Only rawset could write into them, and where the lists of
-- require are private, scripts get one that refuses.
local frozen = setmetatable({}, { __mode = "k" })

local function view(content, name)
  local shown = {}
  frozen[shown] = true
  return setmetatable(shown, {
    __name = name,
    __metatable = false,
    __index = content,
    __newindex = function(_, key)
      local kind = type(key)
      if kind ~= "string" and kind ~= "number" then key = kind end
      error("attempt to modify '" .. key .. "' of the read-only " .. name, 2)
    end,
    __len = function() return rawlen(content) end,
    __pairs = function()
      return function(_, key) return next(content, key) end, shown, nil
    end,
  })
end

-- The same table for each that occurs twice. Those with a metatable, as of classes, stay what they are.
local function freeze(content, name, seen)
  seen = seen or {}
  if seen[content] then return seen[content] end
  local copy = {}
  local shown = view(copy, name)
  seen[content] = shown
  for key, value in next, content do
    if type(value) == "table" and not getmetatable(value) then value = freeze(value, name, seen) end
    copy[key] = value
  end
  return shown
end

if not package then
  local realRawset = rawset
  rawset(globals, "rawset", function(...)
    if frozen[(...)] then error("attempt to modify a read-only table", 2) end
    return realRawset(...)
  end)
  searchers[1] = function(name)
    local loader = preload[name]
    if loader == nil then return "no field package.preload['" .. name .. "']" end
    return loader, ":preload:"
  end
  local shown = {
    loaded = view(loaded, "package.loaded"),
    preload = view(preload, "package.preload"),
    config = "/\\n;\\n?\\n!\\n-\\n",
  }
  loaded.package = view(shown, "package")
  standard.package = true
  rawset(globals, "package", loaded.package)
end
rawset(globals, "require", require)

return makeSearcher, insertSearcher, removeSearcher, eachSearcher, eachLoaded, stateOf, unload, reload, setPreload,
  hasPreload, eachPreload, appendPath, makeRegisteredSearcher, setRegistered, position and part and true or false, freeze
`
