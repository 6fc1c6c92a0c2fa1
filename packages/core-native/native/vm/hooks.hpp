// The host's debug hook: one for the whole state, followed by every coroutine.
#pragma once

#include "lua_api.hpp"

namespace vm {

class State;

// What receives debug events.
class HookTarget {
 public:
  // Returns false to end the run. Called with `L` inside lua_Hook; must leave the stack as it was.
  virtual bool event(lua_State* L, lua_Debug* frame) noexcept = 0;

 protected:
  ~HookTarget() = default;
};

// Sets (mask > 0) or removes the hook of the main thread and of the running one; all other coroutines follow
// when they go on. [-0, +0, 0 slots] Never raises.
void setHook(State& state, HookTarget* target, int mask, int count) noexcept;

// Gives a coroutine that is about to go on the state's hook. [-0, +0, 0 slots] Never raises.
void adoptHook(lua_State* L) noexcept;

}  // namespace vm
