#include "thread.hpp"

#include <cstring>

namespace vm {

const char* threadStatus(lua_State* L, lua_State* thread) noexcept {
  if (L == thread) return "running";
  switch (lua_status(thread)) {
    case LUA_YIELD:
      return meter_held(thread) != 0 ? "normal" : "suspended";
    case LUA_OK: {
      lua_Debug frame;
      if (lua_getstack(thread, 0, &frame)) return "normal";   // it has frames and does not run
      return lua_gettop(thread) == 0 ? "dead" : "suspended";  // a body that did not start
    }
    default:
      return "dead";
  }
}

bool canClose(lua_State* L, lua_State* thread) noexcept {
  const char* status = threadStatus(L, thread);
  return std::strcmp(status, "suspended") == 0 || std::strcmp(status, "dead") == 0;
}

}  // namespace vm
