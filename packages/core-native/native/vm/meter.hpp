// One mechanism for every kind of stop: instructions, wall clock, cancellation, teardown. See meter.h for the
// side that the interpreter sees.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "host.hpp"
#include "lua_api.hpp"
#include "meter.h"
#include "traceback.hpp"

namespace vm {

struct Allocator;

struct Limits {
  double maxInstructions = 0;  // 0: none
  double timeoutMs = 0;        // of the wall clock; 0: none
  double cpuTimeoutMs = 0;     // of the CPU time of the threads that the run is on; 0: none

  // The tighter of both, per kind.
  [[nodiscard]] Limits tightened(const Limits& other) const noexcept;
};

enum class Trip : int {
  none = 0,
  instructions,
  timeout,
  cpuTimeout,
  cancelled,
  // The embedder ends the run for a reason of its own (a hook threw, the thread is ending).
  host,
};

struct RunFigures {
  double instructions = 0;
  double cpuMs = 0;
  double wallMs = 0;
  double peakBytes = 0;
  double crossings = 0;
};

// Meter must be the first base: the interpreter finds it through the extra space of each lua_State.
class RunMeter : public Meter {
 public:
  RunMeter(Host& host, Allocator& allocator) noexcept;

  // Starts the outermost run. Thread: the owner of the state.
  void begin(const Limits& limits) noexcept;
  // Ends it, and clears a trip. `figures`: whether it counts as the last run.
  void end(bool figures) noexcept;
  [[nodiscard]] bool running() const noexcept { return running_; }

  // A run changes threads: the one that gives it away calls pause, the one that takes it go. What the first
  // did must be visible to the second.
  void pause() noexcept;
  void go() noexcept;

  // Asks the run in progress to end. Any thread. Without a run it is forgotten at the next begin.
  void cancel() noexcept { requested_.store(Trip::cancelled, std::memory_order_relaxed); }
  // The same because its time is up, for runs that wait and so do not look at the clock.
  void expire() noexcept { requested_.store(Trip::timeout, std::memory_order_relaxed); }
  [[nodiscard]] bool askedToEnd() const noexcept {
    return tripped != 0 || requested_.load(std::memory_order_relaxed) != Trip::none;
  }
  // Trips the meter when the run was asked to end. False: it was.
  [[nodiscard]] bool goesOn(lua_State* L) noexcept;

  // Around calls of the host, whose time counts. The second may trip the meter; then the caller must raise
  // with raise().
  void beforeHost() noexcept;
  [[nodiscard]] bool afterHost(lua_State* L) noexcept {
    if (askedToEnd()) return goesOn(L);
    return fuel >= 0 || advance(L);
  }

  // At the end of a run that called the host: whether its time was enough. Trips the meter when not.
  [[nodiscard]] bool inTime(lua_State* L) noexcept;

  // Trips from outside, for Trip::host. Takes effect at the next poll.
  void trip(lua_State* L, Trip kind) noexcept;
  // Raises the error of a tripped meter. May raise: always does.
  [[noreturn]] void raise(lua_State* L) noexcept;
  // Notes where memory ran out, for the error that follows. Never raises.
  void noteNoMemory(lua_State* L) noexcept;
  // Where memory ran out last in this run; null when it did not.
  [[nodiscard]] const Traceback* noMemoryTraceback() const noexcept {
    return noMemory_ ? &tripTraceback() : nullptr;
  }
  // The slow path of a poll: takes the next slice. False when the run must end; never raises.
  [[nodiscard]] bool advance(lua_State* L) noexcept;
  // The same for the interpreter. May raise.
  void slow(lua_State* L) noexcept {
    if (!advance(L)) raise(L);
  }
  // Charges work of the host's and polls. False when the run must end.
  [[nodiscard]] bool charge(lua_State* L, ptrdiff_t units) noexcept {
    fuel -= units;
    return fuel >= 0 || advance(L);
  }

  [[nodiscard]] Trip tripKind() const noexcept { return kind_; }
  [[nodiscard]] const Traceback& tripTraceback() const noexcept {
    return traceback_ == nullptr ? kNoTraceback : *traceback_;
  }
  [[nodiscard]] double used() const noexcept { return usedAtTrip_; }
  [[nodiscard]] double maximum() const noexcept;
  [[nodiscard]] const RunFigures& figures() const noexcept { return figures_; }

  void countCrossing() noexcept { crossings_++; }

 private:
  static constexpr ptrdiff_t kFirstSlice = 64;
  static constexpr ptrdiff_t kLongestSlice = 20000;
  // What a call of the host takes from a slice: some twenty calls later the clock is looked at.
  static constexpr ptrdiff_t kHostUnits = 1000;
  static constexpr double kSliceMs = 0.1;    // what a slice should take
  static constexpr double kHeartbeatMs = 5;  // how often the host is asked whether it is alive
  static constexpr double kCpuClockFromMs =
      0.02;  // shorter runs are not worth reading the CPU clock, a system call

  static const Traceback kNoTraceback;

  void account() noexcept;
  void noteTraceback(lua_State* L) noexcept;
  [[nodiscard]] double cpuUsed() noexcept;
  void takeFigures() noexcept;
  void startClock(double now) noexcept;
  void setSlice(ptrdiff_t units) noexcept;
  [[nodiscard]] bool checkClock(lua_State* L, double now) noexcept;

  Host& host_;
  Allocator& allocator_;
  ptrdiff_t slice_ = 0;        // fuel at the last account
  ptrdiff_t sliceLength_ = 1;  // of the current slice when it was taken
  int64_t consumed_ = 0;
  int64_t budget_ = 0;
  Limits limits_;
  bool running_ = false;
  bool clockStarted_ = false;
  bool cpuStarted_ = false;
  bool noMemory_ = false;
  double start_ = 0;
  double last_ = 0;
  double lastHeartbeat_ = 0;
  double cpuStart_ = 0;
  double cpuBefore_ = 0;  // used before cpuStart_
  uint64_t crossings_ = 0;
  std::atomic<Trip> requested_{Trip::none};
  Trip kind_ = Trip::none;
  double usedAtTrip_ = 0;
  // Made at the first trip: most states never have one. Without it errors have no traceback.
  std::unique_ptr<Traceback> traceback_;
  RunFigures figures_;
  Meter* outer_ = nullptr;  // the run of another state on this thread that this one interrupts
};

// While one lives, the collector calls no finalizer: the host is in the middle of reading or building a
// value, and what a finalizer does could change it. Must not be alive at a point of raise.
class FinalizerHold {
 public:
  explicit FinalizerHold(Meter& meter) noexcept : meter_(meter) { meter_.holdfinalizers++; }
  ~FinalizerHold() { meter_.holdfinalizers--; }
  FinalizerHold(const FinalizerHold&) = delete;
  FinalizerHold& operator=(const FinalizerHold&) = delete;

 private:
  Meter& meter_;
};

}  // namespace vm
