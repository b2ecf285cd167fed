/** Longest digest length read: ids and provider keys are far shorter. */
const MAX_VARINT_BYTES = 4

/**
 * True when the bytes are exactly one multihash: a code, the digest's length
 * and that many bytes. A check of shape, without the cost of decoding it.
 */
export function isMultihash(bytes: Uint8Array): boolean {
  const lengthAt = varintEnd(bytes, 0)
  const digestAt = varintEnd(bytes, lengthAt)
  if (lengthAt === 0 || digestAt === lengthAt) return false
  return readVarint(bytes, lengthAt, digestAt) === bytes.length - digestAt
}

/** The offset after the varint at `start`; `start` itself when there is none of at most 4 bytes. */
function varintEnd(bytes: Uint8Array, start: number): number {
  for (let at = start; at < start + MAX_VARINT_BYTES; at++) {
    const byte = bytes[at]
    if (byte === undefined) return start
    if (byte < 0x80) return at + 1
  }
  return start
}

function readVarint(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = end - 1; at >= start; at--) value = value * 128 + ((bytes[at] ?? 0) & 0x7f)
  return value
}
