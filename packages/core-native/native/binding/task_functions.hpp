// Functions of Lua on which the library `async` is built. They work in off-thread runs only, on their thread.
#pragma once

#include "vm/lua_api.hpp"

namespace binding {

struct TaskFunction {
  const char* name;
  lua_CFunction function;
};

inline constexpr int kTaskFunctions = 5;
extern const TaskFunction taskFunctions[kTaskFunctions];

}  // namespace binding
