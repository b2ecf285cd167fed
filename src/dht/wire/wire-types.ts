/** Protobuf wire types that are read. Groups are not: nobody writes them here. */
const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Longest varint: ten bytes hold 64 bits. */
const MAX_VARINT_BYTES = 10

/**
 * True when the bytes are a run of whole protobuf fields and each field named
 * in `expected` (number to wire type) has its wire type. The generated codec
 * does not look: it would read a field that others skip as unknown.
 */
export function hasWireTypes(bytes: Uint8Array, expected: ReadonlyMap<number, number>): boolean {
  let at = 0
  while (at < bytes.length) {
    const tag = readVarint(bytes, at)
    if (tag === undefined) return false
    const wireType = tag.value & 7
    if ((expected.get(tag.value >>> 3) ?? wireType) !== wireType) return false
    const end = fieldEnd(bytes, tag.end, wireType)
    if (end === undefined || end > bytes.length) return false
    at = end
  }
  return true
}

function fieldEnd(bytes: Uint8Array, at: number, wireType: number): number | undefined {
  if (wireType === FIXED64) return at + 8
  if (wireType === FIXED32) return at + 4
  const varint = wireType === VARINT || wireType === BYTES ? readVarint(bytes, at) : undefined
  if (varint === undefined || wireType === VARINT) return varint?.end
  return varint.end + varint.value
}

/** The low 32 bits of a varint and the offset after it; undefined when it does not end. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) return undefined
    if (i < 5) value |= (byte & 0x7f) << (7 * i)
    if (byte < 0x80) return { value: value >>> 0, end: start + i + 1 }
  }
  return undefined
}
