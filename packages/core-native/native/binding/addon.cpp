// The addon's exports: Addon of src/addon.ts.
#include <napi.h>

#include <new>

#include "addon_data.hpp"
#include "from_lua.hpp"
#include "state_class.hpp"
#include "vm/chunk.hpp"
#include "vm/lua_api.hpp"
#include "vm/state.hpp"

namespace binding {
namespace {

constexpr const char* kCallbackNames[] = {"createError", "encode",   "decode",
                                          "identify",    "annotate", "heartbeat"};

Napi::Value initialize(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  AddonData* data = AddonData::of(env);
  const bool valid = data != nullptr && !data->initialized() && info.Length() >= 3 && info[0].IsObject() &&
                     info[1].IsTypedArray() && info[2].IsTypedArray();
  if (!valid) {
    Napi::TypeError::New(env, "Expected a host, a mailbox and an inbox, once per environment")
        .ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const auto host = info[0].As<Napi::Object>();
  const auto mailbox = info[1].As<Napi::TypedArray>();
  const auto inbox = info[2].As<Napi::TypedArray>();
  for (const char* name : kCallbackNames) {
    if (host.Get(name).IsFunction()) continue;
    Napi::TypeError::New(env, std::string("Expected the host to have a function ") + name)
        .ThrowAsJavaScriptException();
    return env.Undefined();
  }
  if (mailbox.TypedArrayType() != napi_uint32_array || mailbox.ElementLength() < 4 ||
      inbox.TypedArrayType() != napi_uint8_array) {
    Napi::TypeError::New(env, "Expected the mailbox to be a Uint32Array of 4 and the inbox a Uint8Array")
        .ThrowAsJavaScriptException();
    return env.Undefined();
  }
  for (int i = 0; i < static_cast<int>(Callback::count); i++) {
    napi_create_reference(env, host.Get(kCallbackNames[i]), 1, &data->callbacks[i]);
  }
  napi_create_reference(env, mailbox, 1, &data->memory[0]);
  napi_create_reference(env, inbox, 1, &data->memory[1]);
  auto inboxBytes = inbox.As<Napi::Uint8Array>();
  auto mailboxWords = mailbox.As<Napi::Uint32Array>();
  data->inbox = inboxBytes.Data();
  data->inboxLength = inbox.ByteLength();
  data->mailbox = mailboxWords.Data();
  return env.Undefined();
}

Napi::Value setOutbox(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  AddonData* data = AddonData::of(env);
  if (data == nullptr || info.Length() < 1 || !info[0].IsTypedArray() ||
      info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Napi::TypeError::New(env, "Expected the outbox to be a Uint8Array").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  auto outbox = info[0].As<Napi::Uint8Array>();
  if (data->memory[2] != nullptr) napi_delete_reference(env, data->memory[2]);
  data->memory[2] = nullptr;
  napi_create_reference(env, outbox, 1, &data->memory[2]);
  data->outbox = outbox.Data();
  data->outboxLength = outbox.ByteLength();
  return env.Undefined();
}

// A host for a state that runs nothing.
class NoHost final : public vm::Host {
 public:
  double nowMs() noexcept override { return 0; }
  double cpuMs() noexcept override { return 0; }
  bool alive() noexcept override { return true; }
};

// The first bytes of every chunk that this build dumps: signature, version, format, check data, sizes.
Napi::Value bytecodeHeader(Napi::Env env) {
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
  const auto header = Napi::Buffer<char>::Copy(env, dump.bytes, dumped ? kHeader : 0);
  dump.release();
  return header;
}

}  // namespace

Napi::Object initializeModule(Napi::Env env, Napi::Object exports) {
  auto* data = new (std::nothrow) AddonData(env);
  if (data == nullptr) return exports;
  const auto finalize = [](napi_env, void* pointer, void*) { static_cast<AddonData*>(pointer)->release(); };
  const auto tearDown = [](void* pointer) {
    auto* ending = static_cast<AddonData*>(pointer);
    ending->tearDown();
    ending->release();
  };
  data->retain();
  if (napi_set_instance_data(env, data, finalize, nullptr) != napi_ok ||
      napi_add_env_cleanup_hook(env, tearDown, data) != napi_ok)
    return exports;
  const napi_value stateClass = defineStateClass(env);
  const napi_value referenceClass = defineReferenceClass(env);
  if (stateClass == nullptr || referenceClass == nullptr) return exports;
  napi_create_reference(env, referenceClass, 1, &data->referenceClass);
  exports.Set("luaVersion", LUA_VERSION);
  exports.Set("luaRelease", LUA_RELEASE);
  exports.Set("luaVersionNumber", LUA_VERSION_NUM);
  exports.Set("bytecodeHeader", bytecodeHeader(env));
  exports.Set("initialize", Napi::Function::New(env, initialize, "initialize"));
  exports.Set("setOutbox", Napi::Function::New(env, setOutbox, "setOutbox"));
  exports.Set("NativeState", Napi::Value(env, stateClass));
  exports.Set("NativeReference", Napi::Value(env, referenceClass));
  return exports;
}

NODE_API_MODULE(lua_native, initializeModule)

}  // namespace binding
