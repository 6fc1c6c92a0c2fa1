// Reads tables without the API, which would push each key and value. Nothing here allocates, raises or runs
// Lua; the collector must not move on between a look and the next call, so no pointer is kept over anything
// that allocates.
#pragma once

#include <cstddef>
#include <cstring>

#include "lua_api.hpp"

extern "C" {
#include "lgc.h"
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"
}

namespace vm::raw {

inline const char* text(TString* string, size_t* length) noexcept {
#if LUA_VERSION_NUM >= 505
  size_t size;
  const char* bytes = getlstr(string, size);
  *length = size;
  return bytes;
#else
  *length = tsslen(string);
  return getstr(string);
#endif
}

inline unsigned arraySize(Table* table) noexcept {
#if LUA_VERSION_NUM >= 505
  return table->asize;
#else
  return luaH_realasize(table);
#endif
}

// Copies slot `index` (from 0) of the array part. False when it is empty.
inline bool arraySlot(lua_State* L, Table* table, unsigned index, TValue* out) noexcept {
#if LUA_VERSION_NUM >= 505
  (void)L;
  const lu_byte tag = *getArrTag(table, index);
  if (tagisempty(tag)) return false;
  farr2val(table, index, tag, out);
  return true;
#else
  const TValue* slot = &table->array[index];
  if (isempty(slot)) return false;
  setobj(L, out, slot);
  return true;
#endif
}

inline unsigned nodeCount(Table* table) noexcept {
  return sizenode(table);
}

// A stack slot as a value. The index is one that names a value on the stack.
TValue* at(lua_State* L, int index) noexcept;

// Pushes a value. [-0, +1, 1 slot]
void push(lua_State* L, const TValue* value) noexcept;

}  // namespace vm::raw
