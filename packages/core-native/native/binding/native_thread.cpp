#include "native_thread.hpp"

#include <cstdlib>

#if defined(_WIN32)
#include <process.h>
#include <windows.h>
#endif

namespace binding {
namespace {

struct Start {
  void (*body)(void*);
  void* context;
};

void run(void* argument) noexcept {
  const Start start = *static_cast<Start*>(argument);
  std::free(argument);
  start.body(start.context);
}

}  // namespace

bool NativeThread::start(void (*body)(void*), void* context) noexcept {
  auto* argument = static_cast<Start*>(std::malloc(sizeof(Start)));
  if (argument == nullptr) return false;
  *argument = {body, context};
#if defined(_WIN32)
  const auto entry = [](void* pointer) -> unsigned {
    run(pointer);
    return 0;
  };
  handle_ = reinterpret_cast<void*>(
      _beginthreadex(nullptr, kStackBytes, entry, argument, STACK_SIZE_PARAM_IS_A_RESERVATION, nullptr));
  const bool started = handle_ != nullptr;
#else
  const auto entry = [](void* pointer) -> void* {
    run(pointer);
    return nullptr;
  };
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) {
    std::free(argument);
    return false;
  }
  const bool started = pthread_attr_setstacksize(&attributes, kStackBytes) == 0 &&
                       pthread_create(&handle_, &attributes, entry, argument) == 0;
  pthread_attr_destroy(&attributes);
#endif
  if (!started) std::free(argument);
  return started;
}

void NativeThread::join() noexcept {
#if defined(_WIN32)
  WaitForSingleObject(handle_, INFINITE);
  CloseHandle(handle_);
#else
  pthread_join(handle_, nullptr);
#endif
}

}  // namespace binding
