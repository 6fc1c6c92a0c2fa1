#include "addon_data.hpp"

#include "native_stack.hpp"
#include "state_binding.hpp"

namespace binding {
namespace {

constexpr size_t kLargestKeptBuffer = 1 << 20;
// What the deepest recursion inside Lua's C code may need: LUAI_MAXCCALLS levels of its largest frames.
constexpr uintptr_t kStackReserve = 1280 * 1024;

}  // namespace

AddonData::AddonData(napi_env owner) noexcept : env(owner) {
  const uintptr_t low = lowestStackAddress();
  const char here = 0;
  const uintptr_t left = reinterpret_cast<uintptr_t>(&here) - low;
  // A thread with a small stack (resourceLimits.stackSizeMb) keeps half of it for entries at all.
  stackLimit_ = low == 0 ? 0 : low + (left / 2 < kStackReserve ? left / 2 : kStackReserve);
}

void AddonData::release() noexcept {
  if (--references_ == 0) delete this;
}

AddonData* AddonData::of(napi_env env) noexcept {
  void* data = nullptr;
  return napi_get_instance_data(env, &data) == napi_ok ? static_cast<AddonData*>(data) : nullptr;
}

napi_value AddonData::callback(Callback which) const noexcept {
  napi_value function = nullptr;
  napi_get_reference_value(env, callbacks[static_cast<int>(which)], &function);
  return function;
}

napi_value AddonData::call(Callback which, size_t count, const napi_value* arguments) const noexcept {
  napi_value receiver;
  napi_value result = nullptr;
  napi_value function = callback(which);
  if (function == nullptr || napi_get_undefined(env, &receiver) != napi_ok) return nullptr;
  if (napi_call_function(env, receiver, function, count, arguments, &result) != napi_ok) return nullptr;
  return result;
}

bool AddonData::alive() const noexcept {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
  const bool ran = call(Callback::heartbeat, 0, nullptr) != nullptr;
  napi_close_handle_scope(env, scope);
  return ran;
}

vm::ByteBuffer AddonData::takePackBuffer() noexcept {
  vm::ByteBuffer taken = packBuffer_;
  packBuffer_ = {};
  taken.length = 0;
  return taken;
}

void AddonData::givePackBuffer(vm::ByteBuffer buffer) noexcept {
  if (buffer.capacity > kLargestKeptBuffer) buffer.release();
  packBuffer_.release();
  packBuffer_ = buffer;
}

bool AddonData::stackHasRoom() const noexcept {
  const char here = 0;
  return reinterpret_cast<uintptr_t>(&here) > stackLimit_;
}

void AddonData::attach(StateBinding* state) noexcept {
  state->next = states_;
  state->previous = nullptr;
  if (states_ != nullptr) states_->previous = state;
  states_ = state;
}

void AddonData::detach(StateBinding* state) noexcept {
  if (state->previous != nullptr) {
    state->previous->next = state->next;
  } else if (states_ == state) {
    states_ = state->next;
  }
  if (state->next != nullptr) state->next->previous = state->previous;
  state->next = state->previous = nullptr;
}

void AddonData::tearDown() noexcept {
  tornDown = true;
  while (states_ != nullptr) {
    StateBinding* state = states_;
    detach(state);
    state->closeForTeardown();
  }
  packBuffer_.release();
}

}  // namespace binding
