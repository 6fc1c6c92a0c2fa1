// Which standard libraries a state opens, and what is taken away from them or replaced.
#pragma once

#include "lua_api.hpp"

namespace vm {

// Bits, in the order in which the libraries are opened. The values are part of the contract in src/addon.ts.
enum Library : unsigned {
  kBase = 1,
  kPackage = 2,
  kCoroutine = 4,
  kTable = 8,
  kIo = 16,
  kOs = 32,
  kString = 64,
  kMath = 128,
  kUtf8 = 256,
  kDebug = 512,
  kAllLibraries = 1023,
};

struct LibraryPolicy {
  unsigned libraries = 0;
  // Takes dofile, loadfile and string.dump away.
  bool sandbox = false;
  // Seeds math.random with `seed`.
  bool seeded = false;
  unsigned seed = 0;
};

// What print and io.write hand their text to when it is set.
class Output {
 public:
  // Returns false after pushing an error value, or with the meter tripped.
  virtual bool write(lua_State* L, const char* text, size_t length) noexcept = 0;

 protected:
  ~Output() = default;
};

// [-0, +0, 10 slots] May raise: run inside protect().
void openLibraries(lua_State* L, const LibraryPolicy& policy);

}  // namespace vm
