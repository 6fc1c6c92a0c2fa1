/**
 * The wire format between the addon and TypeScript: little endian, nothing aligned. One value is a tag byte and its
 * payload.
 *
 * | tag | meaning | direction |
 * | --- | --- | --- |
 * | 0x00-0x7f | integer 0..127 | both |
 * | 0x80, 0x81, 0x82 | nil, false, true | both |
 * | 0x83 | int32 (4 bytes) | both |
 * | 0x84 | float64 (8 bytes). To JS: the number. To Lua: an integer if integral, in int64 range and not -0 | both |
 * | 0x85 | int64 (8 bytes). To JS a BigInt (beyond ±(2^53-1)). To Lua an integer | both |
 * | 0x86 | float64 (8 bytes) that stays a float | to Lua |
 * | 0x87 | the null sentinel | both |
 * | 0x88 | ASCII string: u32 length, bytes | both |
 * | 0x89 | UTF-8 string (to JS it may hold invalid bytes): u32 length, bytes | both |
 * | 0x8a | byte string (in JS a `Uint8Array`): u32 length, bytes | both |
 * | 0xa0-0xbf | ASCII string of 0..31 bytes: the bytes | both |
 * | 0x8f | fields: u8 k, u8 shape id, u8 0 or 1, u32 n; values of the first k keys of that shape; n times key and value. 1: all these keys make a new shape, all of them 0x96 or 0x97 where they are written; ids count from 0 in the order in which the records that define shapes end | to Lua |
 * | 0x90 | sequence: u32 n, n values | both |
 * | 0x91 | map: u32 n, n times key and value (any scalar key; to JS nil stands for a key that is no scalar) | both |
 * | 0x92 | record: u32 shape id, one value per key of that shape | to JS |
 * | 0x93 | shape definition and its first record: u32 k, k strings (the keys), k values. Shape ids count from 0 in order of definition in one message | to JS |
 * | 0x94 | sequence of float64: u32 n, n times 8 bytes | both |
 * | 0x95 | handle: u32 index into the array that travels beside the bytes (functions, opaque references) | both |
 * | 0x96 | key reference: u32 id of a key defined earlier in this message | to Lua |
 * | 0x97 | key definition: a string of at most 40 bytes follows; ids count from 0 in order of definition | to Lua |
 * | 0x98 | several values: u32 n, n values; only as the whole of a result | to Lua |
 * | 0x99 | userdata of a JavaScript object: u32 index of `[object, metatable]` in the array beside the bytes | to Lua |
 *
 * To Lua a plain object is fields (0x8f); the head is written once the object is enumerated. What a message may define is
 * limited (`vm/wire.hpp`): further keys are written as strings, further shapes are not made.
 */
export const Tag = {
  nil: 0x80,
  false: 0x81,
  true: 0x82,
  int32: 0x83,
  float64: 0x84,
  int64: 0x85,
  float: 0x86,
  null: 0x87,
  ascii: 0x88,
  utf8: 0x89,
  bytes: 0x8a,
  fields: 0x8f,
  sequence: 0x90,
  map: 0x91,
  record: 0x92,
  shape: 0x93,
  floats: 0x94,
  handle: 0x95,
  keyReference: 0x96,
  keyDefinition: 0x97,
  multi: 0x98,
  object: 0x99,
  shortAscii: 0xa0,
} as const

/** Tables may be nested this deep in a value; both directions refuse more. */
export const MAX_DEPTH = 100
