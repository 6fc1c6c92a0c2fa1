#include "libraries.hpp"

#include <cstdio>

#include "state.hpp"

namespace vm {
namespace {

struct Entry {
  Library bit;
  const char* name;
  lua_CFunction open;
};

constexpr Entry kEntries[] = {
    {kBase, LUA_GNAME, luaopen_base},
    {kPackage, LUA_LOADLIBNAME, luaopen_package},
    {kCoroutine, LUA_COLIBNAME, luaopen_coroutine},
    {kTable, LUA_TABLIBNAME, luaopen_table},
    {kIo, LUA_IOLIBNAME, luaopen_io},
    {kOs, LUA_OSLIBNAME, luaopen_os},
    {kString, LUA_STRLIBNAME, luaopen_string},
    {kMath, LUA_MATHLIBNAME, luaopen_math},
    {kUtf8, LUA_UTF8LIBNAME, luaopen_utf8},
    {kDebug, LUA_DBLIBNAME, luaopen_debug},
};

void writeOut(lua_State* L, Output* output, const char* text, size_t length) {
  if (output == nullptr) {
    std::fwrite(text, 1, length, stdout);
  } else if (!output->write(L, text, length)) {
    RunMeter& meter = State::from(L)->meter;
    if (meter.tripped != 0) meter.raise(L);
    lua_error(L);
  }
}

// print of the manual (section 6.1), to the host's output when there is one.
int print(lua_State* L) {
  const int count = lua_gettop(L);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (int i = 1; i <= count; i++) {
    if (i > 1) luaL_addchar(&buffer, '\t');
    luaL_tolstring(L, i, nullptr);
    luaL_addvalue(&buffer);
  }
  luaL_addchar(&buffer, '\n');
  luaL_pushresult(&buffer);
  size_t length = 0;
  const char* text = lua_tolstring(L, -1, &length);
  Output* output = State::from(L)->output;
  writeOut(L, output, text, length);
  if (output == nullptr) std::fflush(stdout);
  return 0;
}

// Writes the arguments from `first` to `last` as io.write does, and returns the file at `file`, for chaining.
int writeArguments(lua_State* L, int first, int last, int file) {
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (int i = first; i <= last; i++) {
    luaL_checkstring(L, i);
    lua_pushvalue(L, i);
    luaL_addvalue(&buffer);
  }
  luaL_pushresult(&buffer);
  size_t length = 0;
  const char* text = lua_tolstring(L, -1, &length);
  writeOut(L, State::from(L)->output, text, length);
  lua_pushvalue(L, file);
  return 1;
}

bool isStandardOutput(lua_State* L, int index) {
  const auto* stream = static_cast<const luaL_Stream*>(luaL_testudata(L, index, LUA_FILEHANDLE));
  return stream != nullptr && stream->closef != nullptr && stream->f == stdout;
}

int callOriginal(lua_State* L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

// io.write: captured while the default output is standard output.
int ioWrite(lua_State* L) {
  if (State::from(L)->output != nullptr) {
    const int count = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "_IO_output");
    if (isStandardOutput(L, count + 1)) return writeArguments(L, 1, count, count + 1);
    lua_pop(L, 1);
  }
  return callOriginal(L);
}

// file:write: captured on standard output.
int fileWrite(lua_State* L) {
  if (State::from(L)->output != nullptr && isStandardOutput(L, 1))
    return writeArguments(L, 2, lua_gettop(L), 1);
  return callOriginal(L);
}

int osExit(lua_State* L) {
  return luaL_error(L, "os.exit is not available: the host decides when the process ends");
}

// Wraps field `name` of the table on top in `wrapper`, which gets the original as upvalue 1.
void wrapField(lua_State* L, const char* name, lua_CFunction wrapper) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, wrapper, 1);
  lua_setfield(L, -2, name);
}

void removeField(lua_State* L, const char* name) {
  lua_pushnil(L);
  lua_setfield(L, -2, name);
}

}  // namespace

void openLibraries(lua_State* L, const LibraryPolicy& policy) {
  for (const Entry& entry : kEntries) {
    if ((policy.libraries & entry.bit) == 0) continue;
    luaL_requiref(L, entry.name, entry.open, 1);
    switch (entry.bit) {
      case kBase:
        lua_pushcfunction(L, print);
        lua_setfield(L, -2, "print");
        if (policy.sandbox) {
          removeField(L, "dofile");
          removeField(L, "loadfile");
        }
        break;
      case kString:
        if (policy.sandbox) removeField(L, "dump");
        break;
      case kIo:
        wrapField(L, "write", ioWrite);
        luaL_getmetatable(L, LUA_FILEHANDLE);
        lua_getfield(L, -1, "__index");
        wrapField(L, "write", fileWrite);
        lua_pop(L, 2);
        break;
      case kOs:
        lua_pushcfunction(L, osExit);
        lua_setfield(L, -2, "exit");
        break;
      case kMath:
        if (policy.seeded) {
          lua_getfield(L, -1, "randomseed");
          lua_pushinteger(L, policy.seed);
          lua_call(L, 1, 0);
        }
        break;
      default:
        break;
    }
    lua_pop(L, 1);
  }
}

}  // namespace vm
