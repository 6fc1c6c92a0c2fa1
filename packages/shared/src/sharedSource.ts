/**
 * Lua that holds the views of shared tables. It runs once per state and returns `open`, which makes one view.
 *
 * A view is known by numbers: `nodes[id]` is the table that holds the entries of one of its tables. Patches name tables
 * by these numbers, so they reach the same ones whatever a script did to its variables, and only those that were made
 * here. In mode "snapshot" scripts get these tables themselves; in the others empty tables in front of them, whose
 * metatables are hidden. In mode "live" what a script writes goes to the host, and comes back as a patch.
 *
 * What it uses of the libraries it takes now. Its own tables have no metatables that a script can reach, and scripts'
 * tables are only touched raw.
 */
export const sharedSource = `
local globals = _ENV
local setmetatable, rawset, rawget, rawequal, next, type, error, pcall, tostring =
  setmetatable, rawset, rawget, rawequal, next, type, error, pcall, tostring

-- From a readonly view to its metatable.
local metas = setmetatable({}, { __mode = "k" })

rawset(globals, "rawset", function(...)
  if metas[(...)] then error("attempt to modify a read-only table", 2) end
  return rawset(...)
end)

local function step(key)
  if type(key) == "string" then return "." .. key end
  return "[" .. tostring(key) .. "]"
end

local function describe(view, key)
  local where = type(key) == "string" and step(key) or type(key) == "number" and step(key) or "[?]"
  local meta = metas[view]
  while meta.parent do
    where = step(meta.key) .. where
    meta = metas[meta.parent]
  end
  return meta.names.root .. where
end

local function iterate(view, key)
  local meta = metas[view]
  if not meta then error("bad argument #1 to 'for iterator' (shared table expected)", 2) end
  return next(meta.__index, key)
end
local function eachEntry(view) return iterate, view, nil end
local function length(view) return #metas[view].__index end
local function refuse(view, key)
  error("attempt to modify '" .. describe(view, key) .. "' of a read-only shared table", 2)
end

-- What is to be written: copies of tables, views among them, that are lists or have names as keys.
local function plain(value, depth)
  if type(value) ~= "table" then return value end
  if depth == 0 then error("attempt to write a table that is nested too deeply into a shared table", 0) end
  local meta = metas[value]
  local copy, items, names = {}, 0, 0
  for key, each in next, meta and meta.__index or value do
    if type(key) == "string" then names = names + 1
    elseif type(key) == "number" then items = items + 1
    else error("attempt to write a " .. type(key) .. " as key into a shared table", 0) end
    copy[key] = plain(each, depth - 1)
  end
  if items > 0 and (names > 0 or #copy ~= items) then
    error("attempt to write a table that is neither a list nor has only names as keys into a shared table", 0)
  end
  return copy
end

-- Sends a script's write to the host, by the keys that lead to its place.
local function assign(view, key, value)
  if type(key) ~= "string" and type(key) ~= "number" then
    error("attempt to write '" .. describe(view, key) .. "': expected a string or integer as key", 2)
  end
  local backwards, meta, at = { key }, metas[view], view
  while meta.parent do
    local parent = metas[meta.parent]
    if not rawequal(parent.__index[meta.key], at) then
      error("attempt to write into a table that is no longer part of a shared table", 2)
    end
    backwards[#backwards + 1] = meta.key
    at, meta = meta.parent, parent
  end
  if rawequal(meta.names.detached, true) then error("attempt to write into a detached shared table", 2) end
  local path, n = {}, #backwards
  for i = 1, n do path[i] = backwards[n + 1 - i] end
  meta.names.send(path, plain(value, 64))
end

local function makeView(content, names, parent, key)
  local view = {}
  local meta = {
    __index = content, __newindex = names.send and assign or refuse, __pairs = eachEntry, __len = length, __metatable = false,
    __name = "shared table", names = names, parent = parent, key = key,
  }
  metas[view] = meta
  return setmetatable(view, meta)
end

local function open(readonly, name, value, registers, send)
  local names = { root = name, send = send }
  local nodes = { [0] = value }
  -- What scripts see of each table.
  local seen = readonly and { [0] = makeView(value, names) } or nodes

  local function register(list, from)
    for i = from, #list, 3 do
      local parent, key, id = list[i], list[i + 1], list[i + 2]
      local content = rawget(nodes[parent], key)
      nodes[id] = content
      if readonly then
        local view = makeView(content, names, seen[parent], key)
        seen[id] = view
        rawset(nodes[parent], key, view)
      end
    end
  end
  register(registers, 1)

  local function write(sets, registers)
    for i = 1, #sets, 3 do rawset(nodes[sets[i]], sets[i + 1], sets[i + 2]) end
    register(registers, 1)
  end

  -- All of it or nothing: only writes of new keys can fail, and taking them back cannot.
  local function apply(sets, deletes, registers, forgets)
    local before = {}
    for i = 1, #sets, 3 do before[i] = rawget(nodes[sets[i]], sets[i + 1]) end
    local ok, message = pcall(write, sets, registers)
    if not ok then
      for i = #sets - 2, 1, -3 do rawset(nodes[sets[i]], sets[i + 1], before[i]) end
      for i = 3, #registers, 3 do
        nodes[registers[i]] = nil
        seen[registers[i]] = nil
      end
      error(message, 0)
    end
    for i = 1, #deletes, 2 do rawset(nodes[deletes[i]], deletes[i + 1], nil) end
    for i = 1, #forgets do
      nodes[forgets[i]] = nil
      seen[forgets[i]] = nil
    end
  end

  local function set(id, key, value) rawset(nodes[id], key, value) end

  -- Makes the view hold a whole value; tables that it has already stay the same.
  local function rebuild(value, registers)
    local fresh, ids = { [0] = value }, {}
    for i = 1, #registers, 3 do
      local id = registers[i + 2]
      local content = fresh[registers[i]][registers[i + 1]]
      fresh[id], ids[content] = content, id
    end
    local sets, deletes, added, forgets = {}, {}, {}, {}
    for i = 1, #registers, 3 do
      if nodes[registers[i + 2]] == nil then
        for j = i, i + 2 do added[#added + 1] = registers[j] end
      end
    end
    for id, content in next, fresh do
      local node = nodes[id]
      if node then
        for key, wanted in next, content do
          if type(wanted) == "table" and seen[ids[wanted]] then wanted = seen[ids[wanted]] end
          if not rawequal(rawget(node, key), wanted) then
            local n = #sets
            sets[n + 1], sets[n + 2], sets[n + 3] = id, key, wanted
          end
        end
        for key in next, node do
          if content[key] == nil then
            local n = #deletes
            deletes[n + 1], deletes[n + 2] = id, key
          end
        end
      end
    end
    for id in next, nodes do
      if not fresh[id] then forgets[#forgets + 1] = id end
    end
    apply(sets, deletes, added, forgets)
  end

  -- Puts the view into the globals under a name that is free, or, without one, takes it out.
  local function rename(new)
    if new and rawget(globals, new) ~= nil then return false end
    if new then rawset(globals, new, seen[0]) end
    if names.bound and rawequal(rawget(globals, names.bound), seen[0]) then rawset(globals, names.bound, nil) end
    names.bound, names.root, names.detached = new, new or names.root, not new
    return true
  end

  return set, apply, rebuild, rename
end

return open
`
