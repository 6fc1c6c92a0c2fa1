#include "failure_binding.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#include "from_lua.hpp"
#include "host_binding.hpp"
#include "vm/chunk.hpp"
#include "vm/protect.hpp"

namespace binding {
namespace {

// Longer messages are cut: they stand again in the stack, more than once.
constexpr size_t kLongestMessage = 16384;
// What making an error costs, in units of the meter (about one VM instruction each).
constexpr ptrdiff_t kUnitsPerError = 2000;

napi_value text(napi_env env, const char* bytes, size_t length) noexcept {
  napi_value value = nullptr;
  napi_create_string_utf8(env, bytes, length, &value);
  return value;
}

napi_value number(napi_env env, double from) noexcept {
  napi_value value = nullptr;
  napi_create_double(env, from, &value);
  return value;
}

// Where a syntax error is: Lua puts "chunk:line:" before its message.
int lineOfSyntaxError(const char* message, size_t chunkLength) noexcept {
  return message[chunkLength] == ':' ? std::atoi(message + chunkLength + 1) : -1;
}

// Length of the chunk name that `message` starts with: up to the ':' before a number and another ':'.
size_t chunkOfSyntaxError(const char* message) noexcept {
  for (const char* colon = std::strchr(message, ':'); colon != nullptr; colon = std::strchr(colon + 1, ':')) {
    const char* digit = colon + 1;
    while (*digit >= '0' && *digit <= '9') digit++;
    if (digit > colon + 1 && *digit == ':') return static_cast<size_t>(colon - message);
  }
  return 0;
}

void throwSyntax(StateBinding& binding, lua_State* L) noexcept {
  size_t length = 0;
  const char* message = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : "";
  char chunk[LUA_IDSIZE] = {};
  size_t chunkLength = chunkOfSyntaxError(message);
  ErrorDetail detail;
  if (chunkLength > 0) detail.line = lineOfSyntaxError(message, chunkLength);
  if (chunkLength >= sizeof(chunk)) chunkLength = sizeof(chunk) - 1;
  std::memcpy(chunk, message, chunkLength);
  detail.chunk = chunk;
  detail.first = vm::isIncomplete(message, length) ? 1 : 0;
  if (length > kLongestMessage) length = kLongestMessage;
  binding.state.meter.fuel -= kUnitsPerError;
  throwError(binding.data, ErrorKind::syntax, message, length, detail);
}

// The text of an error value that is no string, made as tostring does, under the limits. Pushes it; false
// when that failed too (nothing is pushed then).
bool pushMessage(lua_State* L, int index) noexcept {
  if (!lua_checkstack(L, 6)) return false;
  lua_pushvalue(L, index);
  if (vm::protect(L, 1, 1, [](lua_State* inner) {
        if (luaL_getmetafield(inner, 1, "__tostring") == LUA_TNIL) {
          lua_pushfstring(inner, "(error object is a %s value)", luaL_typename(inner, 1));
        } else {
          luaL_tolstring(inner, 1, nullptr);
        }
        return 1;
      }) != LUA_OK) {
    lua_pop(L, 1);
    return false;
  }
  return true;
}

void throwRuntime(StateBinding& binding, lua_State* L) noexcept {
  napi_env env = binding.data.env;
  const vm::Traceback* at = binding.traceback;
  ErrorDetail detail;
  if (at != nullptr) {
    detail.chunk = at->chunk;
    detail.line = at->line;
    detail.traceback = at->text;
  }
  napi_value original = binding.passing(L, -1);
  if (original == nullptr) original = hostErrorAt(binding, L, -1);
  if (original != nullptr) {
    napi_value arguments[4] = {original, text(env, detail.traceback, NAPI_AUTO_LENGTH),
                               text(env, detail.chunk, NAPI_AUTO_LENGTH), number(env, detail.line)};
    napi_valuetype type;
    napi_typeof(env, original, &type);
    if (type == napi_object || type == napi_function) {
      binding.data.call(Callback::annotate, 4, arguments);
      napi_throw(env, original);
      return;
    }
  }
  const int value = lua_gettop(L);
  if (original != nullptr) {
    detail.value = original;
  } else if (!toJs(binding, L, value, Place{"error.value", -1}, &detail.value)) {
    // A value that cannot cross must not hide the error: it is left out.
    napi_value ignored;
    napi_get_and_clear_last_exception(env, &ignored);
    napi_get_undefined(env, &detail.value);
  }
  size_t length = 0;
  const char* message = "(error object whose text could not be made)";
  if (lua_type(L, value) == LUA_TSTRING) {
    message = lua_tolstring(L, value, &length);
  } else if (lua_type(L, value) == LUA_TNUMBER || pushMessage(L, value)) {
    if (lua_gettop(L) == value) lua_pushvalue(L, value);
    if (lua_checkstack(L, 1)) message = lua_tolstring(L, -1, &length);
  } else {
    length = std::strlen(message);
  }
  if (length > kLongestMessage) length = kLongestMessage;  // the whole of it is the value
  binding.state.meter.fuel -= kUnitsPerError;
  if (binding.state.meter.tripped != 0) {
    throwTrip(binding);
  } else {
    throwRuntimeError(binding, L, value, message, length, detail);
  }
  lua_settop(L, value);
}

}  // namespace

void throwError(const AddonData& data, ErrorKind kind, const char* message, size_t length,
                const ErrorDetail& detail) noexcept {
  napi_env env = data.env;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || pending) return;
  napi_value error = makeError(data, kind, message, length, detail);
  if (error != nullptr) napi_throw(env, error);
}

napi_value makeError(const AddonData& data, ErrorKind kind, const char* message, size_t length,
                     const ErrorDetail& detail) noexcept {
  napi_env env = data.env;
  napi_value arguments[9] = {
      number(env, static_cast<double>(kind)),
      text(env, message, length),
      detail.value,
      text(env, detail.chunk, NAPI_AUTO_LENGTH),
      number(env, detail.line),
      text(env, detail.traceback, NAPI_AUTO_LENGTH),
      number(env, detail.first),
      number(env, detail.second),
      text(env, detail.text, NAPI_AUTO_LENGTH),
  };
  if (arguments[2] == nullptr) napi_get_undefined(env, &arguments[2]);
  for (napi_value argument : arguments)
    if (argument == nullptr) return nullptr;
  return data.call(Callback::createError, 9, arguments);
}

void throwError(const AddonData& data, ErrorKind kind, const char* message) noexcept {
  throwError(data, kind, message, NAPI_AUTO_LENGTH, {});
}

void throwMemory(StateBinding& binding) noexcept {
  const vm::Allocator& allocator = binding.state.allocator;
  ErrorDetail detail;
  const vm::Traceback* at = binding.state.meter.noMemoryTraceback();
  if (at != nullptr) {
    detail.chunk = at->chunk;
    detail.line = at->line;
    detail.traceback = at->text;
  }
  detail.first = static_cast<double>(allocator.used);
  detail.second = allocator.limit == vm::Allocator::kUnlimited ? 0 : static_cast<double>(allocator.limit);
  throwError(binding.data, ErrorKind::memory, "not enough memory", NAPI_AUTO_LENGTH, detail);
}

void throwDisposed(const StateBinding& binding) noexcept {
  throwError(binding.data, ErrorKind::disposed,
             binding.replaced ? "Expected a value of the current state, this one's was replaced by reset()"
                              : "Expected an open Lua runtime, this one has been disposed");
}

bool refuseUse(const StateBinding& binding) noexcept {
  if (!binding.usable()) {
    throwDisposed(binding);
    return true;
  }
  if (!binding.away) return false;
  throwError(binding.data, ErrorKind::busy,
             "Expected an idle Lua runtime, this one is in an asynchronous run");
  return true;
}

void throwPackFailure(const AddonData& data, vm::PackStatus status, const char* place,
                      const vm::PackFailure& failure) noexcept {
  char path[vm::PackFailure::kPathSize + 64];
  std::snprintf(path, sizeof(path), "%s%s", place, failure.path);
  char message[sizeof(path) + 128];
  ErrorDetail detail;
  detail.text = path;
  switch (status) {
    case vm::PackStatus::tooDeep:
      std::snprintf(message, sizeof(message),
                    "Expected a nesting depth of at most 100 tables, received more at %s", path);
      break;
    case vm::PackStatus::cycle:
      std::snprintf(message, sizeof(message),
                    "Expected a table without cycles, received a circular reference at %s", path);
      break;
    default:
      throwError(data, ErrorKind::memory, "not enough memory");
      return;
  }
  throwError(data, ErrorKind::conversion, message, NAPI_AUTO_LENGTH, detail);
}

void throwTrip(StateBinding& binding) noexcept {
  const vm::RunMeter& meter = binding.state.meter;
  const vm::Traceback& at = meter.tripTraceback();
  ErrorDetail detail;
  detail.chunk = at.chunk;
  detail.line = at.line;
  detail.traceback = at.text;
  detail.first = meter.used();
  detail.second = meter.maximum();
  const char* message = "execution cancelled";
  switch (meter.tripKind()) {
    case vm::Trip::instructions:
      message = "instruction limit exceeded";
      detail.text = "instructions";
      break;
    case vm::Trip::timeout:
      message = "execution timeout";
      detail.text = "timeout";
      break;
    case vm::Trip::cpuTimeout:
      message = "CPU time limit exceeded";
      detail.text = "cpuTimeout";
      break;
    case vm::Trip::host: {
      napi_value fatal = binding.fatal();
      bool pending = false;
      napi_is_exception_pending(binding.data.env, &pending);
      if (fatal != nullptr && !pending) {
        napi_env env = binding.data.env;
        napi_value arguments[4] = {fatal, text(env, at.text, NAPI_AUTO_LENGTH),
                                   text(env, at.chunk, NAPI_AUTO_LENGTH), number(env, at.line)};
        binding.data.call(Callback::annotate, 4, arguments);
        napi_throw(binding.data.env, fatal);
        return;
      }
      detail.text = "abort";
      break;
    }
    default:
      detail.text = "abort";
      break;
  }
  char full[LUA_IDSIZE + 96];
  if (at.line > 0) {
    std::snprintf(full, sizeof(full), "%s:%d: %s", at.chunk, at.line, message);
    message = full;
  }
  throwError(binding.data, ErrorKind::limit, message, NAPI_AUTO_LENGTH, detail);
}

void throwFailure(StateBinding& binding, lua_State* L, int status) noexcept {
  if (binding.state.meter.tripped != 0) {
    throwTrip(binding);
  } else if (status == LUA_ERRMEM) {
    throwMemory(binding);
  } else if (status == LUA_ERRSYNTAX) {
    throwSyntax(binding, L);
  } else {
    throwRuntime(binding, L);
  }
}

int noteTraceback(lua_State* L) {
  StateBinding* binding = StateBinding::from(L);
  if (binding->traceback == nullptr) binding->traceback = new (std::nothrow) vm::Traceback;
  if (binding->traceback != nullptr) binding->traceback->capture(L, 1);
  return 1;
}

}  // namespace binding
