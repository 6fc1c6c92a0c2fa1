#include "long_string.hpp"

#include "raw.hpp"

namespace vm {

char* pushUnwrittenString(lua_State* L, size_t length) {
  TString* string = luaS_createlngstrobj(L, length);
  TValue value;
  setsvalue(L, &value, string);
  raw::push(L, &value);
  luaC_checkGC(L);
  return const_cast<char*>(getstr(string));
}

}  // namespace vm
