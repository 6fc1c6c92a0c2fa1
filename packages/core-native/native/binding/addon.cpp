// The addon's exports: Addon of src/addon.ts.
#include <node_api.h>

#include <new>

#include "addon_data.hpp"
#include "reference_class.hpp"
#include "run_methods.hpp"
#include "state_class.hpp"
#include "vm/chunk.hpp"
#include "vm/lua_api.hpp"
#include "vm/state.hpp"

namespace binding {
namespace {

constexpr const char* kCallbackNames[] = {"createError", "encode",        "decode", "identify", "annotate",
                                          "heartbeat",   "wrapReference", "list",   "subscribe"};

napi_value refuse(napi_env env, const char* expected) noexcept {
  napi_throw_type_error(env, "LUA_INVALID_ARGUMENT", expected);
  return nullptr;
}

// The memory of a typed array of one kind; null for anything else.
void* typedMemory(napi_env env, napi_value value, napi_typedarray_type wanted, size_t* length) noexcept {
  bool isTyped = false;
  napi_typedarray_type kind;
  void* memory = nullptr;
  if (napi_is_typedarray(env, value, &isTyped) != napi_ok || !isTyped) return nullptr;
  if (napi_get_typedarray_info(env, value, &kind, length, &memory, nullptr, nullptr) != napi_ok ||
      kind != wanted)
    return nullptr;
  return memory;
}

napi_value initialize(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value arguments[3];
  napi_value functions[static_cast<int>(Callback::count)];
  AddonData* data = AddonData::of(env);
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) != napi_ok) return nullptr;
  if (data == nullptr || data->initialized() || count < 3)
    return refuse(env, "Expected a host, a mailbox and an inbox, once per environment");
  for (int i = 0; i < static_cast<int>(Callback::count); i++) {
    napi_valuetype type = napi_undefined;
    if (napi_get_named_property(env, arguments[0], kCallbackNames[i], &functions[i]) != napi_ok)
      return nullptr;
    if (napi_typeof(env, functions[i], &type) != napi_ok || type != napi_function)
      return refuse(env, "Expected the host to have all functions of AddonHost");
  }
  size_t slots = 0;
  auto* mailbox = static_cast<uint32_t*>(typedMemory(env, arguments[1], napi_uint32_array, &slots));
  auto* inbox = static_cast<uint8_t*>(typedMemory(env, arguments[2], napi_uint8_array, &data->inboxLength));
  if (mailbox == nullptr || slots < kMailSlots || inbox == nullptr)
    return refuse(env, "Expected the mailbox to be a Uint32Array of 6 and the inbox a Uint8Array");
  for (int i = 0; i < static_cast<int>(Callback::count); i++)
    if (napi_create_reference(env, functions[i], 1, &data->callbacks[i]) != napi_ok) return nullptr;
  if (napi_create_reference(env, arguments[1], 1, &data->memory[0]) != napi_ok ||
      napi_create_reference(env, arguments[2], 1, &data->memory[1]) != napi_ok)
    return nullptr;
  data->inbox = inbox;
  data->mailbox = mailbox;
  return nullptr;
}

napi_value setOutbox(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value outbox;
  size_t length = 0;
  napi_ref reference = nullptr;
  AddonData* data = AddonData::of(env);
  if (napi_get_cb_info(env, info, &count, &outbox, nullptr, nullptr) != napi_ok) return nullptr;
  void* memory = data == nullptr || count < 1 ? nullptr : typedMemory(env, outbox, napi_uint8_array, &length);
  if (memory == nullptr) return refuse(env, "Expected the outbox to be a Uint8Array");
  if (napi_create_reference(env, outbox, 1, &reference) != napi_ok) return nullptr;
  if (data->memory[2] != nullptr) napi_delete_reference(env, data->memory[2]);
  data->memory[2] = reference;
  data->outbox = static_cast<uint8_t*>(memory);
  data->outboxLength = length;
  return nullptr;
}

// A host for a state that runs nothing.
class NoHost final : public vm::Host {
 public:
  double nowMs() noexcept override { return 0; }
  double cpuMs() noexcept override { return 0; }
  bool alive() noexcept override { return true; }
};

// The first bytes of every chunk that this build dumps: signature, version, format, check data, sizes.
napi_value bytecodeHeader(napi_env env) noexcept {
#if LUA_VERSION_NUM >= 505
  constexpr size_t kHeader =
      4 + 1 + 1 + 6 + (1 + sizeof(int)) + (1 + 4) + (1 + sizeof(lua_Integer)) + (1 + sizeof(lua_Number));
#else
  constexpr size_t kHeader = 4 + 1 + 1 + 6 + 3 + sizeof(lua_Integer) + sizeof(lua_Number);
#endif
  NoHost host;
  vm::State state(host, {});
  vm::ByteBuffer dump;
  const bool dumped = state.open() == LUA_OK &&
                      vm::loadChunk(state.main(), "", 0, "=", vm::ChunkMode::text) == LUA_OK &&
                      vm::dumpChunk(state.main(), true, dump) && dump.length >= kHeader;
  napi_value header = nullptr;
  if (dumped && napi_create_buffer_copy(env, kHeader, dump.bytes, nullptr, &header) != napi_ok)
    header = nullptr;
  dump.release();
  return header;
}

// Every status is looked at: in a worker that is being terminated each of these calls may fail, and an
// exception that node-addon-api could not throw would end the process.
bool addExports(napi_env env, napi_value exports, AddonData* data) noexcept {
  const napi_value stateClass = defineStateClass(env);
  const napi_value referenceClass = defineReferenceClass(env);
  if (stateClass == nullptr || referenceClass == nullptr) return false;
  if (napi_create_reference(env, referenceClass, 1, &data->referenceClass) != napi_ok) return false;
  napi_value version;
  napi_value release;
  napi_value number;
  const napi_value header = bytecodeHeader(env);
  if (header == nullptr ||
      napi_create_string_latin1(env, LUA_VERSION, NAPI_AUTO_LENGTH, &version) != napi_ok ||
      napi_create_string_latin1(env, LUA_RELEASE, NAPI_AUTO_LENGTH, &release) != napi_ok ||
      napi_create_int32(env, LUA_VERSION_NUM, &number) != napi_ok)
    return false;
  const auto value = [](const char* name, napi_value what) {
    return napi_property_descriptor{name, nullptr, nullptr, nullptr, nullptr, what, napi_enumerable, nullptr};
  };
  const auto function = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name,    nullptr, callback,        nullptr,
                                    nullptr, nullptr, napi_enumerable, nullptr};
  };
  const napi_property_descriptor properties[] = {
      value("luaVersion", version),
      value("luaRelease", release),
      value("luaVersionNumber", number),
      value("bytecodeHeader", header),
      function("initialize", initialize),
      function("setOutbox", setOutbox),
      function("setRunSlots", setRunSlots),
      value("NativeState", stateClass),
      value("NativeReference", referenceClass),
  };
  return napi_define_properties(env, exports, sizeof(properties) / sizeof(*properties), properties) ==
         napi_ok;
}

}  // namespace

napi_value initializeModule(napi_env env, napi_value exports) {
  auto* data = new (std::nothrow) AddonData(env);
  if (data == nullptr) return nullptr;
  const auto finalize = [](napi_env, void* pointer, void*) { static_cast<AddonData*>(pointer)->release(); };
  const auto tearDown = [](void* pointer) {
    auto* ending = static_cast<AddonData*>(pointer);
    ending->tearDown();
    ending->release();
  };
  if (napi_set_instance_data(env, data, finalize, nullptr) != napi_ok) {
    data->release();
    return nullptr;
  }
  data->retain();
  if (napi_add_env_cleanup_hook(env, tearDown, data) != napi_ok) {
    data->release();
    return nullptr;
  }
  return addExports(env, exports, data) ? exports : nullptr;
}

}  // namespace binding

NAPI_MODULE_INIT() {
  return binding::initializeModule(env, exports);
}
