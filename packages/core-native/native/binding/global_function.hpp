// Values at the paths of globals.
#pragma once

#include "arguments.hpp"

namespace binding {

// Pushes the value at the first `count` segments of `path`. [-0, +1, 3 slots] May raise.
void pushAt(lua_State* L, const GlobalPath& path, uint32_t count);

// Pushes what can be called at `path`, in a frame without arguments. Gives 1. [-0, +1, 8 slots] May raise.
int pushGlobalFunction(lua_State* L, const GlobalPath& path);

}  // namespace binding
