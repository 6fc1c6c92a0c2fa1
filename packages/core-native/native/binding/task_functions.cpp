#include "task_functions.hpp"

#include "async_run.hpp"

namespace binding {
namespace {

// The run that `L` is in on the run's thread. May raise.
AsyncRun& runOf(lua_State* L) {
  const StateBinding* binding = StateBinding::from(L);
  if (!binding->onRunThread || binding->run->tasks.current == nullptr)
    luaL_error(L, "tasks work in asynchronous runs only");
  return *binding->run;
}

// spawn(f, ...) -> id
int spawn(lua_State* L) {
  AsyncRun& run = runOf(L);
  luaL_checktype(L, 1, LUA_TFUNCTION);
  const Task* task = run.tasks.spawn(L, lua_gettop(L) - 1);
  if (task == nullptr) return luaL_error(L, "not enough memory for another task");
  lua_pushinteger(L, task->id());
  return 1;
}

// suspend(): until wake(id) or cancel(id) of another task
int suspend(lua_State* L) {
  AsyncRun& run = runOf(L);
  if (!run.suspend(L)) return luaL_error(L, "attempt to wait for a task across a C-call boundary");
  run.binding.state.meter.suspending = run.binding.state.meter.waited = 1;
  return lua_yieldk(L, 0, 0, continueAfterWait);
}

// wake(id): no effect on a task that is not suspended
int wake(lua_State* L) {
  AsyncRun& run = runOf(L);
  Task* task = run.tasks.find(luaL_checkinteger(L, 1));
  if (task == nullptr || task->stage != Task::Stage::suspended) return 0;
  task->delivery = 0;
  task->delivered = true;
  run.tasks.makeReady(*task);
  return 0;
}

// cancel(id): no effect on a task that has not begun
int cancel(lua_State* L) {
  AsyncRun& run = runOf(L);
  Task* task = run.tasks.find(luaL_checkinteger(L, 1));
  if (task != nullptr) run.interrupt(*task, Task::Interruption::cancelled);
  return 0;
}

// current() -> id of the task that runs, nil outside of off-thread runs
int current(lua_State* L) {
  const StateBinding* binding = StateBinding::from(L);
  if (!binding->onRunThread || binding->run->tasks.current == nullptr) {
    lua_pushnil(L);
  } else {
    lua_pushinteger(L, binding->run->tasks.current->id());
  }
  return 1;
}

}  // namespace

const TaskFunction taskFunctions[kTaskFunctions] = {
    {"spawn", spawn}, {"suspend", suspend}, {"wake", wake}, {"cancel", cancel}, {"current", current},
};

}  // namespace binding
