import * as varint from 'uint8-varint'

/** Several byte strings as one: each with its length before it, as a varint. */
export function packBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const sizeBytes = pieces.reduce((sum, { length }) => sum + varint.encodingLength(length) + length, 0)
  const packed = new Uint8Array(sizeBytes)
  let at = 0
  for (const piece of pieces) {
    varint.encode(piece.length, packed, at)
    at += varint.encodingLength(piece.length)
    packed.set(piece, at)
    at += piece.length
  }
  return packed
}

/** The byte strings that `packBytes` put together. */
export function unpackBytes(packed: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let at = 0
  while (at < packed.length) {
    const length = varint.decode(packed, at)
    at += varint.encodingLength(length)
    pieces.push(packed.slice(at, at + length))
    at += length
  }
  return pieces
}
