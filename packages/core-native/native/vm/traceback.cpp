#include "traceback.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace vm {
namespace {

struct Writer {
  char* text;
  size_t size;
  size_t used = 0;

  void print(const char* format, ...) noexcept {
    if (used + 1 >= size) return;
    va_list arguments;
    va_start(arguments, format);
    const int written = vsnprintf(text + used, size - used, format, arguments);
    va_end(arguments);
    if (written > 0)
      used = (used + static_cast<size_t>(written) < size) ? used + static_cast<size_t>(written) : size - 1;
  }
};

void describe(Writer& out, const lua_Debug& frame) noexcept {
  out.print("\n\t%s:", frame.short_src);
  if (frame.currentline > 0) out.print("%d:", frame.currentline);
  out.print(" in ");
  if (*frame.namewhat != '\0' && frame.name != nullptr) {
    // As Lua's own traceback has it: "function" for what a global name was found for.
    out.print("%s '%.100s'", std::strcmp(frame.namewhat, "global") == 0 ? "function" : frame.namewhat,
              frame.name);
  } else if (*frame.what == 'm') {
    out.print("main chunk");
  } else if (*frame.what != 'C') {
    out.print("function <%s:%d>", frame.short_src, frame.linedefined);
  } else {
    out.print("?");
  }
  if (frame.istailcall) out.print("\n\t(...tail calls...)");
}

int depthOf(lua_State* L) noexcept {
  lua_Debug frame;
  int low = 0;
  int high = 1;
  while (lua_getstack(L, high, &frame)) {
    low = high;
    high *= 2;
  }
  while (low < high) {
    const int middle = (low + high) / 2;
    if (lua_getstack(L, middle, &frame)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return high;  // number of levels
}

}  // namespace

void Traceback::capture(lua_State* L, int level) noexcept {
  chunk[0] = '\0';
  line = -1;
  Writer out{text, kTextSize};
  out.print("stack traceback:");
  const int depth = depthOf(L);
  lua_Debug frame;
  for (int at = level; at < depth; at++) {
    if (at == level + kHead && depth - at > kTail) {
      const int skipped = depth - at - kTail;
      out.print("\n\t...\t(skipping %d levels)", skipped);
      at += skipped;
    }
    if (!lua_getstack(L, at, &frame) || !lua_getinfo(L, "Slnt", &frame)) break;
    if (line < 0 && frame.currentline > 0) {
      line = frame.currentline;
      std::memcpy(chunk, frame.short_src, sizeof(chunk));
    }
    describe(out, frame);
  }
}

}  // namespace vm
