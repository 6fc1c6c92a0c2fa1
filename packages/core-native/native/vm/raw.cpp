#include "raw.hpp"

namespace vm::raw {
namespace {

// The short string with these bytes when the state has it, without making it.
TString* findShort(lua_State* L, const char* bytes, size_t length) noexcept {
  global_State* g = G(L);
  const unsigned hash = luaS_hash(bytes, length, g->seed);
  for (TString* string = g->strt.hash[lmod(hash, g->strt.size)]; string != nullptr; string = string->u.hnext) {
    size_t found;
    const char* candidate = text(string, &found);
    if (found != length || std::memcmp(bytes, candidate, length) != 0) continue;
    if (isdead(g, string)) changewhite(string);  // not collected yet: as luaS_newlstr does
    return string;
  }
  return nullptr;
}

}  // namespace

TValue* at(lua_State* L, int index) noexcept {
  return index > 0 ? s2v(L->ci->func.p + index) : s2v(L->top.p + index);
}

void push(lua_State* L, const TValue* value) noexcept {
  setobj2s(L, L->top.p, value);
  L->top.p++;
}

bool getText(lua_State* L, int index, const char* bytes, size_t length) noexcept {
  if (length > LUAI_MAXSHORTLEN) return false;
  Table* table = hvalue(at(L, index));
  if (table->metatable != nullptr) return false;
  TString* key = findShort(L, bytes, length);
  if (key == nullptr) {  // a key that the state does not have is in no table
    lua_pushnil(L);
    return true;
  }
#if LUA_VERSION_NUM >= 505
  TValue value;
  if (tagisempty(luaH_getshortstr(table, key, &value))) {
    lua_pushnil(L);
  } else {
    push(L, &value);
  }
#else
  const TValue* value = luaH_getshortstr(table, key);
  if (isempty(value)) {
    lua_pushnil(L);
  } else {
    push(L, value);
  }
#endif
  return true;
}

}  // namespace vm::raw
