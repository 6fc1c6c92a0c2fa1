#include "unpack.hpp"

#include <cstring>

#include "raw_write.hpp"
#include "wire.hpp"

namespace vm {
namespace {

// The keys of a record in the order of its values, and the first table that had exactly these.
struct Shape {
  const Table* model;
  unsigned count;
  TString* keys[wire::kMaxShapeKeys];
  uint8_t nodes[wire::kMaxShapeKeys];  // where each key is in the model, and so in copies of it
};

// All functions here may raise; none owns anything. Tables are reachable from the results before they are
// filled. Keys that may be referred to, and the models of shapes, stay on the stack above the results: an
// entry whose key is there already takes out of the results what came before it. No code of Lua's runs
// meanwhile.
struct Unpacker {
  lua_State* L;
  const uint8_t* at;
  const uint8_t* end;
  const int handleBase;
  const int handleCount;
  int depth = 0;
  unsigned keyCount = 0;
  unsigned shapeCount = 0;
  TString* keys[wire::kMaxKeys];
  Shape shapes[wire::kMaxShapes];

  // The arrays stay as they are: clearing 20 KB would take longer than to read a small message.
  Unpacker(lua_State* state, const uint8_t* bytes, size_t length, int base, int handles) noexcept
      : L(state), at(bytes), end(bytes + length), handleBase(base), handleCount(handles) {}

  void need(size_t size) {
    if (static_cast<size_t>(end - at) < size) luaL_error(L, "malformed message: it ends too early");
  }

  template <class Payload>
  Payload read() {
    need(sizeof(Payload));
    Payload payload;
    std::memcpy(&payload, at, sizeof(Payload));
    at += sizeof(Payload);
    return payload;
  }

  // A number of things that take at least `size` bytes each: a wrong one cannot ask for much memory.
  unsigned count(size_t size) {
    const auto number = read<uint32_t>();
    need(size_t{number} * size);
    return number;
  }

  static bool isString(uint8_t tag) {
    return tag == wire::kAscii || tag == wire::kUtf8 || (tag >= wire::kShort && tag < wire::kShort + 32);
  }

  static bool isTable(uint8_t tag) {
    return tag >= wire::kFields && tag <= wire::kFloats && tag != wire::kRecord && tag != wire::kShape;
  }

  void string(TValue* out, size_t length) {
    need(length);
    TString* text = luaS_newlstr(L, reinterpret_cast<const char*>(at), length);
    setsvalue(L, out, text);
    at += length;
  }

  void handle(TValue* out) {
    const auto index = read<uint32_t>();
    if (index >= static_cast<uint32_t>(handleCount)) luaL_error(L, "malformed message: unknown handle");
    const TValue* value = raw::at(L, handleBase + static_cast<int>(index));
    setobj(L, out, value);
  }

  // Reads what is no table. Nothing but `out` holds a new string.
  void scalar(uint8_t tag, TValue* out) {
    if (tag < 0x80) {
      setivalue(out, tag);
    } else if (tag >= wire::kShort && tag < wire::kShort + 32) {
      string(out, static_cast<size_t>(tag - wire::kShort));
    } else {
      tagged(tag, out);
    }
  }

  void tagged(uint8_t tag, TValue* out) {
    switch (tag) {
      case wire::kNil:
        setnilvalue(out);
        break;
      case wire::kFalse:
        setbfvalue(out);
        break;
      case wire::kTrue:
        setbtvalue(out);
        break;
      case wire::kInt32:
        setivalue(out, read<int32_t>());
        break;
      case wire::kFloat64:
        raw::setNumber(out, read<double>());
        break;
      case wire::kFloat:
        setfltvalue(out, read<double>());
        break;
      case wire::kInt64:
        setivalue(out, read<int64_t>());
        break;
      case wire::kAscii:
      case wire::kUtf8:
      case wire::kBytes:
        string(out, read<uint32_t>());
        break;
      case wire::kNull:
        setpvalue(out, nullptr);
        break;
      case wire::kObject:
      case wire::kHandle:
        handle(out);
        break;
      default:
        luaL_error(L, "malformed message: unknown tag %d", static_cast<int>(tag));
    }
  }

  // Reads a value. A table is empty at first: fill() it once it is reachable. Gives its tag, or 0.
  uint8_t value(TValue* out) {
    const auto tag = read<uint8_t>();
    if (!isTable(tag)) {
      scalar(tag, out);
      return 0;
    }
    Table* table = luaH_new(L);
    sethvalue(L, out, table);
    return tag;
  }

  void fill(Table* table, uint8_t tag) {
    // The C stack bounds the depth.
    if (++depth > wire::kMaxDepth) luaL_error(L, "malformed message: nested too deeply");
    luaC_checkGC(L);
    if (tag == wire::kFields) {
      fields(table);
    } else if (tag == wire::kSequence) {
      sequence(table);
    } else if (tag == wire::kMap) {
      const unsigned length = count(2);
      luaH_resize(L, table, 0, length);
      for (unsigned i = 0; i < length; i++) entry(table);
    } else {
      floats(table);
    }
    depth--;
  }

  // The collector may look at `table` between two stores, so each has its barrier.
  void stored(Table* table, const TValue* stored, uint8_t tag) {
    if (!iscollectable(stored)) return;
    luaC_barrierback(L, obj2gco(table), stored);
    if (tag != 0) {
      fill(hvalue(stored), tag);
    } else {
      luaC_checkGC(L);
    }
  }

  void sequence(Table* table) {
    const unsigned length = count(1);
    luaH_resize(L, table, length, 0);
    for (unsigned i = 0; i < length; i++) {
      TValue element;
      const uint8_t tag = value(&element);
      raw::setArraySlot(L, table, i, &element);
      stored(table, &element, tag);
    }
  }

  void floats(Table* table) {
    const unsigned length = count(8);
    luaH_resize(L, table, length, 0);
    for (unsigned i = 0; i < length; i++) {
      TValue element;
      raw::setNumber(&element, read<double>());
      raw::setArraySlot(L, table, i, &element);
    }
  }

  void reserveSlots() {
    if (!lua_checkstack(L, 4)) raw::throwMemory(L);
  }

  // Reads a key and pushes it. True when it is one that may be referred to: then it stays on the stack,
  // below.
  // [-0, +1]
  bool key() {
    reserveSlots();
    const auto tag = read<uint8_t>();
    TValue name;
    if (tag == wire::kKeyRef) {
      const auto id = read<uint32_t>();
      if (id >= keyCount) luaL_error(L, "malformed message: unknown key");
      setsvalue(L, &name, keys[id]);
    } else if (tag == wire::kKeyDef) {
      need(1);
      if (!isString(*at)) luaL_error(L, "malformed message: a key that is no string");
      scalar(read<uint8_t>(), &name);
      if (!ttisshrstring(&name) || keyCount == wire::kMaxKeys)
        luaL_error(L, "malformed message: a key that cannot be referred to");
      keys[keyCount++] = tsvalue(&name);
      raw::push(L, &name);
    } else {
      scalar(tag, &name);
    }
    raw::push(L, &name);
    return tag == wire::kKeyRef || tag == wire::kKeyDef;
  }

  // Reads a key and its value. Gives a key that may be referred to, else null.
  TString* entry(Table* table) {
    const bool known = key();
    TValue name;
    setobj(L, &name, s2v(L->top.p - 1));
    field(table, &name, 1);
    return known ? tsvalue(&name) : nullptr;
  }

  // Reads the value of `name`, which the stack or a shape holds. [-pop, +0, 1 slot]
  void field(Table* table, const TValue* name, int pop) {
    TValue content;
    const uint8_t tag = value(&content);
    raw::push(L, &content);
    luaH_set(L, table, name, &content);
    invalidateTMcache(table);
    luaC_barrierback(L, obj2gco(table), name);
    L->top.p -= pop + 1;
    stored(table, &content, tag);
  }

  // u8 n, u8 shape, u8 whether it defines one, u32 m; the values of the first n keys of the shape; m entries.
  void fields(Table* table) {
    const auto known = read<uint8_t>();
    const auto id = read<uint8_t>();
    const auto defines = read<uint8_t>();
    const unsigned more = count(2);
    if (known > 0 && (id >= shapeCount || known > shapes[id].count))
      luaL_error(L, "malformed message: unknown shape");
    if (known > 0 && more == 0 && defines == 0 && known == shapes[id].count) {
      copy(table, shapes[id]);
      return;
    }
    Shape made;
    luaH_resize(L, table, 0, known + more);
    for (unsigned i = 0; i < known; i++) {
      TValue name;
      reserveSlots();
      setsvalue(L, &name, made.keys[i] = shapes[id].keys[i]);
      field(table, &name, 0);
    }
    const bool fits = defines != 0 && more <= wire::kMaxShapeKeys - known;
    if (defines != 0 && !fits) luaL_error(L, "malformed message: a shape with too many keys");
    for (unsigned i = 0; i < more; i++) {
      TString* name = entry(table);
      if (fits) made.keys[known + i] = name;
    }
    made.count = known + more;
    if (fits) define(table, made);
  }

  void copy(Table* table, const Shape& shape) {
    raw::copyNodes(L, table, shape.model);
    for (unsigned i = 0; i < shape.count; i++) {
      TValue content;
      const uint8_t tag = value(&content);
      setobj(L, gval(gnode(table, shape.nodes[i])), &content);
      stored(table, &content, tag);
    }
  }

  void define(Table* table, Shape& made) {
    if (shapeCount == wire::kMaxShapes || made.count == 0)
      luaL_error(L, "malformed message: too many shapes");
    for (unsigned i = 0; i < made.count; i++) {
      const Node* node = made.keys[i] == nullptr ? nullptr : raw::nodeOf(table, made.keys[i]);
      if (node == nullptr) luaL_error(L, "malformed message: a shape with a key that has no value");
      made.nodes[i] = static_cast<uint8_t>(node - table->node);
    }
    reserveSlots();
    TValue model;
    sethvalue(L, &model, table);
    raw::push(L, &model);
    made.model = table;
    shapes[shapeCount++] = made;
  }

  // Reads a value into a stack slot that is there.
  void result(int index) {
    TValue content;
    const uint8_t tag = value(&content);
    setobj(L, raw::at(L, index), &content);
    if (tag != 0) fill(hvalue(&content), tag);
  }
};

}  // namespace

int unpack(lua_State* L, const uint8_t* bytes, size_t length, int handleBase, int handleCount) {
  Unpacker unpacker(L, bytes, length, handleBase, handleCount);
  int count = 1;
  if (length > 0 && bytes[0] == wire::kMulti) {
    unpacker.at++;
    count = static_cast<int>(unpacker.count(1));
  }
  if (!lua_checkstack(L, count + 8)) raw::throwMemory(L);
  const int base = lua_gettop(L);
  lua_settop(L, base + count);
  for (int i = 1; i <= count; i++) unpacker.result(base + i);
  if (unpacker.at != unpacker.end) luaL_error(L, "malformed message: it goes on after its end");
  lua_settop(L, base + count);
  luaC_checkGC(L);
  return count;
}

}  // namespace vm
