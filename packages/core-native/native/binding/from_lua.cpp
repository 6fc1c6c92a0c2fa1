#include "from_lua.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "failure_binding.hpp"
#include "handle_binding.hpp"
#include "vm/ascii.hpp"
#include "vm/short_sequence.hpp"
#include "vm/wire.hpp"

namespace binding {
namespace {

constexpr lua_Integer kMaxSafeInteger = 9007199254740991;

void describe(Place place, char* out, size_t size) noexcept {
  if (place.index < 0) {
    std::snprintf(out, size, "%s", place.name);
  } else {
    std::snprintf(out, size, "%s[%d]", place.name, place.index);
  }
}

bool refuse(const StateBinding& binding, Place place, const char* expected) noexcept {
  char path[64];
  describe(place, path, sizeof(path));
  char message[160];
  std::snprintf(message, sizeof(message), "strict conversion: %s at %s", expected, path);
  ErrorDetail detail;
  detail.text = path;
  throwError(binding.data, ErrorKind::conversion, message, NAPI_AUTO_LENGTH, detail);
  return false;
}

// Length of the UTF-8 sequence at `text`, 0 when it is not valid (Unicode 16, table 3-7).
size_t sequenceLength(const unsigned char* text, size_t left) noexcept {
  const unsigned first = text[0];
  if (first < 0x80) return 1;
  size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xbf;
  if (first >= 0xc2 && first <= 0xdf) {
    length = 2;
  } else if (first >= 0xe0 && first <= 0xef) {
    length = 3;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
  } else if (first >= 0xf0 && first <= 0xf4) {
    length = 4;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
  }
  if (length == 0 || length > left || text[1] < low || text[1] > high) return 0;
  for (size_t i = 2; i < length; i++)
    if (text[i] < 0x80 || text[i] > 0xbf) return 0;
  return length;
}

bool isUtf8(const char* text, size_t length) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text);
  for (size_t i = 0; i < length;) {
    const size_t step = sequenceLength(at + i, length - i);
    if (step == 0) return false;
    i += step;
  }
  return true;
}

bool bytesToJs(napi_env env, const char* text, size_t length, napi_value* out) noexcept {
  void* bytes = nullptr;
  napi_value buffer;
  if (napi_create_arraybuffer(env, length, &bytes, &buffer) != napi_ok) return false;
  if (length > 0) std::memcpy(bytes, text, length);
  return napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, out) == napi_ok;
}

// The longest string that V8 makes.
constexpr size_t kMaxStringLength = 536870888;

bool stringToJs(StateBinding& binding, lua_State* L, int index, Place place, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  size_t length = 0;
  const char* text = lua_tolstring(L, index, &length);
  bool made = false;
  binding.state.meter.fuel -= static_cast<ptrdiff_t>(length >> 5);
  if (length > binding.room) {
    throwMemory(binding);
    return false;
  }
  binding.room -= length;
  if ((binding.flags & kBinaryStrings) != 0) {
    made = bytesToJs(env, text, length, out);
  } else if (length <= kMaxStringLength) {
    if (vm::isAscii(text, length)) {
      made = napi_create_string_latin1(env, text, length, out) == napi_ok;
    } else {
      if ((binding.flags & kStrictConversion) != 0 && !isUtf8(text, length))
        return refuse(binding, place, "a Lua string with bytes that are not valid UTF-8 (use binaryStrings)");
      made = napi_create_string_utf8(env, text, length, out) == napi_ok;
    }
  }
  if (made) return true;
  char path[64];
  describe(place, path, sizeof(path));
  char message[160];
  std::snprintf(message, sizeof(message), "Expected a string of at most %zu bytes, received %zu bytes at %s",
                kMaxStringLength, length, path);
  ErrorDetail detail;
  detail.text = path;
  throwError(binding.data, ErrorKind::conversion, message, NAPI_AUTO_LENGTH, detail);
  return false;
}

bool integerToJs(napi_env env, lua_Integer integer, napi_value* out) noexcept {
  if (integer >= INT32_MIN && integer <= INT32_MAX)
    return napi_create_int32(env, static_cast<int32_t>(integer), out) == napi_ok;
  if (integer >= -kMaxSafeInteger && integer <= kMaxSafeInteger)
    return napi_create_int64(env, integer, out) == napi_ok;
  return napi_create_bigint_int64(env, integer, out) == napi_ok;
}

// --- tables
// ---------------------------------------------------------------------------------------------------------

// Collects the functions and references of a table in an array, made when the first one comes.
class Handles final : public vm::HandleSink {
 public:
  explicit Handles(StateBinding& binding) noexcept : binding_(binding) {}

  int64_t add(lua_State* L, int index) noexcept override {
    napi_env env = binding_.data.env;
    napi_handle_scope scope;
    if (array_ == nullptr && napi_create_array(env, &array_) != napi_ok) return -1;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return -1;
    napi_value value = nullptr;
    const bool added =
        handleToJs(binding_, L, index, &value) && napi_set_element(env, array_, count_, value) == napi_ok;
    napi_close_handle_scope(env, scope);
    return added ? count_++ : -1;
  }

  [[nodiscard]] napi_value array() const noexcept { return array_; }

 private:
  StateBinding& binding_;
  napi_value array_ = nullptr;
  uint32_t count_ = 0;
};

bool decode(StateBinding& binding, const vm::ByteBuffer& bytes, napi_value handles, Place place,
            uint32_t flags, napi_value* out) noexcept {
  AddonData& data = binding.data;
  napi_env env = data.env;
  napi_value arguments[4];
  size_t count = 0;  // up to the last that says something
  napi_get_undefined(env, &arguments[0]);
  arguments[1] = arguments[2] = arguments[3] = arguments[0];
  if (bytes.length <= data.inboxLength) {
    std::memcpy(data.inbox, bytes.bytes, bytes.length);
  } else if (!bytesToJs(env, bytes.bytes, bytes.length, &arguments[0])) {
    return false;
  } else {
    count = 1;
  }
  if (handles != nullptr) {
    arguments[1] = handles;
    count = 2;
  }
  if ((flags & kStrictConversion) != 0) {  // only then can decoding itself fail
    char path[64];
    describe(place, path, sizeof(path));
    napi_create_string_latin1(env, path, NAPI_AUTO_LENGTH, &arguments[2]);
    count = 3;
  }
  if (binding.converting) {
    arguments[3] = binding.context();
    count = 4;
  }
  data.mailbox[kMailLength] = static_cast<uint32_t>(bytes.length);  // of a message in the inbox
  data.mailbox[kMailFlags] = flags;
  *out = data.call(Callback::decode, count, arguments);
  return *out != nullptr;
}

bool packedToJs(StateBinding& binding, lua_State* L, int index, Place place, uint32_t flags,
                napi_value* out) noexcept {
  vm::ByteBuffer bytes = binding.data.takePackBuffer();
  vm::PackFailure failure;
  Handles handles(binding);
  vm::PackOptions options;
  options.binaryStrings = (binding.flags & kBinaryStrings) != 0;
  options.tablesAsReferences = (flags & kTablesAsReferences) != 0;
  options.room = &binding.room;
  const int top = lua_gettop(L);
  vm::PackStatus status;
  {
    // Making handles allocates in Lua; a finalizer could change the tables that are being walked.
    const vm::FinalizerHold hold(binding.state.meter);
    status = vm::pack(L, index, options, handles, bytes, failure);
  }
  lua_settop(L, top);
  bool made = false;
  if (status == vm::PackStatus::ok) {
    made = decode(binding, bytes, handles.array(), place, flags, out);
    if (!made) throwMemory(binding);  // no effect when the decoder threw
  } else if (status == vm::PackStatus::ended) {
    throwTrip(binding);
  } else if (status == vm::PackStatus::refused || status == vm::PackStatus::memory) {
    throwMemory(binding);  // no effect when the handle threw
  } else {
    char name[64];
    describe(place, name, sizeof(name));
    throwPackFailure(binding.data, status, name, failure);
  }
  binding.data.givePackBuffer(bytes);
  return made;
}

// Up to here an array of converted elements takes less time than a message.
constexpr unsigned kShortSequence = 16;
// What a copy takes, in units of the meter per value and in bytes, as messages count it.
constexpr ptrdiff_t kUnitsPerValue = 8;
constexpr size_t kBytesPerValue = 8;
constexpr size_t kBytesPerTable = 32;

// A table that shortSequence() found to have `count` elements.
bool shortSequenceToJs(StateBinding& binding, lua_State* L, int index, Place place, int count,
                       napi_value* out) noexcept {
  napi_env env = binding.data.env;
  const size_t bytes = kBytesPerTable + kBytesPerValue * static_cast<size_t>(count + 1);
  if (bytes > binding.room || !lua_checkstack(L, 1)) {
    throwMemory(binding);
    return false;
  }
  binding.room -= bytes;
  binding.state.meter.fuel -= kUnitsPerValue * (count + 1);  // the next poll sees it
  const int table = lua_absindex(L, index);
  if (count == 0) return napi_create_array(env, out) == napi_ok;
  napi_value elements[kShortSequence];
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, table, i + 1);
    const bool made = toJs(binding, L, -1, place, &elements[i]);
    lua_pop(L, 1);
    if (!made) return false;
  }
  *out = binding.data.call(Callback::list, static_cast<size_t>(count), elements);
  return *out != nullptr;
}

bool plainTableToJs(StateBinding& binding, lua_State* L, int index, Place place, napi_value* out) noexcept {
  // Else elements may fail to cross, and messages know where they are; or they become something else.
  constexpr uint32_t kOwnWays = kStrictConversion | kTablesAsMaps;
  if ((binding.flags & kOwnWays) == 0 && !binding.converting) {
    const int count = vm::shortSequence(L, index, kShortSequence);
    if (count >= 0) return shortSequenceToJs(binding, L, index, place, count, out);
  }
  return packedToJs(binding, L, index, place, binding.flags, out);
}

bool hasMetatable(lua_State* L, int index) noexcept {
  if (!lua_checkstack(L, 1) || lua_getmetatable(L, index) == 0) return false;
  lua_pop(L, 1);
  return true;
}

}  // namespace

bool tableToJs(StateBinding& binding, lua_State* L, int index, Place place, uint32_t flags,
               napi_value* out) noexcept {
  return packedToJs(binding, L, index, place, flags, out);
}

namespace {

// Has the host convert an object that does not come out of its decoder, as a message with only that in it.
bool convert(StateBinding& binding, Place place, napi_value* value) noexcept {
  constexpr uint8_t kMessage[] = {vm::wire::kHandle, 0, 0, 0, 0};
  napi_env env = binding.data.env;
  napi_valuetype type;
  napi_value handles = nullptr;
  if (napi_typeof(env, *value, &type) != napi_ok) return false;
  if (type != napi_object) return true;
  if (napi_create_array_with_length(env, 1, &handles) != napi_ok ||
      napi_set_element(env, handles, 0, *value) != napi_ok)
    return false;
  vm::ByteBuffer bytes = binding.data.takePackBuffer();
  const bool made = bytes.append(kMessage, sizeof(kMessage)) &&
                    decode(binding, bytes, handles, place, binding.flags, value);
  if (!made) throwMemory(binding);  // no effect when a converter threw
  binding.data.givePackBuffer(bytes);
  return made;
}

bool shownToJs(StateBinding& binding, lua_State* L, int index, Place place, napi_value* out) noexcept {
  return handleToJs(binding, L, index, out) && (!binding.converting || convert(binding, place, out));
}

}  // namespace

bool toJs(StateBinding& binding, lua_State* L, int index, Place place, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  switch (lua_type(L, index)) {
    case LUA_TNIL:
      return napi_get_null(env, out) == napi_ok;
    case LUA_TBOOLEAN:
      return napi_get_boolean(env, lua_toboolean(L, index) != 0, out) == napi_ok;
    case LUA_TNUMBER:
      if (lua_isinteger(L, index)) return integerToJs(env, lua_tointeger(L, index), out);
      return napi_create_double(env, lua_tonumber(L, index), out) == napi_ok;
    case LUA_TSTRING:
      return stringToJs(binding, L, index, place, out) &&
             (!binding.converting || convert(binding, place, out));
    case LUA_TTABLE:
      if ((binding.flags & kTablesAsReferences) != 0 || hasMetatable(L, index))
        return shownToJs(binding, L, index, place, out);
      return plainTableToJs(binding, L, index, place, out);
    case LUA_TLIGHTUSERDATA:
      if (lua_touserdata(L, index) == nullptr)
        return packedToJs(binding, L, index, place, binding.flags, out);
      return shownToJs(binding, L, index, place, out);
    default:
      return shownToJs(binding, L, index, place, out);
  }
}

namespace {

// Several values as one array, when they are few.
bool fewToJs(StateBinding& binding, lua_State* L, int first, int count, napi_value* out) noexcept {
  napi_value values[kShortSequence];
  for (int i = 0; i < count; i++)
    if (!toJs(binding, L, first + i, Place{"result", i}, &values[i])) return false;
  *out = binding.data.call(Callback::list, static_cast<size_t>(count), values);
  return *out != nullptr;
}

}  // namespace

bool resultsToJs(StateBinding& binding, lua_State* L, int first, ResultMode mode, napi_value* out) noexcept {
  napi_env env = binding.data.env;
  const int count = lua_gettop(L) - first + 1;
  binding.resetRoom();
  if (mode != ResultMode::all) {
    if (count <= 0) return napi_get_undefined(env, out) == napi_ok;
    if (count == 1 || mode == ResultMode::first) return toJs(binding, L, first, Place{"result", -1}, out);
  }
  if (count > 0 && count <= static_cast<int>(kShortSequence)) return fewToJs(binding, L, first, count, out);
  if (napi_create_array_with_length(env, static_cast<size_t>(count), out) != napi_ok) return false;
  for (int i = 0; i < count; i++) {
    napi_handle_scope scope;
    napi_value value;
    if (napi_open_handle_scope(env, &scope) != napi_ok) return false;
    const bool made = toJs(binding, L, first + i, Place{"result", i}, &value) &&
                      napi_set_element(env, *out, static_cast<uint32_t>(i), value) == napi_ok;
    napi_close_handle_scope(env, scope);
    if (!made) return false;
  }
  return true;
}

}  // namespace binding
