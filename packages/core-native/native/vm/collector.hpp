// The garbage collector, in the words of the manual's collectgarbage.
#pragma once

#include "lua_api.hpp"

namespace vm {

// The values are part of the contract in src/addon.ts.
enum class CollectorCommand : int {
  collect,
  stop,
  restart,
  count,
  step,
  isrunning,
  incremental,
  generational,
  param
};

// Runs a command. `first` and `second`: see GcCommand in src/addon.ts. Finalizers may run, protected by Lua.
// [-0, +0] Never raises.
double collector(lua_State* L, CollectorCommand command, double first, double second) noexcept;

}  // namespace vm
