#include "hooks.hpp"

#include "state.hpp"

namespace vm {
namespace {

// lua_Hook. May raise: to end the run.
void dispatch(lua_State* L, lua_Debug* frame) {
  State* state = State::from(L);
  HookTarget* target = state->hook.target;
  if (target == nullptr || !state->meter.running()) return;
  state->meter.beforeHost();
  const bool goOn = target->event(L, frame);
  if (!goOn) state->meter.trip(L, Trip::host);
  if (!goOn || !state->meter.afterHost(L)) state->meter.raise(L);
}

void apply(lua_State* L, const State::Hook& hook) noexcept {
  if (hook.mask != 0) {
    if (lua_gethook(L) != dispatch || lua_gethookmask(L) != hook.mask || lua_gethookcount(L) != hook.count)
      lua_sethook(L, dispatch, hook.mask, hook.count);
  } else if (lua_gethook(L) == dispatch) {
    lua_sethook(L, nullptr, 0, 0);
  }
}

}  // namespace

void setHook(State& state, HookTarget* target, int mask, int count) noexcept {
  if (mask != 0) state.meter.hooked = 1;
  state.hook = {target, mask, (mask & LUA_MASKCOUNT) != 0 ? count : 0};
  apply(state.main(), state.hook);
  if (state.current() != state.main()) apply(state.current(), state.hook);
}

void adoptHook(lua_State* L) noexcept {
  apply(L, State::from(L)->hook);
}

}  // namespace vm
