/**
 * The library `async` of Lua. It keeps what it needs of the standard libraries, so that nothing a script changes changes
 * it, and its state where no script can reach it. A group is what one task waits for: some other tasks, one or all of
 * them.
 */
export const luaApiSource = `
local native, sleep = ...
local spawn, suspend, wake, cancel, current = native.spawn, native.suspend, native.wake, native.cancel, native.current
local error, getmetatable, next, pcall, rawlen, rawget, select, setmetatable, tostring, type =
  error, getmetatable, next, pcall, rawlen, rawget, select, setmetatable, tostring, type
local states = setmetatable({}, { __mode = "k" })
local LONGEST_SLEEP = 2147483647

local function show(value)
  return type(value) == "number" and tostring(value) or type(value)
end

local function values(state, i)
  if i == state.n then return state[i] end
  if i < state.n then return state[i], values(state, i + 1) end
end
if table and table.unpack then
  local unpack = table.unpack
  values = function(state, i) return unpack(state, i, state.n) end
end

local function finish(state, held, ...)
  state.status = held and "done" or "failed"
  state.n = select("#", ...)
  local all = { ... }
  for i = 1, state.n do state[i] = all[i] end
  local groups = state.groups
  state.groups = nil
  for group in next, groups do
    group.left = group.left - 1
    if not held and not group.failed then group.failed = state end
    if group.any and not group.first then group.first = state end
    if group.left == 0 or group.failed or group.first then wake(group.id) end
  end
end

local function body(state, f, ...)
  if state.cancelled then return finish(state, false, "task cancelled") end
  return finish(state, pcall(f, ...))
end

local function start(f, ...)
  local task, state = setmetatable({}, native), { status = "running", groups = {}, n = 0 }
  states[task] = state
  state.id = spawn(body, state, f, ...)
  return task, state
end

local function stop(state)
  if state.status ~= "running" or state.cancelled then return end
  state.cancelled = true
  cancel(state.id)
end

-- Waits until all tasks of the list are done or one has failed, with any: until one is done or has failed.
local function waitFor(list, count, any)
  local group = { id = current(), left = 0, any = any }
  for i = 1, count do
    local state = list[i]
    if state.status ~= "running" then
      if state.status == "failed" and not group.failed then group.failed = state end
      if any and not group.first then group.first = state end
    elseif state.id == group.id then
      error("a task cannot wait for itself", 0)
    elseif not state.groups[group] then
      state.groups[group] = true
      group.left = group.left + 1
    end
  end
  local held, problem = true, nil
  while held and group.left > 0 and not group.first and not (group.failed and not any) do
    held, problem = pcall(suspend)
  end
  for i = 1, count do
    local groups = list[i].groups
    if groups then groups[group] = nil end
  end
  return held, group, problem
end

local function check(name)
  if current() == nil then error("async." .. name .. " works in asynchronous runs only", 3) end
end

local function isCallable(f)
  if type(f) == "function" then return true end
  local meta = getmetatable(f)
  return type(meta) == "table" and rawget(meta, "__call") ~= nil
end

-- The states of the tasks in a list, of which functions become tasks.
local function readList(name, list)
  check(name)
  if type(list) ~= "table" then
    error("Expected a list of tasks and functions for async." .. name .. ", received " .. show(list), 3)
  end
  local found, own, count = {}, {}, rawlen(list)
  for i = 1, count do
    local each = list[i]
    if not states[each] and not isCallable(each) then
      error("Expected a task or function at " .. i .. " of the list for async." .. name .. ", received " .. show(each), 3)
    end
  end
  for i = 1, count do
    local each = list[i]
    local state = states[each]
    if not state then
      local _
      _, state = start(each)
      own[#own + 1] = state
    end
    found[i] = state
  end
  return found, count, own
end

local function stopAll(list, count)
  for i = 1, count do stop(list[i]) end
end

local Task = {}

local function stateOf(task, name)
  local state = states[task]
  if not state then
    error("Expected a task for " .. name .. ", received " .. show(task) .. "; methods are called with a colon", 3)
  end
  return state
end

function Task.await(task)
  local state = stateOf(task, "await")
  if state.status == "running" then
    check("await")
    local held, _, problem = waitFor({ state }, 1, true)
    if not held then error(problem, 0) end
  end
  if state.status == "failed" then error(state[1], 0) end
  return values(state, 1)
end

function Task.cancel(task)
  local state = stateOf(task, "cancel")
  check("cancel")
  if state.status == "running" and state.id == current() then error("task cancelled", 0) end
  stop(state)
end

function Task.status(task)
  local state = stateOf(task, "status")
  return state.status == "failed" and state.cancelled and "cancelled" or state.status
end

native = { __index = Task, __name = "task", __metatable = false }

async = {}

function async.spawn(f, ...)
  check("spawn")
  if not isCallable(f) then error("Expected a function for async.spawn, received " .. show(f), 2) end
  return (start(f, ...))
end

function async.sleep(ms)
  check("sleep")
  if type(ms) ~= "number" or not (ms >= 0 and ms <= LONGEST_SLEEP) then
    error("Expected milliseconds from 0 to 2147483647 for async.sleep, received " .. show(ms), 2)
  end
  sleep(ms)
end

function async.all(list)
  local found, count, own = readList("all", list)
  local held, group, problem = waitFor(found, count, false)
  if not held then
    stopAll(own, #own)
    error(problem, 0)
  end
  if group.failed then
    stopAll(found, count)
    error(group.failed[1], 0)
  end
  local result = { n = count }
  for i = 1, count do result[i] = found[i][1] end
  return result
end

function async.race(list)
  local found, count, own = readList("race", list)
  if count == 0 then error("Expected at least one task or function for async.race, received none", 2) end
  local held, group, problem = waitFor(found, count, true)
  stopAll(held and found or own, held and count or #own)
  if not held then error(problem, 0) end
  local first = group.first
  if first.status == "failed" then error(first[1], 0) end
  return values(first, 1)
end
`
