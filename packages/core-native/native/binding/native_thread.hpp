// A thread with a native stack of a known size.
#pragma once

#if !defined(_WIN32)
#include <pthread.h>
#endif

namespace binding {

class NativeThread {
 public:
  // Enough for LUAI_MAXCCALLS levels of Lua's largest C frames, several times over.
  static constexpr unsigned kStackBytes = 8 << 20;

  // Starts `body(context)`. False when the system has no more threads.
  [[nodiscard]] bool start(void (*body)(void*), void* context) noexcept;
  // Waits for its end. Once, after a start that gave true.
  void join() noexcept;

 private:
#if defined(_WIN32)
  void* handle_ = nullptr;
#else
  pthread_t handle_{};
#endif
};

}  // namespace binding
