#include "wait.hpp"

#include "addon_data.hpp"
#include "async_run.hpp"

namespace binding {
namespace {

// What AddonHost.subscribe tells.
enum class News : int { fulfilled = 0, rejected = 1, pending = 2 };

napi_value tell(napi_env env, napi_callback_info info) noexcept {
  size_t count = 2;
  napi_value arguments[2];
  void* data = nullptr;
  int32_t news = 0;
  if (napi_get_cb_info(env, info, &count, arguments, nullptr, &data) != napi_ok ||
      napi_get_value_int32(env, arguments[0], &news) != napi_ok)
    return nullptr;
  auto* wait = static_cast<Wait*>(data);
  if (wait->run == nullptr) return nullptr;
  if (news == static_cast<int32_t>(News::pending)) {
    wait->run->linger(*wait);
  } else {
    wait->run->settle(*wait, news == static_cast<int32_t>(News::rejected), arguments[1]);
  }
  return nullptr;
}

}  // namespace

bool subscribe(const AddonData& data, Wait& wait, napi_value value) noexcept {
  napi_env env = data.env;
  napi_value arguments[2] = {value, nullptr};
  const auto drop = [](napi_env, void* pointer, void*) { static_cast<Wait*>(pointer)->release(); };
  if (napi_create_function(env, nullptr, 0, tell, &wait, &arguments[1]) != napi_ok) return false;
  if (napi_add_finalizer(env, arguments[1], &wait, drop, nullptr, nullptr) != napi_ok) return false;
  wait.references++;
  return data.call(Callback::subscribe, 2, arguments) != nullptr;
}

bool maybeThenable(napi_env env, napi_value value) noexcept {
  napi_valuetype type = napi_undefined;
  bool is = false;
  if (napi_typeof(env, value, &type) != napi_ok || (type != napi_object && type != napi_function))
    return false;
  if (napi_is_promise(env, value, &is) == napi_ok && is) return true;
  if (napi_has_named_property(env, value, "then", &is) == napi_ok) return is;
  napi_value ignored;  // a trap that throws: the conversion meets it again, and reports it
  napi_get_and_clear_last_exception(env, &ignored);
  return false;
}

}  // namespace binding
