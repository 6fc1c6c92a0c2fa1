#include "meter.hpp"

#include <cstdlib>
#include <limits>
#include <new>

#include "allocator.hpp"
#include "hooks.hpp"

namespace vm {
namespace {

constexpr int64_t kNoBudget = std::numeric_limits<int64_t>::max();

// The run that this thread is in, for functions of Lua that get no lua_State. Set by begin and end, which
// nest.
thread_local Meter* currentMeter = nullptr;

// What a tripped meter throws: an address that no script can get hold of.
char tripSentinel;

double tighter(double a, double b) noexcept {
  if (a <= 0) return b;
  if (b <= 0) return a;
  return a < b ? a : b;
}

}  // namespace

Limits Limits::tightened(const Limits& other) const noexcept {
  return {tighter(maxInstructions, other.maxInstructions), tighter(timeoutMs, other.timeoutMs),
          tighter(cpuTimeoutMs, other.cpuTimeoutMs)};
}

const Traceback RunMeter::kNoTraceback{};

RunMeter::RunMeter(Host& host, Allocator& allocator) noexcept : Meter{}, host_(host), allocator_(allocator) {}

void RunMeter::begin(const Limits& limits) noexcept {
  limits_ = limits;
  budget_ = limits.maxInstructions > 0 && limits.maxInstructions < 9e18
                ? static_cast<int64_t>(limits.maxInstructions)
                : kNoBudget;
  consumed_ = 0;
  crossings_ = 0;
  clockStarted_ = false;
  cpuStarted_ = false;
  noMemory_ = false;
  running_ = true;
  tripped = 0;
  kind_ = Trip::none;
  requested_.store(Trip::none, std::memory_order_relaxed);
  suspending = pinned = 0;
  base = nullptr;
  allocator_.peak = allocator_.used;
  setSlice(kFirstSlice);
  outer_ = currentMeter;
  currentMeter = this;
}

void RunMeter::end(bool figures) noexcept {
  account();
  if (figures) takeFigures();
  running_ = false;
  tripped = 0;
  base = nullptr;
  fuel = slice_ =
      kLongestSlice;  // outside runs nothing is limited: only short, bounded work of the host happens there
  currentMeter = outer_;
}

void RunMeter::takeFigures() noexcept {
  figures_.instructions = static_cast<double>(consumed_);
  figures_.peakBytes = static_cast<double>(allocator_.peak);
  figures_.crossings = static_cast<double>(crossings_);
  figures_.wallMs = 0;
  figures_.cpuMs = 0;
  if (clockStarted_) {
    figures_.wallMs = host_.nowMs() - start_;
    figures_.cpuMs = cpuStarted_ ? cpuUsed() : figures_.wallMs;
  }
}

double RunMeter::cpuUsed() noexcept {
  return cpuBefore_ + host_.cpuMs() - cpuStart_;
}

void RunMeter::pause() noexcept {
  account();
  if (cpuStarted_) cpuBefore_ = cpuUsed();
  currentMeter = outer_;
}

void RunMeter::go() noexcept {
  outer_ = currentMeter;
  currentMeter = this;
  if (!clockStarted_) startClock(host_.nowMs());
  cpuStart_ = host_.cpuMs();
  if (!cpuStarted_) cpuBefore_ = 0;
  cpuStarted_ = true;
}

bool RunMeter::goesOn(lua_State* L) noexcept {
  if (tripped) return false;
  const Trip requested = requested_.load(std::memory_order_relaxed);
  if (requested == Trip::none) return true;
  trip(L, requested);
  return false;
}

void RunMeter::noteNoMemory(lua_State* L) noexcept {
  if (!running_ || tripped) return;
  noteTraceback(L);
  noMemory_ = true;
}

void RunMeter::noteTraceback(lua_State* L) noexcept {
  if (traceback_ == nullptr) traceback_.reset(new (std::nothrow) Traceback);
  if (traceback_ != nullptr) traceback_->capture(L, 0);
}

void RunMeter::account() noexcept {
  consumed_ += slice_ - fuel;
  slice_ = fuel;
}

void RunMeter::setSlice(ptrdiff_t units) noexcept {
  if (units < 1) units = 1;
  if (units > kLongestSlice) units = kLongestSlice;
  const int64_t left = budget_ - consumed_;
  if (units > left) units = static_cast<ptrdiff_t>(left < 0 ? 0 : left);
  fuel = slice_ = sliceLength_ = units;
}

void RunMeter::startClock(double now) noexcept {
  clockStarted_ = true;
  start_ = last_ = lastHeartbeat_ = now;
}

void RunMeter::beforeHost() noexcept {
  countCrossing();
  if (!clockStarted_) startClock(host_.nowMs());
  // Brings the next look at the clock nearer without counting: host functions take time that fuel does not
  // show.
  fuel -= kHostUnits;
  slice_ -= kHostUnits;
}

bool RunMeter::inTime(lua_State* L) noexcept {
  if (tripped) return false;
  if (crossings_ <= 1 || limits_.timeoutMs <= 0 || !clockStarted_) return true;
  return checkClock(L, host_.nowMs());
}

double RunMeter::maximum() const noexcept {
  if (kind_ == Trip::instructions) return limits_.maxInstructions;
  if (kind_ == Trip::cpuTimeout) return limits_.cpuTimeoutMs;
  return kind_ == Trip::timeout ? limits_.timeoutMs : 0;
}

void RunMeter::trip(lua_State* L, Trip kind) noexcept {
  if (tripped) return;
  account();
  tripped = 1;
  kind_ = kind;
  usedAtTrip_ = kind == Trip::instructions ? static_cast<double>(consumed_)
                : kind == Trip::cpuTimeout ? cpuUsed()
                                           : (clockStarted_ ? host_.nowMs() - start_ : 0);
  noteTraceback(L);
  fuel = slice_ = -1;
}

void RunMeter::raise(lua_State* L) noexcept {
  account();
  fuel = slice_ = -1;  // so that the next poll comes here again
  lua_pushlightuserdata(L, &tripSentinel);
  lua_error(L);
  std::abort();  // lua_error does not return
}

bool RunMeter::checkClock(lua_State* L, double now) noexcept {
  if (limits_.timeoutMs > 0 && now - start_ > limits_.timeoutMs) {
    trip(L, Trip::timeout);
    return false;
  }
  if (limits_.cpuTimeoutMs > 0 && cpuStarted_ && cpuUsed() > limits_.cpuTimeoutMs) {
    trip(L, Trip::cpuTimeout);
    return false;
  }
  if (now - lastHeartbeat_ > kHeartbeatMs) {
    lastHeartbeat_ = now;
    if (!host_.alive()) {
      trip(L, Trip::host);
      return false;
    }
  }
  if (!cpuStarted_ && now - start_ > kCpuClockFromMs) {
    cpuStarted_ = true;
    cpuBefore_ = now - start_;
    cpuStart_ = host_.cpuMs();
  }
  return true;
}

bool RunMeter::advance(lua_State* L) noexcept {
  if (!running_) {  // short work of the host outside runs
    fuel = slice_ = kLongestSlice;
    return true;
  }
  const ptrdiff_t length = sliceLength_;
  account();
  if (tripped) return false;
  if (consumed_ > budget_) {
    trip(L, Trip::instructions);
    return false;
  }
  if (!goesOn(L)) return false;
  const double now = host_.nowMs();
  if (!clockStarted_) startClock(now);
  const double spent = now - last_;
  last_ = now;
  if (!checkClock(L, now)) return false;
  // Slices adapt: heavy work per unit makes them short.
  setSlice(spent > 2 * kSliceMs ? static_cast<ptrdiff_t>(static_cast<double>(length) * kSliceMs / spent)
                                : length * 2);
  return true;
}

}  // namespace vm

extern "C" {

void meter_slow(lua_State* L) {
  static_cast<vm::RunMeter*>(METER(L))->slow(L);
}

void meter_charge_here(size_t n) {
  if (vm::currentMeter != nullptr) vm::currentMeter->fuel -= static_cast<ptrdiff_t>(n);
}

void meter_nomemory(lua_State* L) {
  static_cast<vm::RunMeter*>(METER(L))->noteNoMemory(L);
}

void meter_resume(lua_State* L) {
  vm::adoptHook(L);
}
}
