#include "global_function.hpp"

namespace binding {

void pushAt(lua_State* L, const GlobalPath& path, uint32_t count) {
  lua_pushglobaltable(L);
  for (uint32_t i = 0; i < count; i++) {
    const Text& segment = path.segment(i);
    if (i > 0 && lua_isnil(L, -1)) return;
    lua_pushlstring(L, segment.bytes(), segment.length());
    lua_gettable(L, -2);
    lua_remove(L, -2);
  }
}

int pushGlobalFunction(lua_State* L, const GlobalPath& path) {
  pushAt(L, path, path.count());
  if (!lua_isfunction(L, -1) && luaL_getmetafield(L, -1, "__call") == LUA_TNIL) {
    lua_pushnil(L);
    for (uint32_t i = 0; i < path.count(); i++)
      lua_pushfstring(L, i == 0 ? "%s" : ".%s", path.segment(i).bytes());
    lua_concat(L, static_cast<int>(path.count()));
    luaL_error(L, "Lua global '%s' is not a function (a %s value)", lua_tostring(L, -1), luaL_typename(L, 1));
  }
  lua_settop(L, 1);
  return 1;
}

}  // namespace binding
