#include "short_sequence.hpp"

#include "raw.hpp"

namespace vm {

int shortSequence(lua_State* L, int index, unsigned most) noexcept {
  Table* table = hvalue(raw::at(L, index));
  const unsigned slots = raw::arraySize(table);
  if (slots > most) return -1;
  const unsigned nodes = raw::nodeCount(table);
  if (nodes > most) return -1;
  for (unsigned i = 0; i < nodes; i++)
    if (!isempty(gval(gnode(table, i)))) return -1;
  unsigned used = 0;
  for (unsigned i = 0; i < slots; i++) {
    TValue slot;
    if (!raw::arraySlot(L, table, i, &slot)) continue;
    // A hole before it, or what a message carries better.
    if (used != i || !(ttisboolean(&slot) || ttisnumber(&slot) || ttisstring(&slot))) return -1;
    used++;
  }
  return static_cast<int>(used);
}

}  // namespace vm
