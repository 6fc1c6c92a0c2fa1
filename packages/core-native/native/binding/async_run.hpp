// A run on a thread of the addon's: an entry into Lua that stays open while the state changes threads.
#pragma once

#include <node_api.h>

#include <atomic>
#include <chrono>
#include <condition_variable>

#include "arguments.hpp"
#include "run_pool.hpp"
#include "state_binding.hpp"
#include "task_list.hpp"

namespace binding {

struct Wait;

// How a host function that Lua called came out.
enum class Outcome { returned, raised, ended, closed, suspended, awaiting };

// A call of a host function by a run's thread. It lives on the stack of that thread.
struct HostCall {
  lua_State* L;
  int nresults = 0;
  Outcome outcome = Outcome::ended;
};

// What a run begins with.
struct RunBody {
  enum class Kind { chunk, path, function, coroutine };
  Kind kind = Kind::chunk;
  Text source;
  Text name;
  vm::ChunkMode mode = vm::ChunkMode::text;
  GlobalPath path;
};

class AsyncRun {
 public:
  // Enters the state; `entered` tells whether that went well.
  AsyncRun(StateBinding& binding, RunPool& pool, const vm::Limits& limits) noexcept;
  ~AsyncRun();
  AsyncRun(const AsyncRun&) = delete;
  AsyncRun& operator=(const AsyncRun&) = delete;

  // --- the JavaScript thread

  [[nodiscard]] bool entered() const noexcept { return entry_.entered(); }
  // Makes the coroutine, passes `function` (a registry slot, for kinds that have one) and the arguments.
  // False: an exception is pending.
  [[nodiscard]] bool prepare(int function, size_t count, const napi_value* arguments) noexcept;
  // Gives the state away. `done(failed, value)` is called at the end.
  [[nodiscard]] bool begin(ResultMode mode, napi_value done) noexcept;
  // Has a run that was asked to end do so soon, wherever it is. It may be gone afterwards.
  void hurry() noexcept;
  // What a thread posted: a visit, the end, or that the run is idle.
  void serve(Phase phase) noexcept;
  // Notes what a thenable that `wait` stands for came to.
  void settle(Wait& wait, bool failed, napi_value value) noexcept;
  // The thenable did not settle at once: the run's thread need not wait for it.
  void linger(Wait& wait) noexcept;
  // Waits for `value` if it is a thenable.
  [[nodiscard]] bool awaits(lua_State* L, napi_value value) noexcept;
  // The environment has ended, and no thread has the run.
  void abandon() noexcept { delete this; }

  // --- the run's thread

  // Runs until the run is idle or ended; it may be gone afterwards.
  void proceed() noexcept;
  // Has the JavaScript thread run `body` while this thread waits. False: it did not, the environment has
  // ended.
  bool visit(void (*body)(AsyncRun&, void*), void* what) noexcept;
  // Calls the host function that `L` runs.
  Outcome callHost(lua_State* L, int* nresults) noexcept;
  // The number of results of a wait, on top of `L`; -1: the top is an error. May raise: the end of the run.
  int takeDelivery(lua_State* L) noexcept;
  // Takes note that the current task leaves its coroutines in `L`. False: it cannot, in this place.
  [[nodiscard]] bool suspend(lua_State* L) noexcept;
  // Has a task that has begun go on with an error.
  void interrupt(Task& task, Task::Interruption why) noexcept;
  [[nodiscard]] bool giveWay() noexcept { return pool_.giveWay(*this); }

  StateBinding& binding;
  RunBody body;
  TaskList tasks;

  // --- the pool's, under its mutex
  Phase phase = Phase::idle;
  bool granted = false;  // while blocked: it is its turn
  bool visitEnded = false;
  bool placeYielded = false;
  std::atomic<bool> news{false};  // set under the mutex
  bool posted = false;
  AsyncRun* nextReady = nullptr;
  AsyncRun* nextPosted = nullptr;
  AsyncRun* nextLive = nullptr;
  AsyncRun* previousLive = nullptr;
  std::condition_variable turn;
  std::chrono::steady_clock::time_point since;  // when the turn began; the run's thread

 private:
  void arrive() noexcept;
  void leave() noexcept;
  void endWaiting(Outcome outcome) noexcept;
  void deliver(Wait& wait, bool failed, napi_value value) noexcept;
  void forgetWait(Wait& wait) noexcept;
  void closeTasks() noexcept;
  template <class Work>
  void goOnWith(Work work) noexcept;
  [[nodiscard]] Task* nextTask() noexcept;
  void deliverNews() noexcept;
  void wakeUp() noexcept;
  void finishHere() noexcept;
  void finish() noexcept;
  [[nodiscard]] napi_value takeResult() noexcept;
  [[nodiscard]] int load() noexcept;
  void conclude(int status) noexcept;

  RunPool& pool_;
  Entry entry_;
  Task* main_ = nullptr;
  lua_State* thread_ = nullptr;  // of the main task, or of the one whose error ended the run
  napi_ref done_ = nullptr;
  ResultMode mode_ = ResultMode::automatic;
  lua_State* coroutine_ = nullptr;  // what a run of kind `coroutine` resumes
  bool loaded_ = false;
  int status_ = LUA_OK;  // at the end
  bool home_ = false;    // the JavaScript thread is at work on it
  bool dormant_ = false;
  void (*visitBody_)(AsyncRun&, void*) = nullptr;
  void* visitWhat_ = nullptr;
  Wait* visitWait_ = nullptr;  // what the visit waits for
  Wait* settled_ = nullptr;    // settled while the thread had the state
};

// lua_KFunction: goes on behind a wait.
int continueAfterWait(lua_State* L, int status, lua_KContext context);

}  // namespace binding
