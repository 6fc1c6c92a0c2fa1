/**
 * Lua that fills environments. It runs once per state, in the state's globals, and returns
 * `build(env, readonly, inherit, onlyListed, ...names)`; what it takes from the globals it takes then.
 *
 * The environment itself stays empty. Its metatable, hidden from scripts, leads to a layer that no script can reach,
 * with the libraries and the functions that must know the environment. Read-only libraries are empty tables too, in
 * front of a copy: only `rawset` could write into them, and the layer has one that refuses.
 */
export const environmentSource = `
local globals = _ENV
local setmetatable, getmetatable, rawset, rawget, rawequal, next, type, error, select, tostring, require, collectgarbage =
  setmetatable, getmetatable, rawset, rawget, rawequal, next, type, error, select, tostring, require, collectgarbage

local functions = {
  "_VERSION", "assert", "collectgarbage", "dofile", "error", "getmetatable", "ipairs", "load", "loadfile", "next", "pairs",
  "pcall", "print", "rawequal", "rawget", "rawlen", "rawset", "require", "select", "setmetatable", "tonumber", "tostring",
  "type", "warn", "xpcall",
}
local tables = { "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8" }
local standard = { _G = true }
for _, list in next, { functions, tables } do
  for _, name in next, list do standard[name] = true end
end
local harmlessCommands = { collect = true, count = true, step = true, isrunning = true }

-- load, loadfile and dofile whose chunks have the environment as their globals.
local function bindLoaders(layer, env)
  local load, loadfile = layer.load, layer.loadfile
  if load then
    layer.load = function(chunk, name, mode, ...)
      if select("#", ...) > 0 then return load(chunk, name, mode, (...)) end
      return load(chunk, name, mode, env)
    end
  end
  if loadfile then
    layer.loadfile = function(file, mode, ...)
      if select("#", ...) > 0 then return loadfile(file, mode, (...)) end
      return loadfile(file, mode, env)
    end
  end
  if layer.dofile then
    layer.dofile = loadfile and function(file)
      local chunk, message = loadfile(file, nil, env)
      if not chunk then error(message, 0) end
      return chunk()
    end
  end
end

local function protect(layer, env)
  local frozen = setmetatable({}, { __mode = "k" })
  local views = setmetatable({}, { __mode = "k" })
  views[globals] = env

  local function freeze(name, content)
    local view = {}
    frozen[view] = true
    return setmetatable(view, {
      __name = name,
      __metatable = false,
      __index = content,
      __newindex = function(_, key)
        error("attempt to modify '" .. tostring(key) .. "' of the read-only " .. name, 2)
      end,
      __pairs = function()
        return function(_, key) return next(content, key) end, view, nil
      end,
    })
  end

  local function viewOf(real, name)
    if views[real] then return views[real] end
    local content = {}
    local view = freeze(name, content)
    views[real] = view
    for key, value in next, real do
      content[key] = type(value) == "table" and viewOf(value, name) or value
    end
    return view
  end

  -- Two libraries hold doors to the real tables; what is safe of them is listed.
  local package, debug = layer.package, layer.debug
  local loaded = {}
  if type(package) == "table" then
    if type(package.loaded) == "table" then views[package.loaded] = freeze("library package.loaded", loaded) end
    views[package] = freeze("library package", {
      config = package.config, path = package.path, cpath = package.cpath, searchpath = package.searchpath,
      loaded = views[package.loaded],
    })
  end
  if type(debug) == "table" then views[debug] = freeze("library debug", { traceback = debug.traceback }) end
  for _, name in next, tables do
    local library = layer[name]
    if type(library) == "table" then
      layer[name] = viewOf(library, "library " .. name)
      loaded[name] = layer[name]
    end
  end
  loaded._G = env

  local function refuse(name)
    error("attempt to modify the read-only global '" .. tostring(name) .. "'", 3)
  end
  if layer.rawset then
    layer.rawset = function(...)
      local target, key = ...
      if frozen[target] then error("attempt to modify a read-only library", 2) end
      if rawequal(target, env) and standard[key] then refuse(key) end
      return rawset(...)
    end
  end
  if layer.getmetatable then
    layer.getmetatable = function(...)
      local metatable = getmetatable(...)
      if type((...)) == "table" or type(metatable) ~= "table" then return metatable end
      return viewOf(metatable, "metatable")
    end
  end
  if layer.collectgarbage then
    layer.collectgarbage = function(...)
      local command = ...
      if command ~= nil and not harmlessCommands[command] then
        error("collectgarbage '" .. tostring(command) .. "' is not available in this environment", 2)
      end
      return collectgarbage(...)
    end
  end
  if layer.require then
    layer.require = function(...)
      local name = ...
      if standard[name] then
        if loaded[name] == nil then error("module '" .. name .. "' not found", 2) end
        return loaded[name]
      end
      local module, data = require(...)
      return views[module] or module, data
    end
  end
  return views, refuse
end

return function(env, readonly, inherit, onlyListed, ...)
  local layer = {}
  if inherit or not onlyListed then
    for name in next, standard do layer[name] = rawget(globals, name) end
  end
  for _, name in next, { ... } do
    if standard[name] then layer[name] = rawget(globals, name)
    else rawset(env, name, rawget(globals, name)) end
  end
  if layer._G then layer._G = env end
  bindLoaders(layer, env)
  local meta = { __index = layer, __metatable = false }
  if not readonly then
    if inherit then setmetatable(layer, { __index = globals }) end
  else
    local views, refuse = protect(layer, env)
    if inherit then
      setmetatable(layer, { __index = function(_, name)
        if standard[name] then return nil end
        local value = globals[name]
        return views[value] or value
      end })
    end
    meta.__newindex = function(_, name, value)
      if standard[name] then refuse(name) end
      rawset(env, name, value)
    end
  end
  setmetatable(env, meta)
end
`
