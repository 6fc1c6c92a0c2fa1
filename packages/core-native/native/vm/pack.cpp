#include "pack.hpp"

#include <cstdio>
#include <cstring>

#include "ascii.hpp"
#include "raw.hpp"
#include "shapes.hpp"
#include "state.hpp"
#include "wire.hpp"

namespace vm {
namespace {

constexpr lua_Integer kMaxSafeInteger = 9007199254740991;
// Shorter runs of numbers cost less as single values.
constexpr unsigned kShortestFloatRun = 8;
// What copying a value costs, in units of the meter (about one VM instruction each), and takes in JavaScript
// at least.
constexpr ptrdiff_t kUnitsPerValue = 8;
constexpr size_t kBytesPerValue = 8;
constexpr size_t kBytesPerTable = 32;

bool isSafeNumber(const TValue& value) noexcept {
  return ttisfloat(&value) ||
         (ttisinteger(&value) && ivalue(&value) >= -kMaxSafeInteger && ivalue(&value) <= kMaxSafeInteger);
}

// What a look over a table shows.
struct Survey {
  unsigned arraySlots = 0;  // of the array part, up to the last one in use
  unsigned arrayUsed = 0;
  unsigned nodesUsed = 0;
  bool names = true;    // all keys of the hash part are short strings
  bool numbers = true;  // all values of the array part are numbers that doubles hold exactly
};

class Packer {
 public:
  Packer(lua_State* L, const PackOptions& options, HandleSink& handles, ByteBuffer& out,
         PackFailure& failure) noexcept
      : L_(L),
        meter_(State::from(L)->meter),
        options_(options),
        handles_(handles),
        out_(out),
        failure_(failure) {}

  PackStatus value(const TValue* value, int depth) noexcept {
    if (!meter_.charge(L_, kUnitsPerValue)) return PackStatus::ended;
    if (!take(kBytesPerValue)) return PackStatus::memory;
    switch (ttypetag(value)) {
      case LUA_VNIL:
        return tag(wire::kNil);
      case LUA_VFALSE:
        return tag(wire::kFalse);
      case LUA_VTRUE:
        return tag(wire::kTrue);
      case LUA_VNUMINT:
        return integer(ivalue(value));
      case LUA_VNUMFLT:
        return tagged(wire::kFloat64, fltvalue(value));
      case LUA_VSHRSTR:
      case LUA_VLNGSTR:
        return string(tsvalue(value), options_.binaryStrings);
      case LUA_VTABLE:
        if (depth == 0 || (!options_.tablesAsReferences && hvalue(value)->metatable == nullptr))
          return table(hvalue(value), depth);
        return handle(value);
      case LUA_VLIGHTUSERDATA:
        if (pvalue(value) == nullptr) return tag(wire::kNull);
        return handle(value);
      default:
        return ttisnil(value) ? tag(wire::kNil) : handle(value);
    }
  }

 private:
  // Counts memory that the copy takes in JavaScript. A table that stands in many places is copied as often,
  // so a small heap can make an endless copy.
  bool take(size_t bytes) noexcept {
    if (options_.room == nullptr) return true;
    if (bytes > *options_.room) return false;
    *options_.room -= bytes;
    return true;
  }

  PackStatus tag(uint8_t byte) noexcept {
    return out_.append(&byte, 1) ? PackStatus::ok : PackStatus::memory;
  }

  template <class Payload>
  PackStatus tagged(uint8_t byte, Payload payload) noexcept {
    char bytes[1 + sizeof(Payload)];
    bytes[0] = static_cast<char>(byte);
    std::memcpy(bytes + 1, &payload, sizeof(Payload));
    return out_.append(bytes, sizeof(bytes)) ? PackStatus::ok : PackStatus::memory;
  }

  PackStatus integer(lua_Integer integer) noexcept {
    if (integer >= 0 && integer < 128) return tag(static_cast<uint8_t>(integer));
    if (integer >= INT32_MIN && integer <= INT32_MAX)
      return tagged(wire::kInt32, static_cast<int32_t>(integer));
    if (integer >= -kMaxSafeInteger && integer <= kMaxSafeInteger)
      return tagged(wire::kFloat64, static_cast<double>(integer));
    return tagged(wire::kInt64, static_cast<int64_t>(integer));
  }

  PackStatus string(TString* string, bool asBytes) noexcept {
    size_t length = 0;
    const char* text = raw::text(string, &length);
    if (length > UINT32_MAX || !take(length + kBytesPerValue) || !out_.reserve(length + 5))
      return PackStatus::memory;
    if (!meter_.charge(L_, static_cast<ptrdiff_t>(length >> 5))) return PackStatus::ended;
    PackStatus status;
    if (asBytes) {
      status = tagged(wire::kBytes, static_cast<uint32_t>(length));
    } else if (!isAscii(text, length)) {
      status = tagged(wire::kUtf8, static_cast<uint32_t>(length));
    } else if (length < 32) {
      status = tag(static_cast<uint8_t>(wire::kShort + length));
    } else {
      status = tagged(wire::kAscii, static_cast<uint32_t>(length));
    }
    if (status != PackStatus::ok) return status;
    return out_.append(text, length) ? PackStatus::ok : PackStatus::memory;
  }

  PackStatus handle(const TValue* value) noexcept {
    if (!lua_checkstack(L_, 1)) return PackStatus::memory;
    raw::push(L_, value);
    const int64_t at = handles_.add(L_, -1);
    lua_pop(L_, 1);
    return at < 0 ? PackStatus::refused : tagged(wire::kHandle, static_cast<uint32_t>(at));
  }

  Survey look(Table* table) noexcept {
    Survey survey;
    TValue slot;
    const unsigned slots = raw::arraySize(table);
    for (unsigned i = 0; i < slots; i++) {
      if (!raw::arraySlot(L_, table, i, &slot)) continue;
      survey.arrayUsed++;
      survey.arraySlots = i + 1;
      if (!isSafeNumber(slot)) survey.numbers = false;
    }
    const unsigned nodes = raw::nodeCount(table);
    for (unsigned i = 0; i < nodes; i++) {
      const Node* node = gnode(table, i);
      if (isempty(gval(node))) continue;
      survey.nodesUsed++;
      if (!keyisshrstr(node)) survey.names = false;
    }
    return survey;
  }

  PackStatus table(Table* table, int depth) noexcept {
    if (depth >= wire::kMaxDepth) return PackStatus::tooDeep;
    for (int i = 0; i < depth; i++)
      if (ancestors_[i] == table) return PackStatus::cycle;
    ancestors_[depth] = table;
    const Survey survey = look(table);
    if (!meter_.charge(L_, static_cast<ptrdiff_t>((raw::arraySize(table) + raw::nodeCount(table)) >> 2)))
      return PackStatus::ended;
    if (!take(kBytesPerTable)) return PackStatus::memory;
    if (survey.nodesUsed == 0 && survey.arrayUsed == survey.arraySlots)
      return arrayPart(table, survey, depth);
    if (survey.arrayUsed == 0 && survey.names) return names(table, survey.nodesUsed, depth);
    const unsigned total = survey.arrayUsed + survey.nodesUsed;
    return isSequence(table, survey, total) ? sequence(table, total, depth)
                                            : map(table, survey, total, depth);
  }

  // A sequence that lies in the array part.
  PackStatus arrayPart(Table* table, const Survey& survey, int depth) noexcept {
    if (survey.numbers && survey.arraySlots >= kShortestFloatRun) return floats(table, survey.arraySlots);
    PackStatus status = tagged(wire::kSequence, static_cast<uint32_t>(survey.arraySlots));
    for (unsigned i = 0; status == PackStatus::ok && i < survey.arraySlots; i++) {
      TValue slot;
      raw::arraySlot(L_, table, i, &slot);
      status = value(&slot, depth + 1);
      if (status != PackStatus::ok) prependIndex(i);
    }
    return status;
  }

  PackStatus floats(Table* table, unsigned count) noexcept {
    if (!take(size_t{count} * 8) || !out_.reserve(5 + size_t{count} * 8)) return PackStatus::memory;
    if (!meter_.charge(L_, static_cast<ptrdiff_t>(count))) return PackStatus::ended;
    const PackStatus status = tagged(wire::kFloats, static_cast<uint32_t>(count));
    for (unsigned i = 0; i < count; i++) {
      TValue slot;
      if (!raw::arraySlot(L_, table, i, &slot)) break;  // cannot be: all slots are in use
      const double number = ttisfloat(&slot) ? fltvalue(&slot) : static_cast<double>(ivalue(&slot));
      std::memcpy(out_.bytes + out_.length, &number, 8);
      out_.length += 8;
    }
    return status;
  }

  // A table whose keys are all short strings, as a record of its shape. `used` nodes are.
  PackStatus names(Table* table, unsigned used, int depth) noexcept {
    if (used == 0 || used > Shapes::kMaxKeys) {
      if (used == 0) return tagged(wire::kSequence, uint32_t{0});
      return map(table, Survey{}, used, depth);
    }
    const void* keys[Shapes::kMaxKeys];
    unsigned count = 0;
    const unsigned nodes = raw::nodeCount(table);
    for (unsigned i = 0; i < nodes; i++) {
      const Node* node = gnode(table, i);
      if (!isempty(gval(node))) keys[count++] = keystrval(node);
    }
    uint32_t id = 0;
    PackStatus status;
    switch (shapes_.find(keys, count, &id)) {
      case Shapes::Answer::known:
        status = tagged(wire::kRecord, id);
        break;
      case Shapes::Answer::defined:
        status = tagged(wire::kShape, static_cast<uint32_t>(count));
        for (unsigned i = 0; status == PackStatus::ok && i < count; i++)
          status = string(static_cast<TString*>(const_cast<void*>(keys[i])), false);
        break;
      default:
        return map(table, Survey{}, used, depth);
    }
    for (unsigned i = 0; status == PackStatus::ok && i < nodes; i++) {
      const Node* node = gnode(table, i);
      if (isempty(gval(node))) continue;
      TValue entry;
      setobj(L_, &entry, gval(node));
      status = value(&entry, depth + 1);
      if (status != PackStatus::ok) prependName(keystrval(node));
    }
    return status;
  }

  // Whether the keys are exactly 1 to `total`, some of them in the hash part.
  bool isSequence(Table* table, const Survey& survey, unsigned total) noexcept {
    if (survey.arrayUsed != survey.arraySlots) return false;
    const unsigned nodes = raw::nodeCount(table);
    for (unsigned i = 0; i < nodes; i++) {
      const Node* node = gnode(table, i);
      if (isempty(gval(node))) continue;
      if (!keyisinteger(node) || keyival(node) <= lua_Integer{survey.arraySlots} ||
          keyival(node) > lua_Integer{total})
        return false;
    }
    return true;  // as many different keys as places
  }

  PackStatus sequence(Table* table, unsigned total, int depth) noexcept {
    PackStatus status = tagged(wire::kSequence, static_cast<uint32_t>(total));
    for (unsigned i = 1; status == PackStatus::ok && i <= total; i++) {
      TValue entry;
#if LUA_VERSION_NUM >= 505
      luaH_getint(table, lua_Integer{i}, &entry);
#else
      setobj(L_, &entry, luaH_getint(table, lua_Integer{i}));
#endif
      status = value(&entry, depth + 1);
      if (status != PackStatus::ok) prependIndex(i - 1);
    }
    return status;
  }

  PackStatus map(Table* table, const Survey& survey, unsigned total, int depth) noexcept {
    PackStatus status = tagged(wire::kMap, static_cast<uint32_t>(total));
    TValue key;
    TValue entry;
    for (unsigned i = 0; status == PackStatus::ok && i < survey.arraySlots; i++) {
      if (!raw::arraySlot(L_, table, i, &entry)) continue;
      status = integer(lua_Integer{i} + 1);
      if (status == PackStatus::ok) status = value(&entry, depth + 1);
      if (status != PackStatus::ok) prependIndex(i + 1);
    }
    const unsigned nodes = raw::nodeCount(table);
    for (unsigned i = 0; status == PackStatus::ok && i < nodes; i++) {
      const Node* node = gnode(table, i);
      if (isempty(gval(node))) continue;
      getnodekey(L_, &key, node);
      setobj(L_, &entry, gval(node));
      status = mapKey(&key);
      if (status == PackStatus::ok) status = value(&entry, depth + 1);
      if (status != PackStatus::ok) prependKey(&key);
    }
    return status;
  }

  // Tables, functions and the like have no place as keys in JavaScript: nil stands for them, and the reader
  // drops the entry or refuses it.
  PackStatus mapKey(const TValue* key) noexcept {
    if (ttisstring(key)) return string(tsvalue(key), false);
    if (ttisnumber(key) || ttisboolean(key)) return value(key, 0);
    return tag(wire::kNil);
  }

  void prependIndex(unsigned index) noexcept {
    char step[32];
    std::snprintf(step, sizeof(step), "[%u]", index);
    prepend(step);
  }

  void prependName(TString* name) noexcept {
    char step[80];
    size_t length = 0;
    const char* text = raw::text(name, &length);
    std::snprintf(step, sizeof(step), ".%.64s", text);
    prepend(step);
  }

  void prependKey(const TValue* key) noexcept {
    char step[80];
    if (ttisstring(key)) {
      prependName(tsvalue(key));
      return;
    }
    if (ttisinteger(key)) {
      std::snprintf(step, sizeof(step), "[%lld]", static_cast<long long>(ivalue(key)));
    } else if (ttisfloat(key)) {
      std::snprintf(step, sizeof(step), "[%.14g]", fltvalue(key));
    } else {
      std::snprintf(step, sizeof(step), "[%s]", lua_typename(L_, ttype(key)));
    }
    prepend(step);
  }

  // The path grows from the inside out; what does not fit is cut at its inner end.
  void prepend(const char* step) noexcept {
    const size_t length = std::strlen(step);
    std::memmove(failure_.path + length, failure_.path, PackFailure::kPathSize - length - 1);
    std::memcpy(failure_.path, step, length);
  }

  lua_State* L_;
  RunMeter& meter_;
  const PackOptions& options_;
  HandleSink& handles_;
  ByteBuffer& out_;
  PackFailure& failure_;
  Shapes shapes_;
  const Table* ancestors_[wire::kMaxDepth];
};

}  // namespace

PackStatus pack(lua_State* L, int index, const PackOptions& options, HandleSink& handles, ByteBuffer& out,
                PackFailure& failure) noexcept {
  Packer packer(L, options, handles, out, failure);
  TValue root;
  setobj(L, &root, raw::at(L, lua_absindex(L, index)));
  return packer.value(&root, 0);
}

}  // namespace vm
