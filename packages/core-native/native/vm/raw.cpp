#include "raw.hpp"

#include "native_depth.hpp"
#include "text_field.hpp"

extern "C" {
#include "ldo.h"
}

#if LUA_VERSION_NUM >= 505
extern "C" unsigned luaS_hash(const char* text, size_t length, unsigned seed);
#endif

namespace vm::raw {

// The short string with these bytes when the state has it, without making it.
static TString* findShort(lua_State* L, const char* bytes, size_t length) noexcept {
  global_State* g = G(L);
  const unsigned hash = luaS_hash(bytes, length, g->seed);
  for (TString* string = g->strt.hash[lmod(hash, g->strt.size)]; string != nullptr;
       string = string->u.hnext) {
    size_t found;
    const char* candidate = text(string, &found);
    if (found != length || std::memcmp(bytes, candidate, length) != 0) continue;
    if (isdead(g, string)) changewhite(string);  // not collected yet: as luaS_newlstr does
    return string;
  }
  return nullptr;
}

TValue* at(lua_State* L, int index) noexcept {
  return index > 0 ? s2v(L->ci->func.p + index) : s2v(L->top.p + index);
}

void push(lua_State* L, const TValue* value) noexcept {
  setobj2s(L, L->top.p, value);
  L->top.p++;
}

}  // namespace vm::raw

namespace vm {
namespace {

void pushFound(lua_State* L, const TValue* value) noexcept {
  if (isempty(value)) {
    lua_pushnil(L);
  } else {
    raw::push(L, value);
  }
}

}  // namespace

bool pushTextField(lua_State* L, int index, const char* text, size_t length) noexcept {
  static_assert(kLongestShortName == LUAI_MAXSHORTLEN);
  if (length > kLongestShortName) return false;
  Table* table = hvalue(raw::at(L, index));
  if (table->metatable != nullptr) return false;
  TString* key = raw::findShort(L, text, length);
  if (key == nullptr) {  // a key that the state does not have is in no table
    lua_pushnil(L);
    return true;
  }
#if LUA_VERSION_NUM >= 505
  TValue value;
  setnilvalue(&value);
  (void)luaH_getshortstr(table, key, &value);
  pushFound(L, &value);
#else
  pushFound(L, luaH_getshortstr(table, key));
#endif
  return true;
}

bool pushNumberField(lua_State* L, int index, double key) noexcept {
  Table* table = hvalue(raw::at(L, index));
  const auto integer = static_cast<lua_Integer>(key >= -9e15 && key <= 9e15 ? key : 0);
  if (table->metatable != nullptr || static_cast<double>(integer) != key) return false;
#if LUA_VERSION_NUM >= 505
  TValue value;
  setnilvalue(&value);
  (void)luaH_getint(table, integer, &value);
  pushFound(L, &value);
#else
  pushFound(L, luaH_getint(table, integer));
#endif
  return true;
}

bool canNest(lua_State* L) noexcept {
  return getCcalls(L) < LUAI_MAXCCALLS - kReservedCalls;
}

}  // namespace vm

// Scripts suspend by coroutine.yield alone, which has no continuation.
extern "C" int meter_held(lua_State* co) {
  return co->status == LUA_YIELD && (isLua(co->ci) || co->ci->u.c.k != nullptr);
}

extern "C" void meter_throwmemory(lua_State* L) {
  meter_nomemory(L);
  luaD_throw(L, LUA_ERRMEM);
}
