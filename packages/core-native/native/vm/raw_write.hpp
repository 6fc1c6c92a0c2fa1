// Writes tables without the API, which would look each key up and move each value over the stack. What may
// raise says so. A table must be reachable before anything is allocated; stores of what the collector manages
// are followed by luaC_barrierback, and luaH_set by invalidateTMcache: the table may become a metatable.
#pragma once

#include "raw.hpp"
#include "unpack.hpp"

extern "C" void meter_throwmemory(lua_State* L);

namespace vm::raw {

// Raises the error of a refused allocation.
inline void throwMemory(lua_State* L) {
  meter_throwmemory(L);
}

// A JavaScript number, as pushNumber() does.
inline void setNumber(TValue* out, double number) noexcept {
  lua_Integer integer;
  if (toInteger(number, &integer)) {
    setivalue(out, integer);
  } else {
    setfltvalue(out, number);
  }
}

// Sets slot `index` (from 0) of the array part, which is there. No barrier.
inline void setArraySlot(lua_State* L, Table* table, unsigned index, const TValue* value) noexcept {
#if LUA_VERSION_NUM >= 505
  (void)L;
  obj2arr(table, index, value);
#else
  setobj2t(L, &table->array[index], value);
#endif
}

// The node that holds a short string; null when none does, or one without a value.
inline Node* nodeOf(Table* table, TString* key) noexcept {
#if LUA_VERSION_NUM >= 505
  const TValue* value = luaH_Hgetshortstr(table, key);
#else
  const TValue* value = luaH_getshortstr(table, key);
#endif
  if (isempty(value)) return nullptr;
  return reinterpret_cast<Node*>(const_cast<TValue*>(value));  // a node begins with its value
}

// Gives an empty table the keys and values of `model`, which has no array part and no key without value.
// [-0, +0] May raise.
inline void copyNodes(lua_State* L, Table* table, const Table* model) {
  const unsigned size = 1u << model->lsizenode;
  luaH_resize(L, table, 0, size);
  std::memcpy(table->node, model->node, size * sizeof(Node));
  invalidateTMcache(table);
  if (isblack(table)) luaC_barrierback_(L, obj2gco(table));
}

}  // namespace vm::raw
