// What methods of NativeReference start with.
#pragma once

#include "handle_binding.hpp"
#include "method_call.hpp"

namespace binding {

inline constexpr const char* kReferenceReceiver = "Expected a LuaReference as receiver";

// A method call whose handle is known to be live and of one type; else `binding` is null and an exception is
// pending.
template <size_t N>
struct ReferenceCall : MethodCall<Handle, N> {
  StateBinding* binding = nullptr;
  const Handle* handle = nullptr;

  ReferenceCall(napi_env environment, napi_callback_info info, int type) noexcept
      : MethodCall<Handle, N>(environment, info, kReferenceReceiver) {
    if (this->wrapped == nullptr) return;
    StateBinding* owner = this->wrapped->owner;
    if (refuseUse(*owner)) return;
    if (this->wrapped->ref == LUA_NOREF) {
      throwError(owner->data, ErrorKind::argument,
                 "Expected a live reference to a Lua value, this one has been released");
    } else if (type != LUA_TNONE && this->wrapped->type != type) {
      throwError(
          owner->data, ErrorKind::argument,
          type == LUA_TTABLE ? "Expected a reference to a table" : "Expected a reference to a coroutine");
    } else {
      binding = owner;
      handle = this->wrapped;
    }
  }

  napi_value refuse(const char* expected) const noexcept {
    throwError(binding->data, ErrorKind::argument, expected);
    return nullptr;
  }

  // Pushes the value. [-0, +1, 1 slot]
  void push(lua_State* L) const noexcept { lua_rawgeti(L, LUA_REGISTRYINDEX, handle->ref); }
};

}  // namespace binding
