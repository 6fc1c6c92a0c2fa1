#include "type_tag.hpp"

#include <cstdint>

namespace binding {
namespace {

// Differs between two copies of the addon in one process.
uint64_t copyOfAddon() noexcept {
  static const char here = 0;
  return reinterpret_cast<uintptr_t>(&here);
}

}  // namespace

napi_type_tag kFunctionTag = {0x5b1c6f2d94e84a37, 0x8f0a41d7c2e93b65 ^ copyOfAddon()};
napi_type_tag kReferenceTag = {0x17d3a9c05e7f4b22, 0xa46b08f19cd25e73 ^ copyOfAddon()};
napi_type_tag kErrorTag = {0xe80f57a31b6c4d94, 0x93c5d20e7af81b46 ^ copyOfAddon()};

}  // namespace binding
