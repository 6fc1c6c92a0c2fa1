// What the VM asks of its embedder. Nothing below vm/ reads a clock or calls out in another way.
#pragma once

namespace vm {

class Host {
 public:
  // Wall clock in milliseconds, monotonic. Any thread.
  virtual double nowMs() noexcept = 0;
  // CPU time of the calling thread in milliseconds.
  virtual double cpuMs() noexcept = 0;
  // False when the embedder is being torn down and the run must end. Called now and then in a long run.
  virtual bool alive() noexcept = 0;

 protected:
  ~Host() = default;
};

}  // namespace vm
