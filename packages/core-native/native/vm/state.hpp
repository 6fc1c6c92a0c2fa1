// Owns one lua_State and everything that lives and dies with it.
#pragma once

#include "allocator.hpp"
#include "hooks.hpp"
#include "libraries.hpp"
#include "lua_api.hpp"
#include "meter.hpp"

namespace vm {

class State {
 public:
  struct Config {
    LibraryPolicy policy;
    size_t memoryLimit = 0;  // bytes; 0: none
    bool allowBytecode = false;
    unsigned seed = 0;  // of string hashes
    Limits limits;
  };

  struct Hook {
    HookTarget* target = nullptr;
    int mask = 0;
    int count = 0;
  };

  State(Host& host, const Config& config) noexcept;
  ~State() { close(); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // Makes the lua_State and opens the libraries, under the limits. Returns a status: LUA_OK, LUA_ERRMEM, or
  // another with the message in `problem`. After a failure the state is closed.
  [[nodiscard]] int open() noexcept;
  // Runs the finalizers, bounded by the limits and by kCloseMs, and frees all memory. A second call does
  // nothing. Must not be called in a run.
  void close() noexcept;
  [[nodiscard]] bool closed() const noexcept { return main_ == nullptr; }

  [[nodiscard]] lua_State* main() const noexcept { return main_; }
  // The thread that runs now, or the main one.
  [[nodiscard]] lua_State* current() const noexcept { return current_; }
  void setCurrent(lua_State* L) noexcept { current_ = L; }

  // Enters a run; nested entries share the outermost one's limits. `tighter` holds for an outermost one only.
  void enter(const Limits& tighter) noexcept;
  // `figures`: whether an outermost run counts as the last one.
  void leave(bool figures) noexcept;
  [[nodiscard]] int depth() const noexcept { return depth_; }

  void setMemoryLimit(size_t bytes) noexcept { allocator.limit = bytes == 0 ? Allocator::kUnlimited : bytes; }

  [[nodiscard]] static State* from(lua_State* L) noexcept;

  Host* const owner;
  Allocator allocator;
  RunMeter meter;
  Hook hook;
  Output* output = nullptr;
  Limits limits;
  // True while the state is being closed: the host must not be called any more.
  bool closing = false;
  char problem[256] = {};

 private:
  // The longest that finalizers may take when a state without a time limit is closed.
  static constexpr double kCloseMs = 1000;

  Config config_;
  lua_State* main_ = nullptr;
  lua_State* current_ = nullptr;
  int depth_ = 0;
};

}  // namespace vm
