// JavaScript functions that Lua calls.
#pragma once

#include "async_run.hpp"
#include "state_binding.hpp"

namespace binding {

// lua_CFunction of closures that stand for JavaScript functions; upvalue 1 is the userdata of a HostRef. May
// raise.
int callHostFunction(lua_State* L);

// Calls the host function that `L` runs, on the JavaScript thread. `run`: the run that may wait for a
// thenable result; null in calls that cannot. [+nresults, or +1 the error value] Never raises.
[[nodiscard]] Outcome callHostHere(lua_State* L, int* nresults, AsyncRun* run) noexcept;

// Takes the pending exception and pushes the Lua error value that stands for it. False: the run must end (the
// meter is tripped) and nothing was pushed. Never raises; checks its slots.
[[nodiscard]] bool exceptionToLua(StateBinding& binding, lua_State* L) noexcept;

// The JavaScript value that the error table at `index` stands for; null for anything else.
[[nodiscard]] napi_value hostErrorAt(StateBinding& binding, lua_State* L, int index) noexcept;

// Throws a LuaRuntimeError that keeps the Lua value at `index`: thrown back into Lua it is that value again.
void throwRuntimeError(StateBinding& binding, lua_State* L, int index, const char* message, size_t length,
                       const struct ErrorDetail& detail) noexcept;

// lua_CFunction: __tostring of error tables.
int describeHostError(lua_State* L);

}  // namespace binding
