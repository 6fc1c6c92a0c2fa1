#include "run_methods.hpp"

#include <memory>
#include <new>

#include "async_run.hpp"
#include "handle_binding.hpp"
#include "run_pool.hpp"
#include "state_call.hpp"
#include "task_functions.hpp"
#include "to_lua.hpp"
#include "vm/chunk.hpp"
#include "vm/protect.hpp"

namespace binding {
namespace {

// The last arguments of each method: what is passed, the shape of the results, three limits, `done`.
struct Rest {
  static constexpr size_t kCount = 6;

  Elements arguments;
  double mode = 0;
  vm::Limits limits;
  napi_value done = nullptr;

  [[nodiscard]] bool read(napi_env env, const napi_value* given) noexcept {
    napi_valuetype type = napi_undefined;
    done = given[5];
    return arguments.read(env, given[0]) && readNumber(env, given[1], &mode) && mode >= 0 && mode <= 2 &&
           readLimits(env, given[2], given[3], &limits) && readNumber(env, given[4], &limits.cpuTimeoutMs) &&
           limits.cpuTimeoutMs >= 0 && napi_typeof(env, done, &type) == napi_ok && type == napi_function;
  }
};

constexpr const char* kRest =
    "Expected an array of arguments, a result mode, three limits and a function at the end";

RunPool* poolOf(AddonData& data) noexcept {
  if (data.pool == nullptr && !data.tornDown) data.pool = RunPool::create(data);
  return data.pool;
}

// Makes a run, lets `fill(body)` say what it begins with, and gives it to a thread. Gives the time limit that
// holds for it, in milliseconds, 0 for none; null: an exception is pending.
template <class Fill>
napi_value start(StateBinding& binding, const Rest& rest, int function, Fill fill) noexcept {
  AddonData& data = binding.data;
  if (binding.state.depth() > 0) {
    throwError(data, ErrorKind::busy, "Expected an idle Lua runtime, a run was started inside a run");
    return nullptr;
  }
  RunPool* pool = poolOf(data);
  if (pool == nullptr) {
    throwMemory(binding);
    return nullptr;
  }
  std::unique_ptr<AsyncRun> run(new (std::nothrow) AsyncRun(binding, *pool, rest.limits));
  if (run == nullptr) throwMemory(binding);
  if (run == nullptr || !run->entered()) return nullptr;
  if (!fill(run->body)) {
    throwError(data, ErrorKind::argument, "Expected something that can be run");
    return nullptr;
  }
  if (!run->prepare(function, rest.arguments.count(), rest.arguments.values())) return nullptr;
  if (!run->begin(static_cast<ResultMode>(static_cast<int>(rest.mode)), rest.done)) {
    throwMemory(binding);
    return nullptr;
  }
  (void)run.release();  // the pool has it until it ends
  napi_value timeout = nullptr;
  napi_create_double(data.env, binding.state.limits.tightened(rest.limits).timeoutMs, &timeout);
  return timeout;
}

napi_value endRun(napi_env env, napi_callback_info info, void (vm::RunMeter::*ask)()) noexcept {
  const MethodCall<StateBinding, 0> call(env, info, kStateReceiver);
  StateBinding* binding = openState(call);
  if (binding == nullptr) return nullptr;
  (binding->state.meter.*ask)();
  if (binding->run != nullptr) binding->run->hurry();
  return undefinedValue(env);
}

}  // namespace

napi_value startChunk(napi_env env, napi_callback_info info) noexcept {
  const Call<3 + Rest::kCount> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Rest rest;
  double mode = 0;
  if (!readNumber(env, call.arguments[2], &mode) || !rest.read(env, call.arguments + 3))
    return call.refuse(kRest);
  return start(*call.binding, rest, LUA_NOREF, [&](RunBody& body) {
    napi_valuetype type;
    body.kind = RunBody::Kind::chunk;
    body.mode = mode == 1 ? vm::ChunkMode::binary : vm::ChunkMode::text;
    return body.source.read(env, call.arguments[0]) && body.name.read(env, call.arguments[1], &type) &&
           type == napi_string;
  });
}

napi_value startCall(napi_env env, napi_callback_info info) noexcept {
  const Call<1 + Rest::kCount> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Rest rest;
  if (!rest.read(env, call.arguments + 1)) return call.refuse(kRest);
  return start(*call.binding, rest, LUA_NOREF, [&](RunBody& body) {
    body.kind = RunBody::Kind::path;
    return body.path.read(env, call.arguments[0]);
  });
}

napi_value startFunction(napi_env env, napi_callback_info info) noexcept {
  const Call<1 + Rest::kCount> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Rest rest;
  if (!rest.read(env, call.arguments + 1)) return call.refuse(kRest);
  const Handle* handle = readLuaFunction(*call.binding, call.arguments[0]);
  if (handle == nullptr) return nullptr;
  return start(*call.binding, rest, handle->ref, [](RunBody& body) {
    body.kind = RunBody::Kind::function;
    return true;
  });
}

napi_value startResume(napi_env env, napi_callback_info info) noexcept {
  const Call<1 + Rest::kCount> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Rest rest;
  if (!rest.read(env, call.arguments + 1)) return call.refuse(kRest);
  napi_valuetype type = napi_undefined;
  napi_typeof(env, call.arguments[0], &type);
  const Handle* handle = type == napi_object ? referenceOf(call.binding->data, call.arguments[0]) : nullptr;
  if (handle == nullptr || handle->owner != call.binding || handle->type != LUA_TTHREAD ||
      handle->ref == LUA_NOREF)
    return call.refuse("Expected a live reference to a coroutine of this Lua runtime");
  return start(*call.binding, rest, handle->ref, [](RunBody& body) {
    body.kind = RunBody::Kind::coroutine;
    return true;
  });
}

napi_value openTasks(napi_env env, napi_callback_info info) noexcept {
  const Call<2> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Text dump;
  Elements arguments;
  if (!dump.read(env, call.arguments[0]) || !arguments.read(env, call.arguments[1]))
    return call.refuse("Expected bytecode and an array of arguments");
  StateBinding& binding = *call.binding;
  Entry entry(binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  const auto count = static_cast<int>(arguments.count());
  if (count > 16 || !lua_checkstack(L, 40)) {
    throwMemory(binding);
    return nullptr;
  }
  int status = vm::loadChunk(L, dump.bytes(), dump.length(), "=?", vm::ChunkMode::binary);
  if (status == LUA_OK) {
    status = vm::protect(L, 0, 1, [](lua_State* inner) {
      lua_createtable(inner, 0, kTaskFunctions);
      for (const TaskFunction& each : taskFunctions) {
        lua_pushcfunction(inner, each.function);
        lua_setfield(inner, -2, each.name);
      }
      return 1;
    });
  }
  for (int i = 0; status == LUA_OK && i < count; i++)
    if (pushJs(binding, L, arguments.values()[i], i) != 1) return nullptr;
  if (status == LUA_OK) status = lua_pcall(L, count + 1, 0, 0);
  if (status != LUA_OK) {
    throwFailure(binding, L, status);
    return nullptr;
  }
  return entry.finish(undefinedValue(env));
}

napi_value cancelRun(napi_env env, napi_callback_info info) noexcept {
  return endRun(env, info, &vm::RunMeter::cancel);
}

napi_value expireRun(napi_env env, napi_callback_info info) noexcept {
  return endRun(env, info, &vm::RunMeter::expire);
}

napi_value setRunSlots(napi_env env, napi_callback_info info) noexcept {
  size_t count = 1;
  napi_value argument = nullptr;
  double slots = 0;
  AddonData* data = AddonData::of(env);
  if (data == nullptr || napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok)
    return nullptr;
  RunPool* pool = data->initialized() ? poolOf(*data) : nullptr;
  if (pool == nullptr || count < 1 || !readNumber(env, argument, &slots) || !(slots >= 1) ||
      slots > RunPool::kMostThreads) {
    napi_throw_type_error(env, "LUA_INVALID_ARGUMENT", "Expected a number of runs from 1 to 256");
    return nullptr;
  }
  pool->setSlots(static_cast<unsigned>(slots));
  return undefinedValue(env);
}

}  // namespace binding
