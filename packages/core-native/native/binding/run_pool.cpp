#include "run_pool.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>

#include "addon_data.hpp"
#include "async_run.hpp"

namespace binding {
namespace {

// How long a thread without a run stays.
constexpr std::chrono::seconds kIdleTime{5};

void append(RunList& list, AsyncRun& run, AsyncRun* AsyncRun::*next) noexcept {
  run.*next = nullptr;
  if (list.last == nullptr) {
    list.first = &run;
  } else {
    list.last->*next = &run;
  }
  list.last = &run;
}

bool removeFrom(RunList& list, AsyncRun& run, AsyncRun* AsyncRun::*next) noexcept {
  AsyncRun* previous = nullptr;
  for (AsyncRun* at = list.first; at != nullptr; previous = at, at = at->*next) {
    if (at != &run) continue;
    (previous == nullptr ? list.first : previous->*next) = at->*next;
    if (list.last == at) list.last = previous;
    return true;
  }
  return false;
}

AsyncRun* takeFirst(RunList& list, AsyncRun* AsyncRun::*next) noexcept {
  AsyncRun* run = list.first;
  if (run == nullptr) return nullptr;
  list.first = run->*next;
  if (list.first == nullptr) list.last = nullptr;
  return run;
}

}  // namespace

// --- the JavaScript thread
// ------------------------------------------------------------------------------------------

RunPool* RunPool::create(AddonData& data) noexcept {
  napi_env env = data.env;
  uv_loop_s* loop = nullptr;
  napi_value name;
  auto* pool = new (std::nothrow) RunPool(data);
  auto* wake = new (std::nothrow) uv_async_t;
  if (pool == nullptr || wake == nullptr || napi_get_uv_event_loop(env, &loop) != napi_ok ||
      napi_create_string_latin1(env, "LuaRun", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_async_init(env, nullptr, name, &pool->context_) != napi_ok) {
    delete pool;
    delete wake;
    return nullptr;
  }
  if (uv_async_init(loop, wake, [](uv_async_t* handle) { static_cast<RunPool*>(handle->data)->serve(); }) !=
      0) {
    napi_async_destroy(env, pool->context_);
    delete pool;
    delete wake;
    return nullptr;
  }
  wake->data = pool;
  pool->wake_ = wake;
  pool->slots_ = std::clamp(std::thread::hardware_concurrency(), 1u, kDefaultSlots);
  uv_unref(reinterpret_cast<uv_handle_t*>(wake));
  const auto end = [](napi_async_cleanup_hook_handle handle, void* pointer) {
    auto* ending = static_cast<RunPool*>(pointer);
    ending->hook_ = handle;
    ending->shutDown();
    uv_close(reinterpret_cast<uv_handle_t*>(ending->wake_), [](uv_handle_t* closed) {
      auto* gone = static_cast<RunPool*>(closed->data);
      napi_remove_async_cleanup_hook(gone->hook_);
      delete reinterpret_cast<uv_async_t*>(closed);
      delete gone;
    });
  };
  if (napi_add_async_cleanup_hook(env, end, pool, nullptr) != napi_ok) {
    uv_close(reinterpret_cast<uv_handle_t*>(wake), [](uv_handle_t* closed) {
      delete static_cast<RunPool*>(closed->data);
      delete reinterpret_cast<uv_async_t*>(closed);
    });
    return nullptr;
  }
  return pool;
}

void RunPool::setSlots(unsigned slots) noexcept {
  const std::lock_guard lock(mutex_);
  slots_ = slots;
  dispatch();
}

void RunPool::adopt(AsyncRun& run) noexcept {
  run.nextLive = runs_;
  if (runs_ != nullptr) runs_->previousLive = &run;
  runs_ = &run;
}

void RunPool::forget(AsyncRun& run) noexcept {
  if (run.nextLive != nullptr) run.nextLive->previousLive = run.previousLive;
  if (run.previousLive != nullptr) {
    run.previousLive->nextLive = run.nextLive;
  } else if (runs_ == &run) {
    runs_ = run.nextLive;
  }
  const std::lock_guard lock(mutex_);
  if (run.posted) removeFrom(posted_, run, &AsyncRun::nextPosted);
}

void RunPool::submit(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  run.phase = Phase::ready;
  append(ready_, run, &AsyncRun::nextReady);
  dispatch();
}

bool RunPool::withdraw(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  if (run.phase != Phase::ready || !removeFrom(ready_, run, &AsyncRun::nextReady)) return false;
  run.phase = Phase::idle;
  return true;
}

void RunPool::expedite(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  if (run.phase != Phase::blocked || !removeFrom(blocked_, run, &AsyncRun::nextReady)) return;
  taken_++;
  run.granted = true;
  run.turn.notify_one();
}

Phase RunPool::phaseOf(const AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  return run.phase;
}

void RunPool::endVisit(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  run.visitEnded = true;
  run.turn.notify_one();
}

void RunPool::yieldPlace(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  run.placeYielded = true;
  taken_--;
  dispatch();
}

bool RunPool::idleOrTold(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  if (run.phase == Phase::idle) return true;
  run.news.store(true, std::memory_order_release);
  return false;
}

void RunPool::keepAlive(bool more) noexcept {
  auto* handle = reinterpret_cast<uv_handle_t*>(wake_);
  if (more) {
    if (alive_++ == 0) uv_ref(handle);
  } else if (--alive_ == 0) {
    uv_unref(handle);
  }
}

void RunPool::serve() noexcept {
  napi_env env = data_.env;
  napi_handle_scope handles;
  napi_callback_scope callback;
  if (napi_open_handle_scope(env, &handles) != napi_ok) return;
  if (napi_open_callback_scope(env, nullptr, context_, &callback) != napi_ok) {
    napi_close_handle_scope(env, handles);
    return;
  }
  // Those that are posted meanwhile wait for the next turn of the event loop.
  unsigned count = 0;
  {
    const std::lock_guard lock(mutex_);
    for (AsyncRun* run = posted_.first; run != nullptr; run = run->nextPosted) count++;
  }
  while (count-- > 0) {
    AsyncRun* run = nullptr;
    Phase phase = Phase::running;
    {
      const std::lock_guard lock(mutex_);
      run = takeFirst(posted_, &AsyncRun::nextPosted);
      if (run == nullptr) break;
      run->posted = false;
      phase = run->phase;
    }
    run->serve(phase);
  }
  napi_close_callback_scope(env, callback);
  napi_close_handle_scope(env, handles);
}

void RunPool::shutDown() noexcept {
  data_.tornDown = true;
  data_.pool = nullptr;
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    for (AsyncRun* run = runs_; run != nullptr; run = run->nextLive) {
      run->binding.state.meter.cancel();
      run->turn.notify_all();
    }
    work_.notify_all();
  }
  while (workers_ != nullptr) {
    Worker* worker = workers_;
    workers_ = worker->next;
    worker->thread.join();
    delete worker;
  }
  while (runs_ != nullptr) runs_->abandon();
}

// --- the thread of a run
// --------------------------------------------------------------------------------------------

bool RunPool::visit(AsyncRun& run) noexcept {
  std::unique_lock lock(mutex_);
  if (ended_) return false;
  run.visitEnded = false;
  run.placeYielded = false;
  run.phase = Phase::visiting;
  post(run);
  while (!run.visitEnded && !ended_) run.turn.wait(lock);
  if (run.placeYielded) taken_++;
  run.phase = Phase::running;
  return run.visitEnded;
}

bool RunPool::giveWay(AsyncRun& run) noexcept {
  const auto turn = std::chrono::steady_clock::now() - run.since;
  std::unique_lock lock(mutex_);
  if (ended_) return false;
  if (std::chrono::duration<double, std::milli>(turn).count() < kTurnMs) return true;
  if (ready_.first == nullptr && blocked_.first == nullptr && taken_ <= slots_) return true;
  taken_--;
  run.granted = false;
  run.phase = Phase::blocked;
  append(blocked_, run, &AsyncRun::nextReady);
  dispatch();
  while (!run.granted && !ended_) run.turn.wait(lock);
  run.phase = Phase::running;
  run.since = std::chrono::steady_clock::now();
  return !ended_;
}

bool RunPool::rest(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  if (run.news.load(std::memory_order_relaxed) && !ended_) return false;
  run.phase = Phase::idle;
  post(run);
  return true;
}

void RunPool::end(AsyncRun& run) noexcept {
  const std::lock_guard lock(mutex_);
  run.phase = Phase::ended;
  post(run);
}

// --- the threads
// ----------------------------------------------------------------------------------------------------

void RunPool::work(Worker& self) noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    bool late = false;
    // Not wait_for: the steady clock's wait is unknown to ThreadSanitizer.
    while (assigned_.first == nullptr && !ended_ && !late)
      late = work_.wait_until(lock, std::chrono::system_clock::now() + kIdleTime) == std::cv_status::timeout;
    if (ended_ || assigned_.first == nullptr) break;
    AsyncRun* run = takeFirst(assigned_, &AsyncRun::nextReady);
    pending_--;
    idle_--;
    run->phase = Phase::running;
    run->since = std::chrono::steady_clock::now();
    lock.unlock();
    run->proceed();
    lock.lock();
    taken_--;
    idle_++;
    dispatch();
  }
  idle_--;
  threads_--;
  self.finished = true;
}

void RunPool::dispatch() noexcept {
  while (taken_ < slots_ && !ended_) {
    const bool canBegin = ready_.first != nullptr && (pending_ < idle_ || addThread());
    if (canBegin && (blocked_.first == nullptr || inARow_ < kMostInARow)) {
      append(assigned_, *takeFirst(ready_, &AsyncRun::nextReady), &AsyncRun::nextReady);
      inARow_++;
      pending_++;
      work_.notify_one();
    } else if (blocked_.first != nullptr) {
      AsyncRun* run = takeFirst(blocked_, &AsyncRun::nextReady);
      inARow_ = 0;
      run->granted = true;
      run->turn.notify_one();
    } else {
      return;
    }
    taken_++;
  }
}

bool RunPool::addThread() noexcept {
  for (Worker** at = &workers_; *at != nullptr;) {
    Worker* worker = *at;
    if (!worker->finished) {
      at = &worker->next;
      continue;
    }
    *at = worker->next;
    worker->thread.join();  // it has let go of the mutex for good
    delete worker;
  }
  if (threads_ >= kMostThreads) return false;
  auto* worker = new (std::nothrow) Worker;
  if (worker == nullptr) return false;
  worker->pool = this;
  const auto body = [](void* pointer) {
    auto* self = static_cast<Worker*>(pointer);
    self->pool->work(*self);
  };
  if (!worker->thread.start(body, worker)) {
    delete worker;
    return false;
  }
  worker->next = workers_;
  workers_ = worker;
  threads_++;
  idle_++;
  return true;
}

void RunPool::post(AsyncRun& run) noexcept {
  if (ended_) return;
  if (!run.posted) append(posted_, run, &AsyncRun::nextPosted);
  run.posted = true;
  uv_async_send(wake_);
}

}  // namespace binding
