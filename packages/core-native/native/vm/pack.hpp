// Lua stack to bytes.
#pragma once

#include <cstdint>

#include "chunk.hpp"
#include "lua_api.hpp"

namespace vm {

// Turns values that bytes cannot carry into indices.
class HandleSink {
 public:
  // The index of the handle for the value at `index`, or -1 to give up (the reason is the sink's to keep).
  virtual int64_t add(lua_State* L, int index) noexcept = 0;

 protected:
  ~HandleSink() = default;
};

enum class PackStatus { ok, tooDeep, cycle, memory, refused, ended };

struct PackOptions {
  bool binaryStrings = false;
  // Tables inside the packed one are handles; else only those with a metatable are.
  bool tablesAsReferences = false;
  // Bytes that copies may still take in JavaScript; what this one takes is subtracted. Null: no bound.
  size_t* room = nullptr;
};

struct PackFailure {
  static constexpr int kPathSize = 512;
  char path[kPathSize] = {};  // like [3].items.x, in JavaScript's notation, from the outermost table
};

// Appends the value at `index` to `out`; a table there is packed whatever its metatable. Reads tables raw.
// The run's limits hold: the copy counts as
// memory of the state while it is made, and its time is charged (status ended: the meter is tripped).
// [-0, +0] Never raises; checks its own slots. No finalizer may run meanwhile (FinalizerHold): sinks may
// allocate.
[[nodiscard]] PackStatus pack(lua_State* L, int index, const PackOptions& options, HandleSink& handles,
                              ByteBuffer& out, PackFailure& failure) noexcept;

}  // namespace vm
