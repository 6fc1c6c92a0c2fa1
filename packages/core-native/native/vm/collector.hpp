// The garbage collector, in the words of the manual's collectgarbage.
#pragma once

#include <cstddef>

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

// Tells the collector of memory that Lua objects hold elsewhere, as if it had been allocated: it may do a
// step, in which finalizers run, protected by Lua. [-0, +0] Never raises.
void noteExternalBytes(lua_State* L, size_t bytes) noexcept;

}  // namespace vm
