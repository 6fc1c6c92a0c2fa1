#include "async_run.hpp"

#include <new>

#include "chunk_name.hpp"
#include "failure_binding.hpp"
#include "from_lua.hpp"
#include "global_function.hpp"
#include "host_binding.hpp"
#include "to_lua.hpp"
#include "vm/collector.hpp"
#include "vm/protect.hpp"
#include "wait.hpp"

namespace binding {
namespace {

constexpr int kSlots = 16;
constexpr size_t kMaxArguments = 200000;

// Pushes what `value` is in Lua, or the error that it is when `failed`. Gives the number of values, -1 for an
// error, which is on top then; `ended`: the run has to end, and nothing is pushed.
int pushSettled(StateBinding& binding, lua_State* L, bool failed, napi_value value, bool* ended) noexcept {
  *ended = false;
  if (failed) {
    napi_throw(binding.data.env, value);
  } else {
    const int count = pushJs(binding, L, value, kPlaceResult);
    if (count >= 0) return count;
  }
  *ended = !exceptionToLua(binding, L);
  return -1;
}

}  // namespace

AsyncRun::AsyncRun(StateBinding& state, RunPool& pool, const vm::Limits& limits) noexcept
    : binding(state), pool_(pool), entry_(state, true, limits) {}

AsyncRun::~AsyncRun() {
  if (binding.run == this) {
    if (binding.away) arrive();
    binding.run = nullptr;
    pool_.forget(*this);
    if (!dormant_) pool_.keepAlive(false);
  }
  if (visitWait_ != nullptr) forgetWait(*visitWait_);
  for (uint32_t slot = 0; slot < tasks.count(); slot++) {
    const Task* task = tasks.at(slot);
    if (task != nullptr && task->wait != nullptr) forgetWait(*task->wait);
  }
  if (done_ != nullptr && !binding.data.tornDown) napi_delete_reference(binding.data.env, done_);
}

bool AsyncRun::prepare(int function, size_t count, const napi_value* values) noexcept {
  lua_State* L = entry_.L();
  if (count > kMaxArguments) {
    throwError(binding.data, ErrorKind::argument, "Expected at most 200000 arguments, received more");
    return false;
  }
  if (!lua_checkstack(L, static_cast<int>(count) + 2 * kSlots)) {
    throwMemory(binding);
    return false;
  }
  int status = tasks.open(L);
  if (status != LUA_OK) {
    throwFailure(binding, L, status);
    return false;
  }
  const bool resumes = body.kind == RunBody::Kind::coroutine;
  loaded_ = resumes || body.kind == RunBody::Kind::function;
  if (resumes) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, function);
    coroutine_ = lua_tothread(L, -1);  // stays on this stack, and so alive
  }
  const int base = lua_gettop(L);
  if (!loaded_) lua_pushboolean(L, 0);  // the run's thread puts the function here
  if (resumes) lua_pushcfunction(L, meter_coresume);
  if (function != LUA_NOREF) lua_rawgeti(L, LUA_REGISTRYINDEX, function);
  for (size_t i = 0; i < count; i++)
    if (pushJs(binding, L, values[i], static_cast<int>(i)) < 0) return false;
  const int arguments = lua_gettop(L) - base - 1;
  status = vm::protect(L, arguments + 1, 0, [this, arguments](lua_State* inner) {
    main_ = tasks.spawn(inner, arguments);
    return 0;
  });
  if (status != LUA_OK) {
    throwFailure(binding, L, status);
    return false;
  }
  if (main_ == nullptr) {
    throwMemory(binding);
    return false;
  }
  thread_ = main_->thread;
  return true;
}

bool AsyncRun::begin(ResultMode mode, napi_value done) noexcept {
  if (napi_create_reference(binding.data.env, done, 1, &done_) != napi_ok) return false;
  mode_ = mode;
  binding.run = this;
  pool_.adopt(*this);
  pool_.keepAlive(true);
  leave();
  pool_.submit(*this);
  return true;
}

void AsyncRun::arrive() noexcept {
  binding.state.meter.go();
  binding.away = false;
  if (binding.deferredHandles != nullptr) binding.forgetDeferred();
}

void AsyncRun::leave() noexcept {
  binding.away = true;
  binding.state.meter.pause();
}

void AsyncRun::serve(Phase posted) noexcept {
  switch (posted) {
    case Phase::visiting:
      home_ = true;
      arrive();
      visitBody_(*this, visitWhat_);
      leave();
      home_ = false;
      if (visitWait_ == nullptr) {
        pool_.endVisit(*this);
      } else if (binding.state.meter.askedToEnd()) {
        endWaiting(Outcome::ended);  // asked before there was something to wait for
      }
      break;
    case Phase::idle:
      if (dormant_) break;
      dormant_ = true;
      pool_.keepAlive(false);
      break;
    case Phase::ended:
      finish();
      break;
    default:
      break;
  }
}

// --- waiting
// --------------------------------------------------------------------------------------------------------

bool AsyncRun::awaits(lua_State* L, napi_value value) noexcept {
  if (!maybeThenable(binding.data.env, value)) return false;
  const bool canSuspend = lua_isyieldable(L) != 0 && binding.state.meter.pinned == 0;
  auto* wait = new (std::nothrow) Wait{this, L, canSuspend};
  if (wait == nullptr) {
    throwMemory(binding);
    return false;
  }
  if (!subscribe(binding.data, *wait, value)) {
    wait->run = nullptr;
    wait->release();
    throwMemory(binding);  // no effect when an exception is pending
    return false;
  }
  visitWait_ = wait;
  return true;
}

void AsyncRun::linger(Wait& wait) noexcept {
  if (visitWait_ != &wait) return;
  if (wait.canSuspend) {
    Task& task = *tasks.current;
    visitWait_ = nullptr;
    wait.task = &task;
    task.wait = &wait;
    task.suspendedIn = wait.L;
    task.stage = Task::Stage::waiting;
    tasks.waiting++;
    static_cast<HostCall*>(visitWhat_)->outcome = Outcome::suspended;
    pool_.endVisit(*this);
    return;
  }
  dormant_ = true;
  pool_.keepAlive(false);
  pool_.yieldPlace(*this);
}

void AsyncRun::endWaiting(Outcome outcome) noexcept {
  forgetWait(*visitWait_);
  visitWait_ = nullptr;
  static_cast<HostCall*>(visitWhat_)->outcome = outcome;
  wakeUp();
  pool_.endVisit(*this);
}

void AsyncRun::wakeUp() noexcept {
  if (!dormant_) return;
  dormant_ = false;
  pool_.keepAlive(true);
}

void AsyncRun::settle(Wait& wait, bool failed, napi_value value) noexcept {
  napi_env env = binding.data.env;
  if (visitWait_ == &wait) {
    auto* call = static_cast<HostCall*>(visitWhat_);
    bool ended = false;
    home_ = true;
    arrive();
    lua_State* outer = binding.state.current();
    binding.state.setCurrent(call->L);
    call->nresults = pushSettled(binding, call->L, failed, value, &ended);
    if (!binding.state.meter.afterHost(call->L)) ended = true;
    binding.state.setCurrent(outer);
    leave();
    home_ = false;
    endWaiting(ended ? Outcome::ended : call->nresults < 0 ? Outcome::raised : Outcome::returned);
    return;
  }
  if (wait.task == nullptr || wait.value != nullptr) return;
  napi_value box;
  if (pool_.phaseOf(*this) == Phase::idle) {
    goOnWith([&] { deliver(wait, failed, value); });
    return;
  }
  wait.failed = failed;
  if (napi_create_array_with_length(env, 1, &box) != napi_ok ||
      napi_set_element(env, box, 0, value) != napi_ok ||
      napi_create_reference(env, box, 1, &wait.value) != napi_ok) {
    binding.state.meter.cancel();
    hurry();
    return;
  }
  wait.nextSettled = settled_;
  settled_ = &wait;
  if (pool_.idleOrTold(*this)) goOnWith([this] { deliverNews(); });  // it has become idle meanwhile
}

template <class Work>
void AsyncRun::goOnWith(Work work) noexcept {
  home_ = true;
  arrive();
  work();
  leave();
  home_ = false;
  wakeUp();
  pool_.submit(*this);
}

void AsyncRun::forgetWait(Wait& wait) noexcept {
  if (wait.value != nullptr) {
    if (!binding.data.tornDown) napi_delete_reference(binding.data.env, wait.value);
    wait.value = nullptr;
    for (Wait** at = &settled_; *at != nullptr; at = &(*at)->nextSettled) {
      if (*at != &wait) continue;
      *at = wait.nextSettled;
      break;
    }
  }
  if (wait.task != nullptr) wait.task->wait = nullptr;
  wait.run = nullptr;
  wait.task = nullptr;
  wait.release();
}

// Gives what was awaited to the coroutine that waits.
void AsyncRun::deliver(Wait& wait, bool failed, napi_value value) noexcept {
  Task& task = *wait.task;
  lua_State* L = entry_.L();
  lua_State* waiting = task.suspendedIn;
  const int base = lua_gettop(L);
  forgetWait(wait);
  tasks.waiting--;
  tasks.makeReady(task);
  bool ended = false;
  const int count = pushSettled(binding, L, failed, value, &ended);
  const int values = lua_gettop(L) - base;
  if (!ended && lua_checkstack(waiting, values + kSlots)) {
    lua_xmove(L, waiting, values);
    task.delivery = count;
    task.delivered = true;
    return;
  }
  lua_settop(L, base);
  if (!ended) {
    napi_value error = nullptr;
    throwMemory(binding);
    napi_get_and_clear_last_exception(binding.data.env, &error);
    binding.keepFatal(error);
  }
  binding.state.meter.trip(waiting, vm::Trip::host);
}

void AsyncRun::deliverNews() noexcept {
  napi_env env = binding.data.env;
  while (settled_ != nullptr) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return;
    Wait& wait = *settled_;
    napi_value box = nullptr;
    napi_value value = nullptr;
    napi_get_reference_value(env, wait.value, &box);
    if (box == nullptr || napi_get_element(env, box, 0, &value) != napi_ok) napi_get_undefined(env, &value);
    deliver(wait, wait.failed, value);
    napi_close_handle_scope(env, scope);
  }
}

int AsyncRun::takeDelivery(lua_State* L) noexcept {
  vm::RunMeter& meter = binding.state.meter;
  Task* task = tasks.current;
  if (!meter.goesOn(L)) meter.raise(L);
  if (task == nullptr || task->suspendedIn != L || !task->delivered) {
    meter.trip(L, vm::Trip::host);
    meter.raise(L);
  }
  const auto interruption = task->interruption;
  task->interruption = Task::Interruption::none;
  task->delivered = false;
  task->suspendedIn = nullptr;
  if (interruption == Task::Interruption::none) return task->delivery;
  lua_pushstring(L, interruption == Task::Interruption::cancelled
                        ? "task cancelled"
                        : "every task of the run waits for another one");
  return -1;
}

// --- the end
// --------------------------------------------------------------------------------------------------------

void AsyncRun::hurry() noexcept {
  if (home_) return;
  switch (pool_.phaseOf(*this)) {
    case Phase::visiting:
      if (visitWait_ != nullptr) endWaiting(Outcome::ended);
      break;
    case Phase::idle:
      finishHere();
      break;
    case Phase::ready:
      if (pool_.withdraw(*this)) finishHere();
      break;
    case Phase::blocked:
      pool_.expedite(*this);
      break;
    case Phase::running:
      // Its thread looks at the meter, also before it lets the run rest: but it may have looked already.
      if (pool_.idleOrTold(*this)) finishHere();
      break;
    default:
      break;
  }
}

// Ends a run that no thread has and that was asked to end.
void AsyncRun::finishHere() noexcept {
  home_ = true;
  arrive();
  vm::RunMeter& meter = binding.state.meter;
  (void)meter.goesOn(main_->suspendedIn == nullptr ? thread_ : main_->suspendedIn);
  if (main_->started) (void)lua_closethread(thread_, nullptr);
  closeTasks();  // no handler can run far: the meter is tripped
  status_ = LUA_ERRRUN;
  leave();
  finish();
}

// Closes all tasks but the one that has the result, with their variables that are to be closed.
void AsyncRun::closeTasks() noexcept {
  for (uint32_t slot = 0; slot < tasks.count(); slot++) {
    const Task* task = tasks.at(slot);
    if (task != nullptr && task->thread != thread_ && task->started)
      (void)lua_closethread(task->thread, nullptr);
  }
}

void AsyncRun::finish() noexcept {
  home_ = true;
  arrive();
  napi_env env = binding.data.env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) {
    delete this;
    return;
  }
  napi_value arguments[3] = {nullptr, takeResult(), nullptr};
  const bool failed = arguments[1] == nullptr;
  if (failed && napi_get_and_clear_last_exception(env, &arguments[1]) != napi_ok) arguments[1] = nullptr;
  napi_value receiver = nullptr;
  napi_value done = nullptr;
  napi_value result;
  napi_get_reference_value(env, done_, &done);
  const bool yielded = coroutine_ != nullptr && lua_status(coroutine_) == LUA_YIELD;
  delete this;
  if (napi_get_undefined(env, &receiver) == napi_ok &&
      napi_get_boolean(env, failed, &arguments[0]) == napi_ok &&
      napi_get_boolean(env, yielded, &arguments[2]) == napi_ok && done != nullptr) {
    if (arguments[1] == nullptr) arguments[1] = receiver;
    if (napi_call_function(env, receiver, done, 3, arguments, &result) == napi_pending_exception &&
        napi_get_and_clear_last_exception(env, &result) == napi_ok)
      napi_fatal_exception(env, result);  // `done` does not throw: the process is told
  }
  napi_close_handle_scope(env, scope);
}

// The results as one value. Null: an exception is pending.
napi_value AsyncRun::takeResult() noexcept {
  lua_State* L = entry_.L();
  if (binding.state.meter.tripped != 0) {
    throwTrip(binding);
    return nullptr;
  }
  int count = status_ == LUA_OK ? lua_gettop(thread_) : 1;
  if (!lua_checkstack(L, count + kSlots)) {
    throwMemory(binding);
    return nullptr;
  }
  int first = lua_gettop(L) + 1;
  lua_xmove(thread_, L, count);
  if (status_ == LUA_OK && coroutine_ != nullptr) {
    if (lua_toboolean(L, first) == 0) {  // what coroutine.resume gives for an error
      if (binding.traceback == nullptr) binding.traceback = new (std::nothrow) vm::Traceback;
      if (binding.traceback != nullptr && lua_status(coroutine_) > LUA_YIELD)
        binding.traceback->capture(coroutine_, 0);
      status_ = LUA_ERRRUN;
    }
    first++;
  }
  if (status_ != LUA_OK) {
    throwFailure(binding, L, status_);
    return nullptr;
  }
  napi_value value = nullptr;
  if (resultsToJs(binding, L, first, mode_, &value)) return entry_.finish(value);
  throwMemory(binding);  // no effect when the conversion threw
  return nullptr;
}

// --- the run's thread
// -----------------------------------------------------------------------------------------------

bool AsyncRun::visit(void (*what)(AsyncRun&, void*), void* argument) noexcept {
  visitBody_ = what;
  visitWhat_ = argument;
  binding.onRunThread = false;
  binding.state.meter.pause();
  const bool served = pool_.visit(*this);
  binding.state.meter.go();
  binding.onRunThread = true;
  return served;
}

void AsyncRun::proceed() noexcept {
  vm::RunMeter& meter = binding.state.meter;
  binding.onRunThread = true;
  meter.go();
  int status = loaded_ ? LUA_OK : load();
  if (status != LUA_OK) {
    conclude(status);
    return;
  }
  for (;;) {
    Task* task = nextTask();
    if (task == nullptr) return;
    const bool first = !task->started;
    int results = 0;
    tasks.current = task;
    meter.base = task->thread;
    task->started = true;
    status = lua_resume(task->thread, nullptr, first ? task->arguments : 0, &results);
    meter.suspending = 0;
    if (status == LUA_YIELD) continue;
    if (task == main_ || status != LUA_OK) {
      thread_ = task->thread;
      conclude(status);
      return;
    }
    tasks.remove(*task);
  }
}

// The task whose turn it is. Null: the run is JavaScript's until one of them can go on.
Task* AsyncRun::nextTask() noexcept {
  vm::RunMeter& meter = binding.state.meter;
  for (;;) {
    if (news.exchange(false, std::memory_order_acq_rel) &&
        !visit([](AsyncRun& run, void*) { run.deliverNews(); }, nullptr))
      meter.cancel();
    if (!meter.goesOn(thread_)) return main_;
    Task* task = tasks.takeReady();
    if (task != nullptr) return task;
    if (tasks.waiting == 0) {
      interrupt(*main_, Task::Interruption::deadlocked);
      continue;
    }
    binding.onRunThread = false;
    meter.pause();
    if (pool_.rest(*this)) return nullptr;
    meter.go();
    binding.onRunThread = true;
  }
}

// Pushes the function below the arguments. Gives a status; on failure the error value is on top.
int AsyncRun::load() noexcept {
  loaded_ = true;
  lua_State* L = thread_;
  const int status =
      body.kind == RunBody::Kind::chunk
          ? vm::loadChunk(L, body.source.bytes(), body.source.length(),
                          ChunkName(body.name, body.source, body.mode).text, body.mode)
          : vm::protect(L, 0, 1, [this](lua_State* inner) { return pushGlobalFunction(inner, body.path); });
  if (status == LUA_OK) lua_replace(L, 1);
  return status;
}

void AsyncRun::conclude(int status) noexcept {
  vm::RunMeter& meter = binding.state.meter;
  if (status != LUA_OK && tasks.current != nullptr) {
    if (meter.tripped == 0) {
      if (binding.traceback == nullptr) binding.traceback = new (std::nothrow) vm::Traceback;
      if (binding.traceback != nullptr) binding.traceback->capture(thread_, 0);
    }
    const int closed = lua_closethread(thread_, nullptr);
    if (closed != LUA_OK) status = closed;  // also the error of a handler, which takes its place
  }
  closeTasks();
  status_ = status;
  binding.onRunThread = false;
  meter.pause();
  pool_.end(*this);
}

bool AsyncRun::suspend(lua_State* L) noexcept {
  if (lua_isyieldable(L) == 0 || binding.state.meter.pinned != 0) return false;
  tasks.current->stage = Task::Stage::suspended;
  tasks.current->suspendedIn = L;
  return true;
}

void AsyncRun::interrupt(Task& task, Task::Interruption why) noexcept {
  if (task.stage == Task::Stage::waiting) {
    // What JavaScript knows of a wait, only its thread changes.
    const auto forget = [](AsyncRun& run, void* what) { run.forgetWait(*static_cast<Task*>(what)->wait); };
    if (!visit(forget, &task)) return;
    tasks.waiting--;
  } else if (task.stage == Task::Stage::ready && !task.started) {
    return;
  }
  if (task.stage == Task::Stage::running) return;
  task.interruption = why;
  task.delivery = 0;
  task.delivered = true;
  if (task.stage != Task::Stage::ready) tasks.makeReady(task);
}

Outcome AsyncRun::callHost(lua_State* L, int* nresults) noexcept {
  HostCall call{L};
  const auto body = [](AsyncRun& run, void* what) {
    auto* asked = static_cast<HostCall*>(what);
    asked->outcome = callHostHere(asked->L, &asked->nresults, &run);
  };
  if (!visit(body, &call)) return Outcome::ended;
  *nresults = call.nresults;
  return call.outcome;
}

int continueAfterWait(lua_State* L, int, lua_KContext) {
  AsyncRun* run = StateBinding::from(L)->run;
  if (run == nullptr) return luaL_error(L, "coroutine of a run that has ended");
  const int count = run->takeDelivery(L);
  return count < 0 ? lua_error(L) : count;
}

}  // namespace binding
