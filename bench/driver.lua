-- Times one program inside Lua, the same way in every interpreter: the arguments are the program's path and the
-- number of repetitions. Gives the best CPU seconds and the program's result; run as a script, prints them.
local path, repetitions, scripted = ...
local program = dofile(path)
local best, result = math.huge, nil
for _ = 1, tonumber(repetitions) do
  collectgarbage()
  local start = os.clock()
  result = program()
  best = math.min(best, os.clock() - start)
end
if scripted then
  print(best, result)
end
return best, tostring(result)
