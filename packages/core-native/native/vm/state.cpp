#include "state.hpp"

#include <cstddef>
#include <cstring>

#include "protect.hpp"

namespace vm {

State::State(Host& host, const Config& config) noexcept
    : owner(&host), meter(host, allocator), limits(config.limits), config_(config) {
  allocator.meter = &meter;
  allocator.seed = config.seed;
  meter.textonly = config.allowBytecode ? 0 : 1;
  setMemoryLimit(config.memoryLimit);
}

State* State::from(lua_State* L) noexcept {
  auto* meter = static_cast<RunMeter*>(METER(L));
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
#endif
  return reinterpret_cast<State*>(reinterpret_cast<char*>(meter) - offsetof(State, meter));
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
}

int State::open() noexcept {
  main_ = newState(Allocator::allocate, &allocator, config_.seed);
  if (main_ == nullptr) return LUA_ERRMEM;
  current_ = main_;
  enter(Limits{});
  const LibraryPolicy& policy = config_.policy;
  const int status = protect(main_, 0, 0, [&policy](lua_State* L) {
    luaL_checkstack(L, 20, nullptr);
    openLibraries(L, policy);
    return 0;
  });
  if (status != LUA_OK) {
    const char* message =
        lua_type(main_, -1) == LUA_TSTRING ? lua_tostring(main_, -1) : "a limit was reached";
    std::strncpy(problem, message, sizeof(problem) - 1);
  }
  leave(false);
  if (status != LUA_OK) close();
  return status;
}

void State::close() noexcept {
  if (main_ == nullptr) return;
  lua_State* L = main_;
  closing = true;
  hook = {};
  output = nullptr;
  lua_sethook(L, nullptr, 0, 0);
  Limits bounded = limits.tightened({0, kCloseMs});
  meter.begin(bounded);
  lua_close(L);
  meter.end(false);
  main_ = current_ = nullptr;
}

void State::enter(const Limits& tighter) noexcept {
  if (depth_++ == 0) meter.begin(limits.tightened(tighter));
}

void State::leave(bool figures) noexcept {
  if (--depth_ == 0) meter.end(figures);
}

}  // namespace vm

extern "C" {

unsigned int meter_seed(void* ud) {
  return static_cast<vm::Allocator*>(ud)->seed;
}

Meter* meter_of(void* ud) {
  return static_cast<vm::Allocator*>(ud)->meter;
}
}
