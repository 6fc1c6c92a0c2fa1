// The bytes in which values other than scalars cross between Lua and JavaScript. Little endian, no alignment.
// One value is a tag and its payload; src/codec documents the format and is the other side.
#pragma once

#include <cstdint>

namespace vm::wire {

enum Tag : uint8_t {
  // 0x00-0x7f: the integers 0 to 127
  kNil = 0x80,
  kFalse = 0x81,
  kTrue = 0x82,
  kInt32 = 0x83,
  kFloat64 = 0x84,
  kInt64 = 0x85,
  kFloat = 0x86,     // float64 that stays a float in Lua
  kNull = 0x87,      // the sentinel that keeps a place
  kAscii = 0x88,     // u32 length, bytes
  kUtf8 = 0x89,      // u32 length, bytes
  kBytes = 0x8a,     // u32 length, bytes
  kFields = 0x8f,    // see Unpacker::fields; only to Lua
  kSequence = 0x90,  // u32 n, n values
  kMap = 0x91,       // u32 n, n pairs of values
  kRecord = 0x92,    // u32 shape, a value per key of it; only to JavaScript
  kShape = 0x93,     // u32 n, n strings, n values: a shape and its first record
  kFloats = 0x94,    // u32 n, n float64
  kHandle = 0x95,    // u32 index
  kKeyRef = 0x96,    // u32 id of a key of this message
  kKeyDef = 0x97,    // a string follows; ids count from 0
  kMulti = 0x98,     // u32 n, n values; only at the top
  kObject = 0x99,    // u32 index of the handle of an object that is userdata in Lua
  kShort = 0xa0,     // 0xa0-0xbf: ASCII of 0 to 31 bytes
};

constexpr int kMaxDepth = 100;

// Of a message to Lua: keys that may be referred to, shapes, and keys of a shape.
constexpr unsigned kMaxKeys = 512;
constexpr unsigned kMaxShapes = 64;
constexpr unsigned kMaxShapeKeys = 24;

}  // namespace vm::wire
