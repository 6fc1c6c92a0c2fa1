// Runs a body that may raise, and gives its status instead.
#pragma once

#include <type_traits>

#include "lua_api.hpp"

namespace vm {

// Runs `body(L)`; it returns how many values it pushed. A Lua error comes back as a status with the error
// value on top.
// [-nargs, +nresults or +1, 2 slots] Never raises. The caller has checked the slots. Between here and the
// point of raise no object with a destructor may be alive, in `body` neither.
template <class Body>
[[nodiscard]] int protect(lua_State* L, int nargs, int nresults, Body body) noexcept {
  static_assert(std::is_trivially_destructible_v<Body>, "capture references or scalars only");
  lua_pushcfunction(L, [](lua_State* inner) -> int {
    auto* run = static_cast<Body*>(lua_touserdata(inner, 1));
    lua_remove(inner, 1);
    return (*run)(inner);
  });
  lua_insert(L, -(nargs + 1));
  lua_pushlightuserdata(L, &body);
  lua_insert(L, -(nargs + 1));
  return lua_pcall(L, nargs + 1, nresults, 0);
}

// Restores the height of the stack.
class StackGuard {
 public:
  explicit StackGuard(lua_State* L) noexcept : L_(L), top_(lua_gettop(L)) {}
  ~StackGuard() { lua_settop(L_, top_); }
  StackGuard(const StackGuard&) = delete;
  StackGuard& operator=(const StackGuard&) = delete;

 private:
  lua_State* L_;
  int top_;
};

}  // namespace vm
