// A thenable that a run waits for. JavaScript thread only.
#pragma once

#include <node_api.h>

#include "vm/lua_api.hpp"

namespace binding {

class AsyncRun;
struct Task;
struct AddonData;

// Owned by the run and by the function that JavaScript calls when the thenable is settled: whoever lets go of
// it last frees it.
struct Wait {
  AsyncRun* run;    // null once the run does not wait for it any more
  lua_State* L;     // where the host function was called
  bool canSuspend;  // or else the thread has to wait
  int references = 1;
  bool failed = false;
  napi_ref value = nullptr;  // an array of what it settled to, while nobody could take it
  Task* task = nullptr;      // that waits, once it has left the thread
  Wait* nextSettled = nullptr;

  void release() noexcept {
    if (--references == 0) delete this;
  }
};

// Has JavaScript tell `wait` about `value`. False: it could not; an exception may be pending.
[[nodiscard]] bool subscribe(const AddonData& data, Wait& wait, napi_value value) noexcept;

// Whether `value` may be awaited: a promise, or an object or function with a property "then".
[[nodiscard]] bool maybeThenable(napi_env env, napi_value value) noexcept;

}  // namespace binding
