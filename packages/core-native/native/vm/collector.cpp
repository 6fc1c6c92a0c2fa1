#include "collector.hpp"

#include <cstddef>

namespace vm {
namespace {

double previousMode(int mode) noexcept {
  return mode == LUA_GCGEN ? 1 : 0;
}

#if LUA_VERSION_NUM < 505
// Reads a parameter of Lua 5.4, which gives the value before only where it sets one; sets it unless `value`
// is not positive.
double exchange(lua_State* L, int command, int value) noexcept {
  const int before = lua_gc(L, command, 100);
  lua_gc(L, command, value > 0 ? value : before);
  return before;
}

// The parameters of the generational mode can be set by the call that sets the mode, and not read: -1.
double setParameter(lua_State* L, int parameter, int value) noexcept {
  if (parameter == 3) return exchange(L, LUA_GCSETPAUSE, value);
  if (parameter == 4) return exchange(L, LUA_GCSETSTEPMUL, value);
  if (value <= 0 || parameter > 1) return -1;
  const int mode = lua_gc(L, LUA_GCGEN, parameter == 0 ? value : 0, parameter == 1 ? value : 0);
  if (mode == LUA_GCINC) lua_gc(L, LUA_GCINC, 0, 0, 0);
  return -1;
}
#endif

}  // namespace

double collector(lua_State* L, CollectorCommand command, double first, double second) noexcept {
  switch (command) {
    case CollectorCommand::collect:
      return lua_gc(L, LUA_GCCOLLECT);
    case CollectorCommand::stop:
      return lua_gc(L, LUA_GCSTOP);
    case CollectorCommand::restart:
      return lua_gc(L, LUA_GCRESTART);
    case CollectorCommand::count: {
      const int kilobytes = lua_gc(L, LUA_GCCOUNT);
      return kilobytes + lua_gc(L, LUA_GCCOUNTB) / 1024.0;
    }
    case CollectorCommand::step:
#if LUA_VERSION_NUM >= 505
      return lua_gc(L, LUA_GCSTEP, static_cast<size_t>(first));
#else
      return lua_gc(L, LUA_GCSTEP, static_cast<int>(first / 1024));
#endif
    case CollectorCommand::isrunning:
      return lua_gc(L, LUA_GCISRUNNING);
    case CollectorCommand::incremental:
#if LUA_VERSION_NUM >= 505
      return previousMode(lua_gc(L, LUA_GCINC));
#else
      return previousMode(lua_gc(L, LUA_GCINC, 0, 0, 0));
#endif
    case CollectorCommand::generational:
#if LUA_VERSION_NUM >= 505
      return previousMode(lua_gc(L, LUA_GCGEN));
#else
      return previousMode(lua_gc(L, LUA_GCGEN, 0, 0));
#endif
    default:
      if (first < 0 || first > 5) return -1;
#if LUA_VERSION_NUM >= 505
      return lua_gc(L, LUA_GCPARAM, static_cast<int>(first), static_cast<int>(second));
#else
      return setParameter(L, static_cast<int>(first), static_cast<int>(second));
#endif
  }
}

void noteExternalBytes(lua_State* L, size_t bytes) noexcept {
  if (lua_gc(L, LUA_GCISRUNNING) != 1) return;  // stopped by the script, or in a finalizer
#if LUA_VERSION_NUM >= 505
  lua_gc(L, LUA_GCSTEP, bytes);
#else
  lua_gc(L, LUA_GCSTEP, static_cast<int>(bytes / 1024 + 1));
#endif
}

}  // namespace vm
