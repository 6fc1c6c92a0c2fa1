// The threads of one environment that off-thread runs are on, and the way from them to the JavaScript thread.
//
// A run is in one phase at a time (AsyncRun::phase), which tells who owns its state. Phases, queues and
// counters change under one mutex; who takes a state over sees, through it, all that the owner before did.
#pragma once

#include <node_api.h>
#include <uv.h>

#include <condition_variable>
#include <mutex>

#include "native_thread.hpp"

namespace binding {

struct AddonData;
class AsyncRun;

enum class Phase {
  idle,      // JavaScript's; waits for promises, on no thread
  ready,     // JavaScript's until a thread takes it: in the queue
  running,   // a thread's
  blocked,   // a thread's, which waits for its turn
  visiting,  // the thread waits while JavaScript has it, or will have it
  ended      // JavaScript's; its thread is done with it
};

// A list of runs, linked by one of their members.
struct RunList {
  AsyncRun* first = nullptr;
  AsyncRun* last = nullptr;
};

class RunPool {
 public:
  // Runs on processors at the same time, unless set. Threads beyond that exist for runs that have begun.
  static constexpr unsigned kDefaultSlots = 4;
  // Threads at most. Runs beyond wait for one.
  static constexpr unsigned kMostThreads = 256;
  // How long a run keeps its place on a processor while others wait. Then it goes behind those that begin or
  // go on after a wait, most of which are short; so that it goes on at all, only so many go before it.
  static constexpr double kTurnMs = 10;
  static constexpr unsigned kMostInARow = 4;

  // Null: JavaScript cannot run, or memory ran out.
  static RunPool* create(AddonData& data) noexcept;

  // --- the JavaScript thread

  void setSlots(unsigned slots) noexcept;
  // Makes a run known, so that the end of the environment finds it; until `forget`.
  void adopt(AsyncRun& run) noexcept;
  void forget(AsyncRun& run) noexcept;
  // Queues an idle run.
  void submit(AsyncRun& run) noexcept;
  // Takes a queued run that no thread has taken yet, which is idle then. False: it is too late.
  [[nodiscard]] bool withdraw(AsyncRun& run) noexcept;
  // Lets a run that waits for its turn go on now, to its end.
  void expedite(AsyncRun& run) noexcept;
  [[nodiscard]] Phase phaseOf(const AsyncRun& run) noexcept;
  // Lets the thread of a visiting run go on.
  void endVisit(AsyncRun& run) noexcept;
  // Gives the place of a visiting run to others until the visit ends.
  void yieldPlace(AsyncRun& run) noexcept;
  // Whether the run is idle; if not, its thread will look for news before it lets the run be idle.
  [[nodiscard]] bool idleOrTold(AsyncRun& run) noexcept;
  // Counts runs that keep the process alive.
  void keepAlive(bool more) noexcept;

  // --- the thread of a run

  // Waits while JavaScript serves the run. False: it never will.
  [[nodiscard]] bool visit(AsyncRun& run) noexcept;
  // Gives way to others when the run had its turn. False: the environment is ending.
  [[nodiscard]] bool giveWay(AsyncRun& run) noexcept;
  // Makes the run idle, unless there are news. True: it is JavaScript's now.
  [[nodiscard]] bool rest(AsyncRun& run) noexcept;
  // Gives the run to JavaScript for good.
  void end(AsyncRun& run) noexcept;

 private:
  struct Worker {
    NativeThread thread;
    RunPool* pool = nullptr;
    bool finished = false;
    Worker* next = nullptr;
  };

  explicit RunPool(AddonData& data) noexcept : data_(data) {}
  ~RunPool() = default;

  void work(Worker& self) noexcept;
  void serve() noexcept;
  void shutDown() noexcept;
  // All with the mutex held.
  void dispatch() noexcept;
  bool addThread() noexcept;
  void post(AsyncRun& run) noexcept;

  AddonData& data_;
  napi_async_context context_ = nullptr;
  uv_async_t* wake_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  unsigned alive_ = 0;        // JavaScript thread
  AsyncRun* runs_ = nullptr;  // JavaScript thread

  std::mutex mutex_;
  std::condition_variable work_;
  RunList ready_;     // phase ready
  RunList blocked_;   // phase blocked
  RunList assigned_;  // phase ready, with a place, for the next free thread
  RunList posted_;
  Worker* workers_ = nullptr;
  unsigned slots_ = kDefaultSlots;
  unsigned taken_ = 0;    // places
  unsigned inARow_ = 0;   // runs that were let in before blocked ones
  unsigned pending_ = 0;  // in assigned_
  unsigned idle_ = 0;     // threads without a run
  unsigned threads_ = 0;
  bool ended_ = false;
};

}  // namespace binding
