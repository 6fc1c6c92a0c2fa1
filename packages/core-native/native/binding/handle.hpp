// One Lua value that JavaScript holds: a registry slot, and the JavaScript object that stands for it.
#pragma once

#include <node_api.h>

#include <cstdint>

#include "vm/lua_api.hpp"

namespace binding {

class StateBinding;

struct Handle {
  StateBinding* owner;       // counted
  int ref = LUA_NOREF;       // registry slot of the value; LUA_NOREF once released
  napi_ref weak = nullptr;   // the function or NativeReference, weakly
  napi_ref shown = nullptr;  // what the host made of a NativeReference, weakly
  uint32_t id = 0;           // index in the owner's table of handles
  int type = LUA_TNIL;
  bool released = false;  // by the host, before it was collected
  Handle* nextReleased = nullptr;
  Handle* nextDeferred = nullptr;  // released while a thread had the state
};

// One JavaScript value that Lua holds. Lua owns a userdata with a pointer to it; when the userdata is
// collected the slot is queued, and freed on the JavaScript thread.
struct HostRef {
  StateBinding* owner;  // outlives it: its state holds the userdata
  napi_ref strong = nullptr;
  bool boxed = false;    // the value is element 0 of an array: Node-API cannot reference primitives
  bool adopted = false;  // a userdata owns it
  HostRef* nextReleased = nullptr;
};

}  // namespace binding
