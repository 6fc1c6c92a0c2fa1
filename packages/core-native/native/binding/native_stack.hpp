// Where the native stack of the calling thread ends.
#pragma once

#include <cstdint>

namespace binding {

// The lowest address of the stack, or 0 when the platform does not say.
uintptr_t lowestStackAddress() noexcept;

}  // namespace binding
