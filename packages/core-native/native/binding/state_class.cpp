#include "state_class.hpp"

#include <cstdio>
#include <cstring>
#include <new>

#include "arguments.hpp"
#include "chunk_name.hpp"
#include "failure_binding.hpp"
#include "from_lua.hpp"
#include "global_function.hpp"
#include "handle_binding.hpp"
#include "inspection.hpp"
#include "invoke.hpp"
#include "run_methods.hpp"
#include "state_call.hpp"
#include "to_lua.hpp"
#include "vm/chunk.hpp"
#include "vm/collector.hpp"
#include "vm/protect.hpp"

namespace binding {
namespace {

napi_value numberToJs(napi_env env, double number) noexcept {
  napi_value value = nullptr;
  napi_create_double(env, number, &value);
  return value;
}

bool readSize(napi_env env, napi_value value, size_t* size) noexcept {
  double number = 0;
  if (!readNumber(env, value, &number) || !(number >= 0)) return false;
  *size = number >= 9e15 ? 0 : static_cast<size_t>(number);
  return true;
}

napi_value construct(napi_env env, napi_callback_info info) noexcept {
  size_t count = 7;
  napi_value arguments[7] = {};
  napi_value self;
  napi_value target = nullptr;
  double libraries = 0;
  double flags = 0;
  double seed = -1;
  vm::State::Config config;
  AddonData* data = AddonData::of(env);
  if (data == nullptr || napi_get_cb_info(env, info, &count, arguments, &self, nullptr) != napi_ok)
    return nullptr;
  if (napi_get_new_target(env, info, &target) != napi_ok || target == nullptr || !data->initialized()) {
    napi_throw_type_error(env, "LUA_INVALID_ARGUMENT", "Expected new NativeState after initialize()");
    return nullptr;
  }
  if (count < 6 || !readNumber(env, arguments[0], &libraries) ||
      !readSize(env, arguments[1], &config.memoryLimit) || !readNumber(env, arguments[2], &flags) ||
      !readLimits(env, arguments[3], arguments[4], &config.limits) || !readNumber(env, arguments[5], &seed)) {
    napi_throw_type_error(env, "LUA_INVALID_ARGUMENT", "Expected six numbers, the limits not negative");
    return nullptr;
  }
  const auto bits = static_cast<uint32_t>(flags);
  config.policy.libraries = static_cast<unsigned>(libraries) & vm::kAllLibraries;
  config.policy.sandbox = (bits & kSandbox) != 0;
  config.policy.seeded = seed >= 0;
  config.allowBytecode = (bits & kAllowBytecode) != 0;
  config.seed = seed >= 0 ? static_cast<unsigned>(static_cast<uint64_t>(seed)) : data->random();
  config.policy.seed = config.seed;
  auto* binding = new (std::nothrow) StateBinding(*data, config, bits);
  if (binding == nullptr) {
    throwError(*data, ErrorKind::memory, "not enough memory");
    return nullptr;
  }
  int status = binding->state.open();
  if (status == LUA_OK) status = binding->prepare();
  if (status != LUA_OK) {
    ErrorDetail detail;
    detail.first = static_cast<double>(binding->state.allocator.used);
    detail.second = static_cast<double>(config.memoryLimit);
    throwError(*data, status == LUA_ERRMEM ? ErrorKind::memory : ErrorKind::runtime,
               status == LUA_ERRMEM ? "not enough memory for a new Lua state and its libraries"
                                    : binding->state.problem,
               NAPI_AUTO_LENGTH, detail);
    binding->release();
    return nullptr;
  }
  const auto finalize = [](napi_env, void* wrapped, void*) {
    static_cast<StateBinding*>(wrapped)->release();
  };
  if (napi_wrap(env, self, binding, finalize, nullptr, nullptr) != napi_ok) {
    binding->release();
    return nullptr;
  }
  napi_valuetype contextType = napi_undefined;
  if (count > 6) napi_typeof(env, arguments[6], &contextType);
  if (contextType == napi_object) binding->setContext(arguments[6]);
  binding->reportMemory();
  return self;
}

// Runs a chunk; `environment`, when given, is its _ENV.
napi_value runChunk(napi_env env, StateBinding& binding, const napi_value* given,
                    const Handle* environment) noexcept {
  Text source;
  Text name;
  Elements arguments;
  vm::Limits limits;
  double mode = 0;
  double results = 0;
  napi_valuetype nameType;
  if (!source.read(env, given[0]) || !name.read(env, given[1], &nameType) || nameType != napi_string ||
      !readNumber(env, given[2], &mode) || !arguments.read(env, given[3]) ||
      !readNumber(env, given[4], &results) || !readLimits(env, given[5], given[6], &limits) || results < 0 ||
      results > 2) {
    throwError(
        binding.data, ErrorKind::argument,
        "Expected source, a chunk name, a chunk mode, an array of arguments, a result mode and two limits");
    return nullptr;
  }
  const auto chunkMode = mode == 1 ? vm::ChunkMode::binary : vm::ChunkMode::text;
  const ChunkName chunkName(name, source, chunkMode);
  return invoke(binding, limits, static_cast<ResultMode>(static_cast<int>(results)), arguments.count(),
                arguments.values(), [&](lua_State* L) {
                  const int status =
                      vm::loadChunk(L, source.bytes(), source.length(), chunkName.text, chunkMode);
                  if (status != LUA_OK || environment == nullptr) return status;
                  lua_rawgeti(L, LUA_REGISTRYINDEX, environment->ref);
                  if (lua_setupvalue(L, -2, 1) == nullptr)
                    lua_pop(L, 1);  // a stripped chunk without globals has no _ENV
                  return status;
                });
}

napi_value execute(napi_env env, napi_callback_info info) noexcept {
  const Call<7> call(env, info);
  return call.binding == nullptr ? nullptr : runChunk(env, *call.binding, call.arguments, nullptr);
}

// The live table that `value` refers to; null: an exception is pending.
const Handle* readTable(StateBinding& binding, napi_value value) noexcept {
  napi_valuetype type = napi_undefined;
  napi_typeof(binding.data.env, value, &type);
  const Handle* handle = type == napi_object ? referenceOf(binding.data, value) : nullptr;
  if (handle != nullptr && handle->owner == &binding && handle->type == LUA_TTABLE &&
      handle->ref != LUA_NOREF)
    return handle;
  throwError(binding.data, ErrorKind::argument,
             handle != nullptr && handle->owner != &binding
                 ? "Expected a table of this Lua runtime, this one belongs to a different runtime"
                 : "Expected a live reference to a Lua table; a released one, or another value, will not do");
  return nullptr;
}

napi_value executeIn(napi_env env, napi_callback_info info) noexcept {
  const Call<8> call(env, info);
  if (call.binding == nullptr) return nullptr;
  const Handle* environment = readTable(*call.binding, call.arguments[0]);
  return environment == nullptr ? nullptr : runChunk(env, *call.binding, call.arguments + 1, environment);
}

napi_value compile(napi_env env, napi_callback_info info) noexcept {
  const Call<3> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Text source;
  Text name;
  bool strip = false;
  napi_valuetype nameType;
  if (!source.read(env, call.arguments[0]) || !name.read(env, call.arguments[1], &nameType) ||
      nameType != napi_string || !readBoolean(env, call.arguments[2], &strip))
    return call.refuse("Expected source, a chunk name and a boolean");
  const ChunkName chunkName(name, source, vm::ChunkMode::text);
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (!lua_checkstack(L, 8)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  const int status = vm::loadChunk(L, source.bytes(), source.length(), chunkName.text, vm::ChunkMode::text);
  if (status != LUA_OK) {
    throwFailure(*call.binding, L, status);
    return nullptr;
  }
  vm::ByteBuffer dump;
  napi_value buffer = nullptr;
  const bool dumped = vm::dumpChunk(L, strip, dump) &&
                      napi_create_buffer_copy(env, dump.length, dump.bytes, nullptr, &buffer) == napi_ok;
  dump.release();
  if (!dumped) {
    throwMemory(*call.binding);
    return nullptr;
  }
  return entry.finish(buffer);
}

napi_value getGlobal(napi_env env, napi_callback_info info) noexcept {
  const Call<1> call(env, info);
  if (call.binding == nullptr) return nullptr;
  GlobalPath path;
  if (!path.read(env, call.arguments[0]))
    return call.refuse("Expected the name of a global or the segments of a path");
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (!lua_checkstack(L, 8)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  const int status = vm::protect(L, 0, 1, [&path](lua_State* inner) {
    pushAt(inner, path, path.count());
    return 1;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, L, status);
    return nullptr;
  }
  napi_value value = nullptr;
  if (!toJs(*call.binding, L, -1, Place{"value", -1}, &value)) {
    throwMemory(*call.binding);  // no effect when the conversion threw
    return nullptr;
  }
  return entry.finish(value);
}

// Sets the global at `path` to the value at index 1. May raise.
int assignGlobal(lua_State* L, const GlobalPath& path) {
  lua_pushglobaltable(L);
  for (uint32_t i = 0; i + 1 < path.count(); i++) {
    const Text& segment = path.segment(i);
    lua_pushlstring(L, segment.bytes(), segment.length());
    lua_pushvalue(L, -1);
    lua_gettable(L, -3);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      lua_createtable(L, 0, 1);
      lua_pushvalue(L, -2);
      lua_pushvalue(L, -2);
      lua_settable(L, -5);
    } else if (!lua_istable(L, -1) && luaL_getmetafield(L, -1, "__newindex") == LUA_TNIL) {
      luaL_error(L, "cannot set global path: intermediate '%s' is a %s, not a table", segment.bytes(),
                 luaL_typename(L, -1));
    } else if (!lua_istable(L, -1)) {
      lua_pop(L, 1);  // the metafield
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
  }
  const Text& last = path.segment(path.count() - 1);
  lua_pushlstring(L, last.bytes(), last.length());
  lua_pushvalue(L, 1);
  lua_settable(L, -3);
  return 0;
}

napi_value setGlobal(napi_env env, napi_callback_info info) noexcept {
  const Call<2> call(env, info);
  if (call.binding == nullptr) return nullptr;
  GlobalPath path;
  if (!path.read(env, call.arguments[0]))
    return call.refuse("Expected the name of a global or the segments of a path");
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (!lua_checkstack(L, 16)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  if (pushJs(*call.binding, L, call.arguments[1], kPlaceValue) != 1) return nullptr;
  const int status = vm::protect(L, 1, 0, [&path](lua_State* inner) { return assignGlobal(inner, path); });
  if (status != LUA_OK) {
    throwFailure(*call.binding, L, status);
    return nullptr;
  }
  return entry.finish(undefinedValue(env));
}

napi_value callGlobal(napi_env env, napi_callback_info info) noexcept {
  const Call<2> call(env, info);
  if (call.binding == nullptr) return nullptr;
  GlobalPath path;
  Elements arguments;
  if (!path.read(env, call.arguments[0]))
    return call.refuse("Expected the name of a global or the segments of a path");
  if (!arguments.read(env, call.arguments[1])) return call.refuse("Expected an array of arguments");
  return invoke(
      *call.binding, {}, ResultMode::automatic, arguments.count(), arguments.values(), [&path](lua_State* L) {
        return vm::protect(L, 0, 1, [&path](lua_State* inner) { return pushGlobalFunction(inner, path); });
      });
}

napi_value collect(napi_env env, napi_callback_info info) noexcept {
  const Call<3> call(env, info);
  if (call.binding == nullptr) return nullptr;
  double command = 0;
  double first = 0;
  double second = 0;
  if (!readNumber(env, call.arguments[0], &command) || !readNumber(env, call.arguments[1], &first) ||
      !readNumber(env, call.arguments[2], &second) || command < 0 ||
      command > static_cast<double>(vm::CollectorCommand::param))
    return call.refuse("Expected a collector command and two numbers");
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  const auto what = static_cast<vm::CollectorCommand>(static_cast<int>(command));
  const double answer = vm::collector(entry.L(), what, first, second);
  napi_value value = nullptr;
  if (what == vm::CollectorCommand::step || what == vm::CollectorCommand::isrunning) {
    napi_get_boolean(env, answer != 0, &value);
  } else {
    napi_create_double(env, answer, &value);
  }
  return entry.finish(value);
}

napi_value memoryBytes(napi_env env, napi_callback_info info) noexcept {
  const Call<0> call(env, info);
  if (call.binding == nullptr) return nullptr;
  return numberToJs(env, static_cast<double>(call.binding->state.allocator.used));
}

napi_value setMemoryLimit(napi_env env, napi_callback_info info) noexcept {
  const Call<1> call(env, info);
  if (call.binding == nullptr) return nullptr;
  size_t limit = 0;
  if (!readSize(env, call.arguments[0], &limit)) return call.refuse("Expected a number of bytes");
  call.binding->state.setMemoryLimit(limit);
  return undefinedValue(env);
}

napi_value setLimits(napi_env env, napi_callback_info info) noexcept {
  const Call<2> call(env, info);
  if (call.binding == nullptr) return nullptr;
  vm::Limits limits;
  if (!readLimits(env, call.arguments[0], call.arguments[1], &limits))
    return call.refuse("Expected two limits");
  call.binding->state.limits = limits;
  return undefinedValue(env);
}

napi_value createTable(napi_env env, napi_callback_info info) noexcept {
  const Call<1> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  napi_valuetype type = napi_undefined;
  napi_typeof(env, call.arguments[0], &type);
  if (!lua_checkstack(L, 8)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  if (type == napi_undefined) {
    const int status = vm::protect(L, 0, 1, [](lua_State* inner) {
      lua_createtable(inner, 0, 0);
      return 1;
    });
    if (status != LUA_OK) {
      throwFailure(*call.binding, L, status);
      return nullptr;
    }
  } else if (pushJs(*call.binding, L, call.arguments[0], kPlaceValue) != 1) {
    return nullptr;
  }
  if (!lua_istable(L, -1)) return call.refuse("Expected an object, array, Map or Set to make a table of");
  napi_value table = nullptr;
  if (!handleToJs(*call.binding, L, -1, &table)) return nullptr;
  return entry.finish(table);
}

napi_value getReference(napi_env env, napi_callback_info info) noexcept {
  const Call<1> call(env, info);
  if (call.binding == nullptr) return nullptr;
  GlobalPath path;
  if (!path.read(env, call.arguments[0]))
    return call.refuse("Expected the name of a global or the segments of a path");
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (!lua_checkstack(L, 8)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  const int status = vm::protect(L, 0, 1, [&path](lua_State* inner) {
    pushAt(inner, path, path.count());
    return 1;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, L, status);
    return nullptr;
  }
  if (lua_isnil(L, -1)) return entry.finish(undefinedValue(env));
  if (!lua_istable(L, -1)) {
    char message[96];
    std::snprintf(message, sizeof(message), "Expected that global to be a table, received a %s",
                  luaL_typename(L, -1));
    return call.refuse(message);
  }
  napi_value table = nullptr;
  if (!handleToJs(*call.binding, L, -1, &table)) return nullptr;
  return entry.finish(table);
}

// Loads a chunk and gives it as a function, without running it.
napi_value loadFunction(napi_env env, napi_callback_info info) noexcept {
  const Call<3> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Text source;
  Text name;
  double mode = 0;
  napi_valuetype nameType;
  if (!source.read(env, call.arguments[0]) || !name.read(env, call.arguments[1], &nameType) ||
      nameType != napi_string || !readNumber(env, call.arguments[2], &mode))
    return call.refuse("Expected source, a chunk name and a chunk mode");
  const auto chunkMode = mode == 1 ? vm::ChunkMode::binary : vm::ChunkMode::text;
  const ChunkName chunkName(name, source, chunkMode);
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (!lua_checkstack(L, 8)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  const int status = vm::loadChunk(L, source.bytes(), source.length(), chunkName.text, chunkMode);
  if (status != LUA_OK) {
    throwFailure(*call.binding, L, status);
    return nullptr;
  }
  napi_value function = nullptr;
  if (!resultsToJs(*call.binding, L, lua_gettop(L), ResultMode::first, &function)) {
    throwMemory(*call.binding);  // no effect when the conversion threw
    return nullptr;
  }
  return entry.finish(function);
}

napi_value createThread(napi_env env, napi_callback_info info) noexcept {
  const Call<1> call(env, info);
  if (call.binding == nullptr) return nullptr;
  const Handle* body = readLuaFunction(*call.binding, call.arguments[0]);
  if (body == nullptr) return nullptr;
  Entry entry(*call.binding, false);
  if (!entry.entered()) return nullptr;
  lua_State* L = entry.L();
  if (!lua_checkstack(L, 8)) {
    throwMemory(*call.binding);
    return nullptr;
  }
  lua_rawgeti(L, LUA_REGISTRYINDEX, body->ref);
  const int status = vm::protect(L, 1, 1, [](lua_State* inner) {
    lua_State* thread = lua_newthread(inner);
    lua_pushvalue(inner, 1);
    lua_xmove(inner, thread, 1);
    return 1;
  });
  if (status != LUA_OK) {
    throwFailure(*call.binding, L, status);
    return nullptr;
  }
  napi_value thread = nullptr;
  if (!handleToJs(*call.binding, L, -1, &thread)) return nullptr;
  return entry.finish(thread);
}

napi_value invokeFunction(napi_env env, napi_callback_info info) noexcept {
  const Call<3> call(env, info);
  if (call.binding == nullptr) return nullptr;
  Elements arguments;
  double mode = 0;
  if (!arguments.read(env, call.arguments[1]) || !readNumber(env, call.arguments[2], &mode) || mode < 0 ||
      mode > 2)
    return call.refuse("Expected a function, an array of arguments and a result mode");
  const Handle* function = readLuaFunction(*call.binding, call.arguments[0]);
  if (function == nullptr) return nullptr;
  return invoke(*call.binding, {}, static_cast<ResultMode>(static_cast<int>(mode)), arguments.count(),
                arguments.values(), [function](lua_State* L) {
                  lua_rawgeti(L, LUA_REGISTRYINDEX, function->ref);
                  return LUA_OK;
                });
}

napi_value releaseValue(napi_env env, napi_callback_info info) noexcept {
  const Call<1> call(env, info);
  if (call.binding == nullptr) return nullptr;
  napi_valuetype type = napi_undefined;
  napi_typeof(env, call.arguments[0], &type);
  Handle* handle = nullptr;
  if (type == napi_function) handle = handleOf(call.binding->data, call.arguments[0]);
  if (type == napi_object) handle = referenceOf(call.binding->data, call.arguments[0]);
  if (handle == nullptr) return call.refuse("Expected a Lua function or a reference to a Lua value");
  if (handle->owner != call.binding)
    return call.refuse("Expected a value of this Lua runtime, this one belongs to a different runtime");
  releaseNow(*call.binding, handle);
  return undefinedValue(env);
}

// Reads a function, or null as null. False for anything else.
bool readFunction(napi_env env, napi_value value, napi_value* function) noexcept {
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok || (type != napi_function && type != napi_null)) return false;
  *function = type == napi_function ? value : nullptr;
  return true;
}

napi_value setHook(napi_env env, napi_callback_info info) noexcept {
  const Call<3> call(env, info);
  if (call.binding == nullptr) return nullptr;
  napi_value function = nullptr;
  double mask = 0;
  double count = 0;
  if (!readFunction(env, call.arguments[0], &function) || !readNumber(env, call.arguments[1], &mask) ||
      !readNumber(env, call.arguments[2], &count) || mask < 0 || mask > 15 || count < 0 || count > 2147483647)
    return call.refuse("Expected a function or null, an event mask and a count");
  call.binding->setHookFunction(function, static_cast<int>(mask), static_cast<int>(count));
  return undefinedValue(env);
}

napi_value setPrint(napi_env env, napi_callback_info info) noexcept {
  const Call<1> call(env, info);
  if (call.binding == nullptr) return nullptr;
  napi_value function = nullptr;
  if (!readFunction(env, call.arguments[0], &function)) return call.refuse("Expected a function or null");
  call.binding->setPrintFunction(function);
  return undefinedValue(env);
}

napi_value setConverting(napi_env env, napi_callback_info info) noexcept {
  const MethodCall<StateBinding, 1> call(env, info, kStateReceiver);
  StateBinding* binding = openState(call);
  if (binding == nullptr) return nullptr;
  if (!readBoolean(env, call.arguments[0], &binding->converting))
    throwError(binding->data, ErrorKind::argument, "Expected a boolean");
  return undefinedValue(env);
}

napi_value setInspecting(napi_env env, napi_callback_info info) noexcept {
  const MethodCall<StateBinding, 1> call(env, info, kStateReceiver);
  StateBinding* binding = openState(call);
  if (binding == nullptr) return nullptr;
  if (!readBoolean(env, call.arguments[0], &binding->inspecting))
    throwError(binding->data, ErrorKind::argument, "Expected a boolean");
  return undefinedValue(env);
}

napi_value lastRun(napi_env env, napi_callback_info info) noexcept {
  const Call<0> call(env, info);
  if (call.binding == nullptr) return nullptr;
  const vm::RunFigures& figures = call.binding->state.meter.figures();
  const double numbers[] = {figures.instructions, figures.cpuMs, figures.wallMs, figures.peakBytes,
                            figures.crossings};
  napi_value array = nullptr;
  if (napi_create_array_with_length(env, 5, &array) != napi_ok) return nullptr;
  for (uint32_t i = 0; i < 5; i++) napi_set_element(env, array, i, numberToJs(env, numbers[i]));
  return array;
}

StateBinding* receiver(napi_env env, napi_callback_info info) noexcept {
  size_t count = 0;
  napi_value self;
  void* wrapped = nullptr;
  if (napi_get_cb_info(env, info, &count, nullptr, &self, nullptr) == napi_ok &&
      napi_unwrap(env, self, &wrapped) == napi_ok && wrapped != nullptr)
    return static_cast<StateBinding*>(wrapped);
  napi_throw_type_error(env, "LUA_INVALID_ARGUMENT", "Expected a NativeState as receiver");
  return nullptr;
}

napi_value dispose(napi_env env, napi_callback_info info) noexcept {
  StateBinding* binding = receiver(env, info);
  if (binding == nullptr) return nullptr;
  size_t count = 1;
  napi_value argument;
  bool replaced = false;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) == napi_ok && count > 0)
    napi_get_value_bool(env, argument, &replaced);  // no effect on anything but a boolean
  if (binding->state.depth() > 0 || binding->state.closing) {
    if (binding->usable()) {
      throwError(binding->data, ErrorKind::busy,
                 replaced ? "Expected an idle Lua runtime, reset() was called while it runs"
                          : "Expected an idle Lua runtime, dispose() was called while it runs");
      return nullptr;
    }
  }
  if (binding->usable()) binding->replaced = replaced;
  binding->close();
  return undefinedValue(env);
}

napi_value disposed(napi_env env, napi_callback_info info) noexcept {
  const StateBinding* binding = receiver(env, info);
  napi_value value = nullptr;
  if (binding != nullptr) napi_get_boolean(env, !binding->usable(), &value);
  return value;
}

}  // namespace

napi_value defineStateClass(napi_env env) noexcept {
  const auto method = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name,   nullptr, callback, nullptr, nullptr, nullptr, napi_default_method,
                                    nullptr};
  };
  const napi_property_descriptor properties[] = {
      method("execute", execute),
      method("executeIn", executeIn),
      method("compile", compile),
      method("loadFunction", loadFunction),
      method("createTable", createTable),
      method("getReference", getReference),
      method("createThread", createThread),
      method("invoke", invokeFunction),
      method("releaseValue", releaseValue),
      method("getStack", getStack),
      method("getLocals", getLocals),
      method("getGlobal", getGlobal),
      method("setGlobal", setGlobal),
      method("call", callGlobal),
      method("gc", collect),
      method("memoryBytes", memoryBytes),
      method("setMemoryLimit", setMemoryLimit),
      method("setLimits", setLimits),
      method("setHook", setHook),
      method("setPrint", setPrint),
      method("setConverting", setConverting),
      method("setInspecting", setInspecting),
      method("lastRun", lastRun),
      method("openTasks", openTasks),
      method("startChunk", startChunk),
      method("startCall", startCall),
      method("startFunction", startFunction),
      method("startResume", startResume),
      method("cancel", cancelRun),
      method("expire", expireRun),
      method("dispose", dispose),
      {"disposed", nullptr, nullptr, disposed, nullptr, nullptr, napi_default, nullptr},
  };
  napi_value constructor = nullptr;
  if (napi_define_class(env, "NativeState", NAPI_AUTO_LENGTH, construct, nullptr,
                        sizeof(properties) / sizeof(*properties), properties, &constructor) != napi_ok)
    return nullptr;
  return constructor;
}

}  // namespace binding
